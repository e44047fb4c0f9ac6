# Makes this machine the device. Sourced by setup.sh, whose functions it uses; run as root.
# shellcheck shell=bash

app=/opt/treadlight
settings=/etc/treadlight/treadlight.toml
data=/var/lib/treadlight
unit=/etc/systemd/system/treadlight.service

install_device() {
  ((EUID == 0)) || fail "installing the device needs root" "Run: sudo ./setup.sh install"
  install_packages
  install_user
  install_code
  install_settings
  start_service
  show_result
  [[ -z ${service_failed:-} ]] ||
    fail "treadlight was installed, but does not run" "Mend what is said above, then: sudo systemctl restart treadlight"
}

# What apt does not know here is named and left out: treadlight then runs without camera or light.
install_packages() {
  local package wanted=() absent=()
  command -v useradd >/dev/null || wanted+=(passwd)
  for package in python3-venv python3-picamera2 python3-lgpio; do
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

# The new code is laid beside the old and takes its place in one move; the environment moves over with its packages.
install_code() {
  [[ $PWD != "$app" ]] || fail "this is the installed copy itself" "Run setup.sh in a checkout of treadlight."
  step "Code to $app" "Check the free space with 'df -h /opt'." copy_code
  stop_service
  if [[ -d $app/.venv ]]; then mv "$app/.venv" "$app.new/.venv"; fi
  if [[ -d $app/device/web/static/vendor && ! -d $app.new/device/web/static/vendor ]]; then
    mv "$app/device/web/static/vendor" "$app.new/device/web/static/vendor"
  fi
  rm -rf "$app"
  mv "$app.new" "$app"
  cd "$app" || return
  make_venv py --system-site-packages
  web_assets
  # The service may not write here, so what Python compiles must be there already.
  .venv/bin/python -m compileall -q device
}

copy_code() {
  rm -rf "$app.new"
  install -d -m 0755 "$app.new"
  tar --create --exclude=./.git --exclude=./.venv --exclude=./.cache --exclude='*.egg-info' --exclude=__pycache__ \
    --exclude='./.*_cache' --exclude=./.hypothesis --exclude=node_modules . |
    tar --extract --no-same-owner --directory "$app.new"
  chmod -R u=rwX,go=rX "$app.new"
}

install_settings() {
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
  install -m 0644 deploy/treadlight.service "$unit"
}

systemd_runs() { [[ -d /run/systemd/system ]]; }

stop_service() {
  if systemd_runs && systemctl is-active --quiet treadlight; then systemctl stop treadlight; fi
}

start_service() {
  if systemd_runs; then
    systemctl daemon-reload
    systemctl enable --quiet treadlight
    # In a shell of its own: the doctor below has the word before this ends.
    (step "Service" "The doctor below may tell more." restart_service) || service_failed=yes
  else
    say "systemd does not run here: the service was put in place, but not started."
  fi
}

restart_service() {
  systemctl restart treadlight && return
  journalctl --unit treadlight --lines 12 --output cat --no-pager
  return 1
}

show_result() {
  say
  # The doctor says what is wrong; a wrong part does not undo the installation.
  as_service "$app/.venv/bin/treadlight" check --config "$settings" || true
  say
  say "Settings  $settings    then: sudo systemctl restart treadlight"
  say "Log       sudo journalctl -u treadlight -f"
  say "Doctor    sudo -u treadlight $app/.venv/bin/treadlight check --config $settings"
}

as_service() { (cd "$data" && runuser -u treadlight -- "$@"); }
