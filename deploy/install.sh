# Makes this machine the device. Sourced by setup.sh, whose functions it uses; run as root.
# shellcheck shell=bash

app=/opt/treadlight
settings=/etc/treadlight/treadlight.toml
data=/var/lib/treadlight
units=/etc/systemd/system

# shellcheck source=deploy/versions.sh
source deploy/versions.sh
# shellcheck source=deploy/network.sh
source deploy/network.sh

need_root() { # need_root COMMAND
  ((EUID == 0)) || fail "this needs root" "Run: sudo ./setup.sh $1"
}

install_device() { # install_device [--name NAME] [--no-firewall]
  need_root install
  local name='' firewall=yes
  while (($#)); do
    case $1 in
      --name) name=${2:-} && shift ;;
      --no-firewall) firewall=no ;;
      *) fail "install does not know '$1'" "Use: sudo ./setup.sh install [--name NAME] [--no-firewall]" ;;
    esac
    shift
  done
  [[ -z $name || $name =~ ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$ ]] ||
    fail "'$name' cannot be a name in the network" "Use lower-case letters, digits and hyphens, such as treadmill-2."
  install_packages
  install_user
  install_settings "$name"
  install_system_settings
  deploy_version
  install_names
  [[ $firewall == no ]] || install_firewall
  show_result
  [[ -z ${service_failed:-} ]] ||
    fail "treadlight was installed, but does not run" "Mend what is said above, then: sudo systemctl restart treadlight"
}

# What apt does not know here is named and left out: treadlight then runs without camera or light.
install_packages() {
  local package wanted=() absent=() packages=(python3-venv python3-picamera2 python3-lgpio avahi-daemon nftables)
  command -v useradd >/dev/null || wanted+=(passwd)
  for package in "${packages[@]}"; do
    is_installed "$package" && continue
    apt_ready "$package"
    if apt_has "$package"; then wanted+=("$package"); else absent+=("$package"); fi
  done
  # libcamera's image processing for the Raspberry Pi's cameras is a mere recommendation of picamera2.
  [[ " ${wanted[*]} " != *" python3-picamera2 "* ]] || wanted+=(libcamera-ipa)
  ((${#wanted[@]} == 0)) || apt_install "${wanted[@]}"
  ((${#absent[@]} == 0)) || say "Not in this system's package lists, left out: ${absent[*]}"
  [[ " ${absent[*]} " != *" python3-picamera2 "* ]] ||
    say "  Without python3-picamera2 the Raspberry Pi camera cannot be used; Raspberry Pi OS has it."
  report_libraries
}

install_user() {
  local group
  getent passwd treadlight >/dev/null ||
    useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin treadlight
  for group in video render gpio; do
    if getent group "$group" >/dev/null; then usermod --append --groups "$group" treadlight; fi
  done
  install -d -o treadlight -g treadlight -m 0750 "$data"
}

install_settings() { # install_settings [NAME]
  install -d -m 0755 "$(dirname "$settings")"
  if [[ -e $settings ]]; then
    say "Settings kept: $settings"
  else
    # The file may come to hold the access code.
    install -o root -g treadlight -m 0640 deploy/treadlight.toml "$settings"
    say "Settings: $settings"
    if ! compgen -G '/dev/gpiochip*' >/dev/null; then
      sed -i 's/^kind = "gpio"$/kind = "mock"/' "$settings"
      say "  There are no GPIO pins here: the light is simulated on the dashboard (light.kind)."
    fi
  fi
  [[ -z $1 ]] || sed -i "/^\[web\]/,/^\[/s/^name = .*/name = \"$1\"/" "$settings"
}

# The hardware watchdog, and a journal that leaves room on the card and writes to it seldom.
install_system_settings() {
  install -D -m 0644 deploy/system/watchdog.conf /etc/systemd/system.conf.d/treadlight.conf
  install -D -m 0644 deploy/system/journal.conf /etc/systemd/journald.conf.d/treadlight.conf
  if systemd_runs; then
    systemctl daemon-reexec
    systemctl try-restart systemd-journald
  fi
}

systemd_runs() { [[ -d /run/systemd/system ]]; }

# setting TABLE KEY: what the settings say, defaults included. In a shell of its own: $(setting TABLE KEY).
setting() {
  cd "$app/current" && .venv/bin/python -c 'import sys; from pathlib import Path; from device.config import load_config
print(getattr(getattr(load_config(Path(sys.argv[1])), sys.argv[2]), sys.argv[3]))' "$settings" "$1" "$2"
}

show_result() {
  say
  # The doctor says what is wrong; a wrong part does not undo the installation.
  as_service "$app/current/.venv/bin/treadlight" check --config "$settings" || true
  say
  say "Settings  $settings    then: sudo systemctl restart treadlight"
  say "Log       sudo journalctl -u treadlight -f"
  say "Doctor    sudo -u treadlight treadlight check --config $settings"
}

as_service() { (cd "$data" && runuser -u treadlight -- "$@"); }
