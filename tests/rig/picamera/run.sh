#!/usr/bin/env bash
# Runs the camera contract suite on the real picamera2 and libcamera, playing pictures as a virtual camera.
# Everything lives in a Debian tree of its own under the cache folder; delete that folder to start anew.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/treadlight-rig
root=$cache/picamera-trixie
packages=ca-certificates,python3,python3-venv,python3-dev,python3-libcamera,libcamera-ipa,python3-numpy
packages+=,python3-pil,gcc,libc6-dev,pkg-config,libcap-dev

fail() {
    echo "tests/rig/picamera: $1" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "root is needed to make a Debian tree. Run it with sudo."
command -v mmdebstrap >/dev/null || fail "mmdebstrap is missing. Install it: apt-get install mmdebstrap"

if [ ! -e "$root/.tree-complete" ]; then
    echo "Making a Debian trixie tree in $root (about a minute, 1 GB)..."
    mkdir -p "$cache"
    rm -rf --one-file-system "$root"
    mmdebstrap --quiet --mode=root --variant=apt --include="$packages" trixie "$root"
    touch "$root/.tree-complete"
fi

# The tree uses this machine's network, proxy certificates included.
cp /etc/resolv.conf "$root/etc/resolv.conf"
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
fi
mkdir -p "$root/src" "$root/var/rig/pictures" "$root/usr/share/libcamera/pipeline/virtual"
cp "$here/virtual.yaml" "$root/usr/share/libcamera/pipeline/virtual/virtual.yaml"

# Mounts live in a name space of their own and go away with it, however this ends.
export root repository
# shellcheck disable=SC2016  # expanded inside
exec unshare --mount --propagation private bash -c '
    set -euo pipefail
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --bind "$repository" "$root/src"
    mount -o remount,bind,ro "$root/src"
    exec chroot "$root" bash /src/tests/rig/picamera/inside.sh "$@"
' run "$@"
