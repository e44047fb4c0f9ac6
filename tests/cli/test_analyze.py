"""`treadlight analyze` from the outside: real files in, exit status and documents out."""

import csv
import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from device.__main__ import main
from device.demo.clip import demo_clip, load_truth
from device.pose.log import PoseLogWriter
from device.pose.types import Pose

RENDERED = Path(__file__).parents[1] / "validation" / "golden"


def analyze(*arguments: object) -> int:
    return main(["analyze", "--quiet", *(str(a) for a in arguments)])


def document(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "out.json").read_text())
    return loaded


def test_the_demo_clip_is_measured(demo_run: Path) -> None:
    found, truth = document(demo_run), load_truth()
    assert found["schema"] == "treadlight-analysis/1"
    assert found["input"]["frames"] == len(truth.frames.t_s)
    assert (found["activity"], found["view"], found["facing"]) == ("running", truth.facing, truth.facing)
    assert found["valid_fraction"] > 0.99
    assert found["warnings"] == []
    assert found["provenance"]["model"] == "lightning"
    assert len(found["provenance"]["model_sha256"]) == 64


def test_every_contact_of_the_demo_clip_is_found_once(demo_run: Path) -> None:
    """After the first two steps: no step missed, none doubled, each on its own leg."""
    truth = [e for e in load_truth().events if e.kind == "initial_contact"][2:]
    found = [e for e in document(demo_run)["events"] if e["kind"] == "initial_contact"]
    last = found[-1]["t"]
    for event in (e for e in truth if e.t < last - 0.1):
        near = [f for f in found if abs(f["t"] - event.t) < 0.06 and f["side"] == event.side]
        assert len(near) == 1, event
    begun = truth[0].t - 0.1
    assert len([f for f in found if begun < f["t"] <= last]) == len([e for e in truth if e.t < last + 0.06])


def test_cadence_of_the_demo_clip_is_true_within_half_a_percent(demo_run: Path) -> None:
    truth = [e.t for e in load_truth().events if e.kind == "initial_contact"]
    found = [e["t"] for e in document(demo_run)["events"] if e["kind"] == "initial_contact"]
    same = [t for t in truth if found[0] - 0.08 < t < found[-1] + 0.08]
    assert len(same) == len(found)
    rate = 60 * (len(found) - 1) / (found[-1] - found[0])
    assert rate == pytest.approx(60 * (len(same) - 1) / (same[-1] - same[0]), rel=0.005)


