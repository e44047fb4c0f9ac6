#!/usr/bin/env bash
# Pins every package again, with the hashes of all platforms, from pyproject.toml and the *.in files here.
# Pins that still fit are kept; to renew one package, delete its lines first.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet uv

compile() { # compile OUTPUT PYTHON SOURCE...
  local output=$1 python=$2
  shift 2
  echo "$output"
  "$tools/bin/uv" pip compile --quiet --no-config --generate-hashes --no-emit-index-url --only-binary :all: \
    --python-version "$python" --python-platform aarch64-manylinux_2_36 \
    --custom-compile-command deploy/requirements/relock.sh --output-file "$output" "$@" >/dev/null
}

for python in 3.11 3.12 3.13; do
  name=py${python/./}
  source=(pyproject.toml deploy/requirements/build.in --extra litert --constraint "deploy/requirements/$name.in")
  compile "deploy/requirements/$name.txt" "$python" "${source[@]}"
  compile "deploy/requirements/test-$name.txt" "$python" "${source[@]}" --extra test --constraint "deploy/requirements/$name.txt"
done
compile deploy/requirements/tflite-py311.txt 3.11 deploy/requirements/tflite.in --no-deps
compile deploy/requirements/node.txt 3.11 deploy/requirements/node.in
