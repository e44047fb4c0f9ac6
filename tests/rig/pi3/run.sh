#!/usr/bin/env bash
# An emulated Raspberry Pi 3B: the kernel's own GPIO driver, real gpiozero and lgpio, the pinned arm64 wheels.
# Everything is kept under the cache folder; delete its folder pi3 to start anew.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../../.." && pwd)
work=${XDG_CACHE_HOME:-$HOME/.cache}/treadlight-rig/pi3
python=${PYTHON:-$repository/.venv/bin/python}

fail() {
  printf 'tests/rig/pi3: %s\n' "$1" >&2
  exit 1
}

(($(id -u) == 0)) || fail "root is needed to make a Debian tree. Run it with sudo."
for tool in qemu-system-aarch64 mmdebstrap fdtput cpio; do
  command -v "$tool" >/dev/null ||
    fail "$tool is missing: apt-get install qemu-system-arm mmdebstrap device-tree-compiler cpio"
done
mkdir -p "$work"

if [[ ! -e $work/kernel/.complete ]]; then
  echo "Fetching the arm64 kernel with the Raspberry Pi's device trees..."
  rm -rf --one-file-system "$work/kernel"
  mmdebstrap --quiet --variant=extract --architectures=arm64 --include=linux-image-arm64 trixie "$work/kernel"
  touch "$work/kernel/.complete"
fi
if [[ ! -e $work/system/.complete ]]; then
  echo "Fetching bookworm's Python for arm64..."
  rm -rf --one-file-system "$work/system"
  mmdebstrap --quiet --variant=extract --architectures=arm64 --include=python3,libstdc++6 bookworm "$work/system"
  touch "$work/system/.complete"
fi
if [[ ! -e $work/wheels/.complete ]]; then
  echo "Fetching the pinned wheels for arm64..."
  rm -rf "$work/wheels"
  "$python" "$here/wheels.py" "$repository/deploy/requirements/py311.txt" "$work/wheels"
  touch "$work/wheels/.complete"
fi

rm -rf --one-file-system "$work/root"
cp -a "$work/system" "$work/root"
mkdir -p "$work"/root/{opt/wheels,src/tests,proc,sys,tmp}
cp -a "$work/wheels/." "$work/root/opt/wheels/"
cp -a "$repository/device" "$repository/models" "$work/root/src/"
cp -a "$repository/tests/feedback" "$work/root/src/tests/"
cp "$here/inside.py" "$work/root/src/"
"$python" "$here/expected.py" "$work/root/src/expected.npz"
install -m 0755 "$here/init.py" "$work/root/init"
echo "Packing the memory disk..."
(cd "$work/root" && find . -xdev \( -path ./usr/share/doc -o -path ./usr/share/locale -o -path ./usr/share/man \
  -o -path ./var/lib/apt -o -path ./var/cache -o -name __pycache__ -o -name vendor \) -prune -o -print0 |
  cpio --null --create --format=newc --quiet | gzip -1) >"$work/initrd.gz"

cp "$work"/kernel/usr/lib/linux-image-*/broadcom/bcm2837-rpi-3-b.dtb "$work/pi3b.dtb"
# A real firmware adds this; gpiozero asks for it.
fdtput -c "$work/pi3b.dtb" /system
fdtput -t x "$work/pi3b.dtb" /system linux,revision a02082

log=$work/console.log
timeout "${LIMIT_S:-1800}" qemu-system-aarch64 -M raspi3b -kernel "$work"/kernel/boot/vmlinuz-* -initrd "$work/initrd.gz" \
  -dtb "$work/pi3b.dtb" -nographic -no-reboot -serial null -serial stdio -monitor none \
  -append "console=ttyS1,115200 rdinit=/init panic=-1 loglevel=4 8250.nr_uarts=2 dwc_otg.fiq_fsm_enable=0" \
  </dev/null | tee "$log"
grep -q '^rig: all passed' "$log" || fail "not everything passed: see $log"
