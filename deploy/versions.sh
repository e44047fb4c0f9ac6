# Versions side by side under /opt/treadlight/versions; /opt/treadlight/current points at the one in use.
# Sourced by deploy/install.sh.
# shellcheck shell=bash disable=SC2154  # app, settings, data, units: see deploy/install.sh

healthy_within_s=90
steady_s=8

update_device() {
  need_root update
  [[ -L $app/current && -e $settings ]] ||
    fail "treadlight is not installed here" "Run: sudo ./setup.sh install"
  install_packages
  install_system_settings
  deploy_version
  [[ -z ${service_failed:-} ]] ||
    fail "the new version does not run" "Mend what is said above, then: sudo systemctl restart treadlight"
  say "treadlight is up to date. The version before is kept in $(readlink -f "$app/previous" || say none)."
}

# Prepares the new version beside the old, switches, and switches back when the new one does not become healthy.
deploy_version() {
  [[ $PWD != "$app"/* ]] || fail "this is the installed copy itself" "Run setup.sh in a checkout of treadlight."
  local old new
  old=$(readlink -f "$app/current" || true)
  new=$app/versions/$(date -u +%Y%m%d-%H%M%S)
  step "Code to $new" "Check the free space with 'df -h /opt'." copy_code "$new"
  [[ -z $old ]] || borrow_parts "$old" "$new"
  (cd "$new" && make_venv py --system-site-packages && choose_runtime && web_assets) || exit
  # The service may not write here, so what Python compiles must be there already.
  "$new/.venv/bin/python" -m compileall -q "$new/device"
  stop_service
  set_databases_aside
  switch_to "$new"
  # In a shell of its own: the doctor below has the word before this ends.
  if start_service; then
    forget_versions "$new" "$old"
  elif [[ -n $old && $old != "$new" ]]; then
    roll_back "$old" "$new"
  else
    service_failed=yes
  fi
}

# A runtime counts once it has run the model: LiteRT, or its predecessor where Python still has it.
choose_runtime() {
  local older
  older=$(lock_of tflite-py)
  if runs_model || [[ ! -f $older ]]; then return 0; fi
  step "LiteRT does not run here: its predecessor" "Check the network, then run setup.sh again." \
    pip_install --require-hashes --only-binary :all: -r "$older"
  .venv/bin/python -m pip uninstall --quiet --yes ai-edge-litert
}

runs_model() {
  .venv/bin/python -c 'from device.pose.models import find; from device.pose.runtime import start_interpreter
start_interpreter(find("lightning").path)' >/dev/null 2>&1
}

copy_code() { # copy_code FOLDER
  rm -rf "$1"
  install -d -m 0755 "$1"
  tar --create --exclude=./.git --exclude=./.venv --exclude=./.cache --exclude='*.egg-info' --exclude=__pycache__ \
    --exclude='./.*_cache' --exclude=./.hypothesis --exclude=node_modules . |
    tar --extract --no-same-owner --directory "$1"
  chmod -R u=rwX,go=rX "$1"
}

# What has not changed is taken over, so that such an update needs no network: packages and the charts.
borrow_parts() { # borrow_parts OLD NEW
  local file
  if cmp -s "$1/deploy/requirements/py$python_tag.txt" "$2/deploy/requirements/py$python_tag.txt" &&
    [[ -f $1/.venv/py.stamp ]]; then
    # Hard links: a file is never changed in place, pip and sed lay a new one.
    cp --archive --link "$1/.venv" "$2/.venv"
    grep -rlIF "$1/" "$2/.venv/bin" "$2"/.venv/lib/python*/site-packages/*treadlight* |
      while read -r file; do sed -i "s|$1/|$2/|g" "$file"; done
    rm -f "$2/.venv/py.stamp"
    (cd "$2" && is_built_alike "$1" && stamp_of py >.venv/py.stamp) || true
  fi
  local charts=device/web/static/vendor
  if [[ -f $1/$charts/stamp && ! -f $2/$charts/stamp ]]; then
    rm -rf "${2:?}/$charts"
    cp --archive "$1/$charts" "$2/$charts"
  fi
}

is_built_alike() { cmp -s pyproject.toml "$1/pyproject.toml"; }

switch_to() { # switch_to VERSION: in one move, so that a power cut leaves the one or the other
  local old
  old=$(readlink -f "$app/current" || true)
  if [[ -n $old && $old != "$1" ]]; then point "$app/previous" "$old"; fi
  point "$app/current" "$1"
  ln -sf "$app/current/.venv/bin/treadlight" /usr/local/bin/treadlight
  install -m 0644 "$1"/deploy/system/treadlight{,-console,-firewall}.service "$1/deploy/system/treadlight-console.path" \
    "$units"
}

point() { # point LINK TARGET
  ln -s "$2" "$1.new.$$"
  mv -T "$1.new.$$" "$1"
  sync -f "$app"
}

stop_service() {
  if systemd_runs && systemctl is-active --quiet treadlight; then systemctl stop treadlight; fi
}

# The service is stopped: its files can be copied as they are. The copy of the last update is kept.
set_databases_aside() {
  local aside=$data/before-update file
  rm -rf "$aside"
  for file in "$data"/*.sqlite3 "$data"/*.sqlite3-wal; do
    [[ -e $file ]] || continue
    install -d -o treadlight -g treadlight -m 0700 "$aside"
    cp --archive "$file" "$aside/"
  done
  sync -f "$data"
}

# An older version refuses a database that a newer one has changed: it gets back the copy made before.
bring_databases_back() {
  local file aside
  aside=$data/failed-update-$(date -u +%Y%m%d-%H%M%S)
  [[ -d $data/before-update ]] || return 0
  install -d -o treadlight -g treadlight -m 0700 "$aside"
  for file in "$data"/*.sqlite3*; do
    if [[ -e $file ]]; then mv "$file" "$aside/"; fi
  done
  cp --archive "$data/before-update/." "$data/"
  sync -f "$data"
}

start_service() {
  if ! systemd_runs; then
    say "systemd does not run here: the service was put in place, but not started."
    return 0
  fi
  systemctl daemon-reload
  systemctl enable --quiet treadlight treadlight-console.path
  systemctl restart treadlight-console.path
  (step "Service" "The lines above are the service's own." become_healthy)
}

# Healthy: it says that it is ready, answers on its port, and still does so without a restart some seconds later.
become_healthy() {
  local ends=$((SECONDS + healthy_within_s)) restarts
  systemctl reset-failed treadlight 2>/dev/null || true
  timeout "$healthy_within_s" systemctl restart treadlight || true
  while ((SECONDS < ends)); do
    restarts=$(systemctl show --property=NRestarts --value treadlight)
    if answers; then
      sleep "$steady_s"
      [[ $(systemctl show --property=NRestarts --value treadlight) != "$restarts" ]] || ! answers || return 0
    fi
    sleep 1
  done
  journalctl --unit treadlight --lines 12 --output cat --no-pager
  return 1
}

answers() {
  systemctl is-active --quiet treadlight &&
    (cd "$app/current" && .venv/bin/python -m device.checks.serving "$settings")
}

roll_back() { # roll_back OLD NEW
  say "The new version does not become healthy: the one before comes back."
  stop_service
  bring_databases_back
  switch_to "$1"
  rm -f "$app/previous"
  start_service || fail "neither version runs" "sudo journalctl -u treadlight -n 50 says why."
  rm -rf "$2"
  fail "the update was taken back; the version before runs, with its data" \
    "Mend what the service's lines above say, or keep this version."
}

forget_versions() { # forget_versions KEEP...: every other version goes
  local folder
  for folder in "$app"/versions/*; do
    [[ $folder == "$1" || $folder == "$2" ]] || rm -rf "$folder"
  done
}
