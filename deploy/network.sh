# How tablets reach the device: its name, the firewall, its own Wi-Fi. Sourced by deploy/install.sh.
# shellcheck shell=bash disable=SC2154  # app, settings: see deploy/install.sh

avahi=/etc/avahi
hotspot=/etc/NetworkManager/system-connections/treadlight-hotspot.nmconnection
issue=/etc/issue.d/treadlight.issue

# https://NAME.local in the clinic's network, and the notice with the QR code on the device's own screen.
install_names() {
  local name
  name=$(setting web name)
  if [[ -f $avahi/avahi-daemon.conf ]]; then
    sed -i "s/^#\?host-name=.*/host-name=$name/" "$avahi/avahi-daemon.conf"
    sed "s/@PORT@/$(setting web port)/" "$app/current/deploy/system/avahi.xml" >"$avahi/services/treadlight.service"
    if systemd_runs; then systemctl restart avahi-daemon || say "avahi does not start: use the numeric address."; fi
  fi
  install -d -m 0755 /etc/issue.d
  ln -sfn /run/treadlight/console.issue "$issue"
}

install_firewall() {
  local other
  command -v nft >/dev/null || { say "nftables is not here: no firewall rule was made." && return; }
  for other in ufw firewalld; do
    if systemd_runs && systemctl is-active --quiet "$other"; then
      say "$other is in use: no rule was made. Open TCP $(setting web port) and $(setting web plain_port) there."
      return
    fi
  done
  sed "s/@PORTS@/$(setting web port), $(setting web plain_port)/" "$app/current/deploy/system/firewall.nft" \
    >/etc/treadlight/firewall.nft
  if systemd_runs; then
    systemctl enable --quiet treadlight-firewall
    systemctl restart treadlight-firewall ||
      say "The firewall rule was not taken by this system now (journalctl -u treadlight-firewall); next try at start."
  fi
}

hotspot_device() { # hotspot_device on|off
  need_root "hotspot on"
  [[ -L $app/current ]] || fail "treadlight is not installed here" "Run: sudo ./setup.sh install"
  command -v nmcli >/dev/null ||
    fail "NetworkManager is missing" "Raspberry Pi OS has it; elsewhere: sudo apt-get install network-manager"
  case ${1:-} in
    on) hotspot_on ;;
    off)
      rm -f "$hotspot"
      nmcli connection reload
      say "The device's own Wi-Fi is off."
      ;;
    *) fail "hotspot is switched 'on' or 'off'" "Run: sudo ./setup.sh hotspot on" ;;
  esac
}

# The password is made once and kept in the profile, which root alone may read.
hotspot_on() {
  local name password
  name=$(setting web name)
  if [[ ! -f $hotspot ]]; then
    password=$("$app/current/.venv/bin/python" -c 'import secrets
print("-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(4)))')
    install -d -m 0700 "$(dirname "$hotspot")"
    (umask 077 && sed "s/@NAME@/$name/;s/@PASSWORD@/$password/" \
      "$app/current/deploy/system/hotspot.nmconnection" >"$hotspot")
  fi
  password=$(sed -n 's/^psk=//p' "$hotspot")
  if command -v rfkill >/dev/null; then rfkill unblock wifi; fi
  nmcli connection reload
  nmcli connection up treadlight-hotspot ||
    say "It does not start now. Is the Wi-Fi country set? sudo raspi-config nonint do_wifi_country XX"
  say "Wi-Fi     $name"
  say "Password  $password"
  "$app/current/.venv/bin/python" -c 'import sys; from segno import helpers
helpers.make_wifi(*sys.argv[1:], security="WPA").terminal(border=2, compact=True)' "$name" "$password"
  say "Then open http://10.42.0.1/trust"
}
