# Takes the device off this machine. Sourced by setup.sh after deploy/install.sh.
# shellcheck shell=bash disable=SC2154  # app, settings, data, units: see deploy/install.sh

uninstall_device() { # uninstall_device [--keep-data|--delete-data]
  need_root uninstall
  local answer=${1:-}
  case $answer in
    '') answer=$(ask_about_data) ;;
    --keep-data | --delete-data) ;;
    *) fail "uninstall does not know '$answer'" "Use: sudo ./setup.sh uninstall [--keep-data|--delete-data]" ;;
  esac
  if systemd_runs; then
    systemctl disable --quiet --now treadlight treadlight-console.path treadlight-firewall 2>/dev/null || true
  fi
  rm -f "$units"/treadlight{,-console,-firewall}.service "$units/treadlight-console.path" "$issue" \
    /etc/systemd/system.conf.d/treadlight.conf /etc/systemd/journald.conf.d/treadlight.conf \
    "$avahi/services/treadlight.service" "$hotspot" /usr/local/bin/treadlight
  if [[ -f $avahi/avahi-daemon.conf ]]; then
    sed -i 's/^host-name=.*/#host-name=foo/' "$avahi/avahi-daemon.conf"
  fi
  if systemd_runs; then
    systemctl daemon-reload
    systemctl try-restart avahi-daemon systemd-journald || true
  fi
  rm -rf "$app"
  if [[ $answer == --delete-data ]]; then
    rm -rf "$data" "$(dirname "$settings")"
    if getent passwd treadlight >/dev/null; then userdel treadlight; fi
    say "treadlight and all its data are gone. On an SD card, erased data can be recovered: destroy the card."
  else
    say "treadlight is gone. Kept: $data and $(dirname "$settings"); sudo ./setup.sh install uses them again."
  fi
}

# Only the whole word deletes; without a terminal everything is kept.
ask_about_data() {
  local answer=''
  if [[ -t 0 ]]; then
    read -rp "Patients, sessions and settings stay, unless you type: delete > " answer
  fi
  if [[ $answer == delete ]]; then say --delete-data; else say --keep-data; fi
}