def test_the_table_has_one_row_for_each_step(demo_run: Path) -> None:
    with (demo_run / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    found = document(demo_run)
    steps = [float(row["cadence_spm"]) for row in rows if row["cadence_spm"]]
    assert np.mean(steps) == pytest.approx(found["metrics"]["cadence_spm"]["mean"], rel=0.01)
    assert [float(row["t_s"]) for row in rows] == sorted(float(row["t_s"]) for row in rows)
    assert {row["side"] for row in rows} == {"left", "right"}


def test_the_pose_log_gives_the_same_numbers_again(demo_run: Path, tmp_path: Path) -> None:
    truth = load_truth()
    status = analyze(
        demo_run / "poses.csv",
        *("--speed", truth.belt_speed_mps, "--height", truth.stature_cm, "--json", tmp_path / "again.json"),
    )
    again = json.loads((tmp_path / "again.json").read_text())
    first = document(demo_run)
    assert status == 0
    assert again["metrics"].keys() == first["metrics"].keys()
    for name, metric in first["metrics"].items():
        assert abs(again["metrics"][name]["n"] - metric["n"]) <= 2, name
        assert again["metrics"][name]["mean"] == pytest.approx(metric["mean"], rel=0.02, abs=0.05), name


def test_a_slow_motion_clip_is_measured_at_real_speed(demo_run: Path, tmp_path: Path) -> None:
    """A pose log stretched four times in time and analysed with --time-scale 4 gives the same cadence."""
    lines = (demo_run / "poses.csv").read_text().splitlines()
    slow = [_stretched(line, 4.0) if line[:1].isdigit() else line for line in lines]
    (tmp_path / "slow.csv").write_text("\n".join(slow) + "\n")
    status = analyze(tmp_path / "slow.csv", "--time-scale", 4, "--json", tmp_path / "slow.json")
    found = json.loads((tmp_path / "slow.json").read_text())
    assert status == 0
    cadence = document(demo_run)["metrics"]["cadence_spm"]["mean"]
    assert found["metrics"]["cadence_spm"]["mean"] == pytest.approx(cadence, rel=0.005)
    assert found["events"][-1]["input_t"] == pytest.approx(4 * found["events"][-1]["t"], abs=0.001)


def _stretched(line: str, k: float) -> str:
    t, _, rest = line.partition(",")
    return f"{float(t) * k:.6f},{rest}"


def test_the_annotated_video_plays(tmp_path: Path) -> None:
    source = tmp_path / "short.mp4"
    _copy_start(demo_clip(), source, 60)
    assert analyze(source, "--video", tmp_path / "drawn.mp4", "--json", tmp_path / "out.json") in {0, 3}
    with av.open(str(tmp_path / "drawn.mp4")) as drawn, av.open(str(source)) as plain:
        pairs = list(zip(drawn.decode(video=0), plain.decode(video=0), strict=True))
        assert len(pairs) == 60
        a, b = (frame.to_ndarray(format="rgb24").astype(int) for frame in pairs[30])
    assert (np.abs(a - b).max(axis=2) > 60).mean() > 0.002


def test_an_empty_room_gives_no_number_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    _write(path, [np.full((240, 320, 3), 90, np.uint8)] * 90)
    assert analyze(path, "--json", tmp_path / "out.json", "--csv", tmp_path / "out.csv") == 3
    found = json.loads((tmp_path / "out.json").read_text())
    assert found["activity"] == "none"
    assert found["metrics"] == {}
    assert found["events"] == []
    assert found["warnings"][0]["code"] == "nobody"
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "activity", "view", "code"),
    [
        ("man_walking", "walking", "right", "walking"),
        ("man_standing", "standing", "right", "standing"),
        ("slim_man_rear", "unclear", "unclear", "rear_view"),
    ],
)
def test_who_does_not_run_before_the_camera_gets_no_number_and_is_told_why(
    name: str, activity: str, view: str, code: str, tmp_path: Path
) -> None:
    """Kept keypoints of rendered people."""
    with (
        np.load(RENDERED / f"{name}.npz") as kept,
        PoseLogWriter(tmp_path / "poses.csv", (640, 480)) as log,
    ):
        for t, xy, score in zip(kept["t"], kept["xy"] * 0.05, kept["score"] / 255, strict=True):
            log.write(Pose(float(t), xy, score) if score.any() else Pose.missing(float(t)))
    assert analyze(tmp_path / "poses.csv", "--json", tmp_path / "out.json") == 3
    found = document(tmp_path)
    assert (found["activity"], found["view"], found["events"]) == (activity, view, [])
    assert found["metrics"] == {}
    assert found["warnings"][0]["code"] == code
    assert "speed_estimated" not in {warning["code"] for warning in found["warnings"]}


@pytest.mark.parametrize("content", [b"", b"\x00" * 4096, b"not a video at all\n" * 50])
def test_a_file_that_is_no_video_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)
    assert analyze(path, "--json", tmp_path / "out.json") == 2
    assert "broken.mp4" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


def test_a_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyze(tmp_path / "nowhere.mp4") == 2
    assert "nowhere.mp4" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_refused(
    demo_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyze(demo_run / "poses.csv", "--json", tmp_path / "no" / "such" / "folder.json") == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--speed", "fast"], ["--speed", "-1"], ["--roi", "1,2,3"], ["--facing", "up"], ["--time-scale", "0"]],
)
def test_bad_usage_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["analyze", "clip.mp4", *arguments])
    assert stop.value.code == 2


@pytest.mark.parametrize("roi", ["0.9,0.9,0.5,0.5", "0,0,5000,5000"])
def test_a_region_outside_the_picture_is_refused(roi: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert analyze(demo_clip(), "--roi", roi) == 2
    assert "region" in capsys.readouterr().err


def _write(path: Path, images: list[np.ndarray[Any, Any]], fps: int = 30) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=fps)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for image in images:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        file.mux(stream.encode())


def _copy_start(source: Path, target: Path, frames: int) -> None:
    with av.open(str(source)) as file:
        images = [
            frame.to_ndarray(format="rgb24")
            for frame, _ in zip(file.decode(video=0), range(frames), strict=False)
        ]
    _write(target, images, 60)
