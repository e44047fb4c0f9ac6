#!/usr/bin/env bash
# The software bill of materials of what a device runs, CycloneDX JSON, one file for each Python version, made
# from the lock files alone (no network). "audit" asks for known vulnerabilities instead, which needs the network:
# it fails when there is one, and when a package could not be looked up.
set -euo pipefail

usage="usage: deploy/sbom.sh FOLDER [py311...] | deploy/sbom.sh audit"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/.venv/bin
[[ -x $tools/cyclonedx-py && -x $tools/pip-audit ]] || {
  printf 'deploy/sbom.sh: the tools are missing\n  Run ./setup.sh test once.\n' >&2
  exit 1
}
wanted=${1:?$usage}

if [[ $wanted == audit ]]; then
  status=0
  for lock in "$root"/deploy/requirements/py3??.txt; do
    printf '%s\n' "${lock##*/}"
    "$tools/pip-audit" --disable-pip --require-hashes --strict --progress-spinner off -r "$lock" || status=1
  done
  if command -v npm >/dev/null; then
    printf 'package-lock.json\n'
    (cd "$root/device/web" && npm audit --package-lock-only --omit=dev --ignore-scripts) || status=1
  else
    printf 'npm is missing: the chart library was not looked up. Install it: apt-get install npm\n' >&2
    status=1
  fi
  exit "$status"
fi
mkdir -p "$wanted"
shift
(($#)) || set -- py311 py312 py313
for name; do
  lock=$root/deploy/requirements/$name.txt bill=$wanted/treadlight-$name.cdx.json
  PYTHONWARNINGS=ignore "$tools/cyclonedx-py" requirements "$lock" --pyproject "$root/pyproject.toml" --output-reproducible \
    --of JSON --output-file "$bill"
  "$tools/python" "$root/deploy/sbom_add.py" "$bill"
  printf '%s\n' "$bill"
done
