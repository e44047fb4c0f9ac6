"""`treadlight dark`: what the service runs after it ended, however it ended."""

import subprocess
import sys
from pathlib import Path

import pytest

from device.__main__ import main


def settings(folder: Path, kind: str) -> Path:
    path = folder / "treadlight.toml"
    path.write_text(f'[light]\nkind = "{kind}"\n')
    return path


@pytest.mark.parametrize("kind", ["mock", "disabled"])
def test_it_goes_dark_and_ends(kind: str, tmp_path: Path) -> None:
    assert main(["dark", "--config", str(settings(tmp_path, kind))]) == 0


@pytest.mark.filterwarnings("ignore::gpiozero.exc.PinFactoryFallback")
def test_without_pins_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if Path("/dev/gpiochip0").exists():
        pytest.skip("this machine has GPIO pins")
    assert main(["dark", "--config", str(settings(tmp_path, "gpio"))]) == 2
    assert "light" in capsys.readouterr().err


def test_nothing_else_of_the_device_is_loaded_first() -> None:
    code = (
        "import sys, device.light; print(*sorted({'cv2', 'flask', 'cheroot', 'psutil'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "", "the light would wait for it after a crash"
