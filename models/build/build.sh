#!/usr/bin/env bash
# Builds the shipped models from the published weights; needs Python 3.11, npm and a network. See README.md.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cache="$root/.cache/models"
python=python3.11

for tool in "$python" npm; do
  if ! command -v "$tool" >/dev/null; then
    echo "$tool is missing. Install it (the bytes depend on Python 3.11's package versions), then run this again." >&2
    exit 1
  fi
done

if [ ! -x "$cache/venv/bin/python" ]; then
  echo "Preparing the build environment (TensorFlow: about 1.5 GB on disk) ..."
  "$python" -m venv "$cache/venv"
fi
"$cache/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$root/models/build/requirements.txt"

echo "Building; this takes a few minutes ..."
cd "$root"
TF_CPP_MIN_LOG_LEVEL=3 "$cache/venv/bin/python" -m models.build "$@"
