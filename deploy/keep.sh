# Backup and restore. Sourced by setup.sh after deploy/install.sh.
# shellcheck shell=bash disable=SC2154  # app, settings: see deploy/install.sh

backup_device() { # backup_device FILE [OPTION...]
  need_root "backup FILE"
  [[ -L $app/current ]] || fail "treadlight is not installed here" "Run: sudo ./setup.sh install"
  "$app/current/.venv/bin/treadlight" backup --config "$settings" "$@"
}

restore_device() { # restore_device FILE [OPTION...]
  need_root "restore FILE"
  [[ -L $app/current ]] || fail "treadlight is not installed here" "Run: sudo ./setup.sh install"
  local status=0
  stop_service
  "$app/current/.venv/bin/treadlight" restore --config "$settings" "$@" || status=$?
  # Whatever became of it: the device runs on, with the restored data or with what it had.
  if systemd_runs; then systemctl start treadlight; fi
  return "$status"
}
