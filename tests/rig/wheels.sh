#!/usr/bin/env bash
# Fetches every pinned package for a 64-bit Raspberry Pi and compares it with its hash; about 200 MB for each Python.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
python=${PYTHON:-.venv/bin/python}
platforms=()
for name in manylinux2014 manylinux_2_{17,24,26,27,28,31,34,35,36}; do platforms+=(--platform "${name}_aarch64"); done

(($#)) || set -- 3.11 3.12 3.13
folder=
trap 'rm -rf "$folder"' EXIT
for version; do
  folder=$(mktemp -d)
  "$python" -m pip download --quiet --no-deps --require-hashes --only-binary=:all: "${platforms[@]}" \
    --implementation cp --abi "cp${version/./}" --abi abi3 --abi none --python-version "$version" \
    --dest "$folder" -r "deploy/requirements/py${version/./}.txt"
  count=$(find "$folder" -name '*.whl' | wc -l)
  printf 'Python %s: %d wheels for arm64, %s\n' "$version" "$count" "$(du -sh "$folder" | cut -f1)"
  rm -rf "$folder"
done
