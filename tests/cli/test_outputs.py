"""What `treadlight analyze` leaves behind: whole files or none, and never a changed input."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from device.__main__ import main
from device.demo.clip import demo_clip
from device.pose.log import PoseLogWriter
from device.pose.types import Pose

FILES = ("--json", "--csv", "--poses", "--video")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def poses(tmp_path: Path) -> Path:
    """A pose log of an empty room."""
    path = tmp_path / "in" / "poses.csv"
    path.parent.mkdir()
    with PoseLogWriter(path, (640, 480)) as log:
        for i in range(60):
            log.write(Pose.missing(i / 60))
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def analyze(*arguments: object) -> int:
    return main(["analyze", "--quiet", *map(str, arguments)])


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("option", FILES)
@pytest.mark.parametrize("place", ["missing/file.mp4", "."])
def test_a_place_that_takes_no_file_is_refused_before_the_work(
    option: str, place: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyze(demo_clip(), "--json", out / "first.json", option, out / place) == 2
    assert f"{out / place} cannot be written (" in capsys.readouterr().err
    assert left(out) == []


@pytest.mark.parametrize("option", FILES)
def test_the_input_is_never_written_over(
    option: str, poses: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = poses.read_bytes()
    assert analyze(poses, option, poses.parent / ".." / poses.parent.name / poses.name) == 2
    assert "is the input too" in capsys.readouterr().err
    assert poses.read_bytes() == before


def test_two_results_do_not_share_a_file(poses: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyze(poses, "--json", out / "same", "--csv", out / "same") == 2
    assert "given for --json too" in capsys.readouterr().err
    assert left(out) == []


def test_a_fault_in_the_input_leaves_what_was_there_before(poses: Path, out: Path) -> None:
    with poses.open("a") as file:
        file.write("nonsense\n")
    (out / "out.json").write_text("from last week")
    assert analyze(poses, "--json", out / "out.json", "--poses", out / "copy.csv") == 2
    assert left(out) == ["out.json"]
    assert (out / "out.json").read_text() == "from last week"


def test_a_new_result_takes_the_place_and_the_rights_of_the_old_one(poses: Path, out: Path) -> None:
    (out / "out.json").write_text("from last week")
    (out / "out.json").chmod(0o640)
    (out / "link.json").symlink_to("out.json")
    assert analyze(poses, "--json", out / "link.json") == 3
    assert left(out) == ["link.json", "out.json"]
    assert (out / "out.json").read_text().startswith("{")
    assert (out / "out.json").stat().st_mode & 0o777 == 0o640


def test_what_is_no_file_is_written_as_it_is(poses: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert analyze(poses, "--json", "/dev/stdout", "--csv", "/dev/null", "--poses", "/dev/null") == 3
    assert capfd.readouterr().out.startswith("{")
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("option", ["--json", "--csv", "--poses"])
def test_a_full_disk_is_named_and_what_is_whole_stays(
    option: str, poses: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = [part for o in FILES[:3] if o != option for part in (o, out / o.strip("-"))]
    assert analyze(poses, option, "/dev/full", *others) == 2
    assert "/dev/full cannot be written (No space left on device)" in capsys.readouterr().err
    finished = {"--poses": [], "--csv": ["poses"], "--json": ["csv", "poses"]}
    assert left(out) == finished[option]


def test_a_video_that_outgrows_the_disk_leaves_nothing(out: Path) -> None:
    """The shell allows 50 kB for each file, a tenth of what this clip needs."""
    command = [sys.executable, "-m", "device", "analyze", "--quiet", str(demo_clip())]
    command += ["--video", str(out / "drawn.mp4"), "--json", str(out / "out.json")]
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 100; exec "$@"', "sh", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert f"{out / 'drawn.mp4'} cannot be written (File too large)" in done.stderr
    assert left(out) == []


@pytest.mark.parametrize(
    ("told", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_whoever_stops_it_finds_nothing_half_written(told: signal.Signals, status: int, out: Path) -> None:
    # Whoever runs the tests in the background may have the signals ignored, which children inherit.
    command = ["env", "--default-signal=INT,TERM,HUP", sys.executable, "-m", "device", "analyze", "--quiet"]
    command += [str(demo_clip()), "--poses", str(out / "poses.csv"), "--json", str(out / "out.json")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        ends = time.monotonic() + 60
        # The draft of the pose log has rows once frames are being analysed.
        while not any(path.stat().st_size for path in out.glob(".poses.*")):
            assert running.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.01)
        running.send_signal(told)
        _, said = running.communicate(timeout=60)
    assert running.returncode == status
    assert "Traceback" not in said
    assert left(out) == []


@pytest.mark.parametrize("name", ["drawn.txt", "drawn", "drawn.webm"])
def test_a_video_is_named_by_what_can_hold_it(
    name: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyze(demo_clip(), "--video", out / name) == 2
    assert "Give a file name that ends in .mp4." in capsys.readouterr().err
    assert left(out) == []


@pytest.mark.parametrize(
    "options", [("--video", "drawn.mp4"), ("--roi", "0,0,1,1"), ("--rotation", "90"), ("--mirrored",)]
)
def test_a_pose_log_takes_no_option_of_pictures(
    options: tuple[str, ...],
    poses: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    out: Path,
) -> None:
    monkeypatch.chdir(out)
    assert analyze(poses, *options) == 2
    assert f"A pose log has no picture, which {options[0]} would need." in capsys.readouterr().err
    assert left(out) == []


def test_a_pose_log_cut_off_says_so(poses: Path, out: Path) -> None:
    os.truncate(poses, poses.stat().st_size - 5)
    assert analyze(poses, "--json", out / "out.json") == 3
    assert "input_damaged" in (out / "out.json").read_text()
