"""A local apt repository whose packages bear the names that Raspberry Pi OS gives them.

Real: picamera2 (the Raspberry Pi's own Python code, from its wheel), simplejpeg, videodev2. Stand-ins:
`python3-kms++` (only names: there is no screen), `python3-pidng` (raw pictures, which treadlight never takes)
and `raspi-utils` (the firmware's answers). picamera2 is told to use libcamera's virtual camera by
`virtual_camera.py`, which says what it changes.
"""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from machine import CACHE

CAMERA = Path(__file__).parents[1] / "picamera"
PLACE = "usr/lib/python3/dist-packages"
DEPENDS = (
    "python3-libcamera, libcamera-ipa, python3-kms++, python3-simplejpeg, python3-pidng, python3-numpy, "
    "python3-pil, python3-jsonschema, python3-libarchive-c, python3-piexif, python3-prctl, python3-tqdm"
)
ELSEWHERE = {"3.11": "../../x86_64-linux-gnu/python3.11/site-packages/libcamera"}
"""Where bookworm's backport has put libcamera's Python part, and no Python looks for it."""
PIDNG = {
    "core.py": "class PICAM2DNG: pass\n",
    "camdefs.py": "class Picamera2Camera: pass\nclass RPICAM2: pass\n",
    "__init__.py": "",
}
VCGENCMD = "#!/bin/sh\ncat /run/rig-throttled 2>/dev/null || echo throttled=0x0\n"


def repository_for(python: str) -> Path:
    """Give the folder with the packages for a Python such as "3.13", made anew when their recipe changes."""
    recipe = b"".join(file.read_bytes() for file in (Path(__file__), *sorted(CAMERA.glob("virtual*"))))
    folder = CACHE / f"packages-{python}-{hashlib.sha256(recipe).hexdigest()[:12]}"
    if not (folder / "Packages").exists():
        for old in CACHE.glob(f"packages-{python}*"):
            shutil.rmtree(old)
        folder.mkdir(parents=True)
        _make_repository(folder, python)
    return folder


def _make_repository(folder: Path, python: str) -> None:
    work = folder / "work"
    wheels = _wheels(work / "wheels", python)
    _unpack(wheels["picamera2"], work / "picamera2" / PLACE)
    shutil.copy(CAMERA / "virtual_camera.py", work / "picamera2" / PLACE)
    with (work / "picamera2" / PLACE / "picamera2" / "__init__.py").open("a") as code:
        code.write("\nimport virtual_camera\nvirtual_camera.install()\n")
    _file(
        work / "picamera2",
        "usr/share/libcamera/pipeline/virtual/virtual.yaml",
        (CAMERA / "virtual.yaml").read_text(),
    )
    if python in ELSEWHERE:
        (work / "picamera2" / PLACE / "libcamera").symlink_to(ELSEWHERE[python])
    _unpack(wheels["simplejpeg"], work / "simplejpeg" / PLACE)
    _unpack(wheels["videodev2"], work / "simplejpeg" / PLACE)
    formats = (
        "RGB888 BGR888 XRGB8888 XBGR8888 ARGB8888 ABGR8888 YUV420 YVU420 NV12 NV21 YUYV YVYU UYVY VYUY RGB565"
    )
    names = f"PixelFormat = type('PixelFormat', (), {{n: n for n in '{formats}'.split()}})\n"
    _file(work / "kms", f"{PLACE}/pykms.py", names)
    for name, text in PIDNG.items():
        _file(work / "pidng", f"{PLACE}/pidng/{name}", text)
    _file(work / "utils", "usr/bin/vcgencmd", VCGENCMD).chmod(0o755)
    _package(folder, work / "picamera2", "python3-picamera2", DEPENDS)
    _package(folder, work / "simplejpeg", "python3-simplejpeg", "python3-numpy")
    _package(folder, work / "kms", "python3-kms++", "python3")
    _package(folder, work / "pidng", "python3-pidng", "python3")
    _package(folder, work / "utils", "raspi-utils", "")
    _index(folder)
    shutil.rmtree(work)


def _wheels(folder: Path, python: str) -> dict[str, Path]:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--dest", str(folder), "--python-version", python, "--platform", "manylinux_2_28_x86_64"]
    command += ["--platform", "manylinux2014_x86_64"]
    subprocess.run([*command, "picamera2==0.3.38", "simplejpeg", "videodev2==0.0.4"], check=True, timeout=300)
    return {wheel.name.partition("-")[0]: wheel for wheel in folder.glob("*.whl")}


def _unpack(wheel: Path, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)


def _file(tree: Path, path: str, text: str) -> Path:
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def _package(folder: Path, tree: Path, name: str, depends: str) -> None:
    fields = {
        "Package": name,
        "Version": "0.3.38-1",
        "Architecture": "all",
        "Maintainer": "rig <rig@localhost>",
    }
    fields |= {"Depends": depends} if depends else {}
    control = "".join(f"{key}: {value}\n" for key, value in fields.items()) + "Description: for the rig\n"
    _file(tree, "DEBIAN/control", control)
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(folder / f"{name}.deb")],
        check=True,
        capture_output=True,
        timeout=60,
    )


def _index(folder: Path) -> None:
    entries = []
    for package in sorted(folder.glob("*.deb")):
        control = subprocess.run(
            ["dpkg-deb", "--field", str(package)], check=True, capture_output=True, text=True, timeout=60
        ).stdout.strip()
        content = package.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        entries.append(f"{control}\nFilename: ./{package.name}\nSize: {len(content)}\nSHA256: {digest}\n")
    (folder / "Packages").write_text("\n".join(entries), "utf-8")
