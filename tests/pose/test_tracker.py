"""The tracker keeps to the runner on the treadmill; a network answering from a scene stands for MoveNet."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from device.camera.frame import Frame
from device.pose.crop_box import Crop
from device.pose.lock import Body, RunnerLock, upright_body
from device.pose.region import Region
from device.pose.tracker import PoseTracker
from device.pose.types import Keypoint

SIZE = (960, 720)
REGION = Region(0.25, 0.05, 0.5, 0.9)
"""x 240 to 720, y 36 to 684."""
IMAGE = np.zeros((720, 960, 3), np.uint8)

# x and y of a standing side view, feet at the origin, in body heights.
FIGURE = np.array(
    [
        *((0.05, -0.93), (0.04, -0.95), (0.04, -0.95), (0.0, -0.94), (0.0, -0.94)),
        *((0.01, -0.82), (-0.01, -0.82), (-0.04, -0.63), (0.03, -0.63), (0.05, -0.5), (0.12, -0.52)),
        *((0.01, -0.53), (-0.01, -0.53), (0.05, -0.29), (-0.04, -0.28), (0.1, -0.05), (-0.12, -0.1)),
    ]
)


@dataclass
class Person:
    """Somebody whose feet are at x, y at time t; height in pixels; score of every keypoint."""

    feet: Callable[[float], tuple[float, float]]
    height: float = 480
    score: float = 0.7
    bent: bool = False

    def points(self, t: float) -> NDArray[np.float32]:
        figure = FIGURE[:, ::-1] * (1, -1) if self.bent else FIGURE
        xy = np.asarray(self.feet(t)) + figure * self.height
        return np.column_stack([xy, np.full(17, self.score)]).astype(np.float32)


class Scene:
    """A network that, as MoveNet does, answers with the person nearest the middle of what it is shown."""

    def __init__(self, *people: Person, hiding: bool = False) -> None:
        """hiding: each hides those named before him while he is right in front of them."""
        self.people = people
        self.hiding = hiding
        self.t = 0.0
        self.crops: list[Crop] = []

    def detect(self, image_rgb: NDArray[np.uint8], crop: Crop) -> NDArray[np.float32]:
        # The view's place in the whole picture, from where its memory begins.
        offset = image_rgb.__array_interface__["data"][0] - IMAGE.__array_interface__["data"][0]
        top, left = divmod(offset // 3, SIZE[0])
        height, width = image_rgb.shape[:2]
        whole = Crop(crop.cx + left, crop.cy + top, crop.side)
        self.crops.append(whole)
        best, nearest = np.zeros((17, 3), np.float32), np.inf
        for index, person in enumerate(self.people):
            if self.hiding and any(self._hides(other, person) for other in self.people[index + 1 :]):
                continue
            points = person.points(self.t)
            x, y = points[:, 0] - left, points[:, 1] - top
            seen = (x > 0) & (x < width) & (y > 0) & (y < height)
            seen &= (abs(x - crop.cx) < crop.side / 2) & (abs(y - crop.cy) < crop.side / 2)
            points[~seen, 2] = 0.05
            distance = np.hypot(*(points[[11, 12], :2].mean(axis=0) - (whole.cx, whole.cy)))
            if seen.sum() > 8 and distance < nearest:
                best, nearest = points, distance
        best[:, :2] -= (left, top)
        return best

    def _hides(self, other: Person, person: Person) -> bool:
        return abs(other.feet(self.t)[0] - person.feet(self.t)[0]) < 0.2 * other.height


def runner(x: float = 480) -> Person:
    """Bounces by 4 % and shuffles along the belt."""
    return Person(lambda t: (x + 20 * np.sin(t), 620 + 19 * np.sin(2 * np.pi * 2.8 * t)))


def track(
    scene: Scene, region: Region | None = REGION, seconds: float = 4, fps: float = 60
) -> list[float | None]:
    """Hip x for each frame, None where the pose is missing."""
    tracker = PoseTracker(scene, region)
    found: list[float | None] = []
    for i in range(int(seconds * fps)):
        scene.t = i / fps
        pose = tracker.estimate(Frame(100 + scene.t, IMAGE))
        assert pose.t == 100 + scene.t
        found.append(float(pose.xy[[11, 12], 0].mean()) if pose.present else None)
    return found


def assert_is_runner(found: list[float | None], x: float = 480) -> None:
    assert all(hip is not None and abs(hip - x) < 40 for hip in found)


@pytest.mark.parametrize("fps", [1, 10, 30, 60, 240])
def test_a_lone_runner_is_never_lost(fps: float) -> None:
    assert_is_runner(track(Scene(runner()), fps=fps, seconds=max(4, 6 / fps)))


def test_without_a_region_the_whole_picture_is_searched() -> None:
    scene = Scene(runner())
    assert_is_runner(track(scene, None))
    assert scene.crops[0] == Crop(480, 360, 960)
    assert scene.crops[-1].side < 560


def test_with_a_region_the_whole_picture_is_never_shown() -> None:
    scene = Scene(Person(lambda t: (480, 620) if t < 1 or t > 3 else (480, 9000)))
    track(scene, seconds=5)
    assert scene.crops[0] == Crop(480, 360, 648)
    assert max(crop.side for crop in scene.crops) <= 1.15 * 648


def test_the_pose_is_the_networks_own_in_pixels_of_the_picture() -> None:
    scene = Scene(runner())
    tracker = PoseTracker(scene, REGION)
    pose = tracker.estimate(Frame(0.0, IMAGE))
    truth = scene.people[0].points(0.0)
    np.testing.assert_allclose(pose.xy, truth[:, :2], atol=1e-3)
    np.testing.assert_allclose(pose.score, truth[:, 2])
    assert pose.xy.dtype == pose.score.dtype == np.float32


def test_a_bystander_outside_the_region_is_never_taken() -> None:
    """He stands where the therapist does, larger and surer, before and after the runner is there."""
    bystander = Person(lambda t: (840, 700), height=620, score=0.95)
    late = Person(lambda t: (480, 620) if 1 < t < 3 else (480, 9000))
    found = track(Scene(bystander, late), seconds=4)
    assert found[:59] == [None] * 59
    assert_is_runner(found[62:179])
    assert found[182:] == [None] * len(found[182:])


def test_a_passer_by_in_front_does_not_take_the_lock_along() -> None:
    """He crosses the region at walking pace; while he hides the runner, the network answers with him."""
    pace_px_s = 1.3 * 480 / 1.75
    passer = Person(lambda t: (100 + pace_px_s * t, 640), height=500)
    found = track(Scene(runner(), passer), seconds=4)
    assert all(hip is None or abs(hip - 480) < 170 for hip in found)
    assert_is_runner(found[-60:])


@pytest.mark.parametrize(
    ("to_px", "gone_s"), [(630, 0.5), (580, 3.0)], ids=["nobody is left where he was", "somebody is"]
)
def test_a_jump_is_refused_and_a_new_place_is_taken_later(to_px: float, gone_s: float) -> None:
    jump_s = 2.0
    person = Person(lambda t: (330 if to_px == 630 else 440, 620) if t < jump_s else (to_px, 620))
    found = track(Scene(person), seconds=7)
    at = int(jump_s * 60)
    gone = [i for i, hip in enumerate(found) if hip is None]
    assert gone == list(range(at, gone[-1] + 1))
    assert gone_s <= len(gone) / 60 <= gone_s + 0.1
    assert found[-1] == pytest.approx(to_px)


def test_whoever_hides_the_runner_is_never_taken_for_him() -> None:
    """Nearer to the camera, so larger and lower; he stops right before the runner for a second."""
    pace_px_s = 1.2 * 640 / 1.75

    def feet(t: float) -> tuple[float, float]:
        walked = min(t, 1.1) + max(t - 2.1, 0.0)
        return pace_px_s * walked, 770.0

    scene = Scene(runner(), Person(feet, height=640), hiding=True)
    tracker = PoseTracker(scene, REGION)
    poses = []
    for i in range(240):
        scene.t = i / 60
        poses.append(tracker.estimate(Frame(scene.t, IMAGE)))
    torso = np.ptp(runner().points(0.0)[[5, 11], 1])
    for pose in poses:
        if pose.present:
            assert np.ptp(pose.xy[[5, 11], 1]) == pytest.approx(torso, rel=0.1)
    hidden = [i for i, pose in enumerate(poses) if not pose.present]
    assert 50 < len(hidden) < 100
    assert all(pose.present for pose in poses[hidden[-1] + 1 :])
    crowded = [i for i, pose in enumerate(poses) if pose.crowded]
    assert crowded
    assert set(crowded) <= set(hidden)


def test_one_odd_answer_is_not_somebody_else() -> None:
    odd = Person(lambda t: (480, 620) if not 1 < t < 1.05 else (600, 700))
    scene = Scene(odd)
    tracker = PoseTracker(scene, REGION)
    for i in range(120):
        scene.t = i / 60
        assert not tracker.estimate(Frame(scene.t, IMAGE)).crowded


def test_someone_much_larger_at_the_same_place_is_refused() -> None:
    scene = Scene(Person(lambda t: (480, 620)))
    tracker = PoseTracker(scene, REGION)
    for i in range(60):
        assert tracker.estimate(Frame(i / 60, IMAGE)).present
    scene.people = (Person(lambda t: (480, 620 + 0.53 * 480 * 0.8), height=480 * 1.8),)
    assert not tracker.estimate(Frame(1.0, IMAGE)).present


@pytest.mark.parametrize(
    "person",
    [
        Person(lambda t: (480, 620), score=0.15),
        Person(lambda t: (480, 620), score=0.25),
        Person(lambda t: (240, 400), bent=True),
    ],
    ids=["unsure", "not sure enough to begin with", "lying"],
)
def test_what_is_no_upright_person_is_missing(person: Person) -> None:
    assert track(Scene(person), seconds=1) == [None] * 60


def test_a_lost_runner_is_kept_at_scores_that_would_not_do_to_begin_with() -> None:
    scene = Scene(runner())
    tracker = PoseTracker(scene, REGION)
    assert tracker.estimate(Frame(0.0, IMAGE)).present
    scene.people[0].score = 0.25
    assert tracker.estimate(Frame(1 / 60, IMAGE)).present


def test_a_new_region_is_searched_from_the_next_frame_on() -> None:
    scene = Scene(runner(330), runner(820))
    tracker = PoseTracker(scene, Region(0.2, 0, 0.3, 1))
    assert tracker.estimate(Frame(0.0, IMAGE)).xy[Keypoint.LEFT_HIP, 0] == pytest.approx(330, abs=30)
    tracker.set_region(Region(0.7, 0, 0.3, 1))
    assert tracker.estimate(Frame(0.1, IMAGE)).xy[Keypoint.LEFT_HIP, 0] == pytest.approx(820, abs=30)
    assert scene.crops[-1].side == pytest.approx(720)


def test_a_stall_of_the_camera_does_not_lose_the_runner() -> None:
    scene = Scene(runner())
    tracker = PoseTracker(scene, REGION)
    for t in (0.0, 0.02, 0.04, 3.0, 3.02):
        scene.t = t
        assert tracker.estimate(Frame(t, IMAGE)).present


def test_sixteen_pixels_are_enough_not_to_fail() -> None:
    class Empty:
        def detect(self, image_rgb: NDArray[np.uint8], crop: Crop) -> NDArray[np.float32]:
            assert image_rgb.size > 0
            return np.zeros((17, 3), np.float32)

    tracker = PoseTracker(Empty(), Region(0.9, 0.9, 0.1, 0.1))
    for i in range(60):
        assert not tracker.estimate(Frame(i / 30, np.zeros((16, 16, 3), np.uint8))).present


def test_one_shoulder_and_one_hip_are_enough_for_a_body() -> None:
    points = runner().points(0.0)
    points[[Keypoint.LEFT_SHOULDER, Keypoint.LEFT_HIP], 2] = 0.0
    points[[Keypoint.LEFT_SHOULDER, Keypoint.LEFT_HIP], :2] = 0.0
    body = upright_body(points)
    assert body is not None
    assert body.hip_x == pytest.approx(float(points[Keypoint.RIGHT_HIP, 0]))
    points[Keypoint.RIGHT_HIP, 2] = 0.1
    assert upright_body(points) is None


def test_a_runner_who_is_followed_may_bend_further_than_one_who_is_looked_for() -> None:
    def leaning(degrees: float) -> NDArray[np.float32]:
        points = runner().points(0.0)
        hips, turn = points[[11, 12], :2].mean(axis=0), np.radians(degrees)
        upper = points[:11, :2] - hips
        points[:11, 0] = hips[0] + upper[:, 0] * np.cos(turn) - upper[:, 1] * np.sin(turn)
        points[:11, 1] = hips[1] + upper[:, 0] * np.sin(turn) + upper[:, 1] * np.cos(turn)
        return points

    def admitted(*leans: float) -> list[bool]:
        lock = RunnerLock(None)
        bodies = [upright_body(leaning(lean)) for lean in leans]
        return [body is not None and lock.admit(i / 60, body) for i, body in enumerate(bodies)]

    assert admitted(70) == [False]
    assert admitted(40, 70) == [True, True]
    assert admitted(40, 88) == [True, False]


@pytest.mark.parametrize(("level", "dark"), [(20, True), (60, False)])
def test_a_picture_without_light_is_marked(level: int, dark: bool) -> None:
    """A lamp in a tenth of it lights nobody; keypoints alone do not tell."""
    image = np.full((720, 960, 3), level, np.uint8)
    image[:100, :300] = 255

    class Sure:
        def detect(self, image_rgb: NDArray[np.uint8], crop: Crop) -> NDArray[np.float32]:
            return runner().points(0.0)

    pose = PoseTracker(Sure()).estimate(Frame(0.0, image))
    assert pose.present
    assert pose.dark is dark


def test_a_body_between_the_runners_and_anothers_is_not_taken_while_the_other_is_there() -> None:
    """As he goes past the network's answer slides from one to the other, in steps that are each small."""

    def body(sized: float, lower: float) -> Body:
        found = upright_body(Person(lambda t: (480, 620), height=480 * sized).points(0.0))
        assert found is not None
        return replace(found, hip_x=480.0, hip_y=360.0 + lower * 90)

    lock, t = RunnerLock((240, 36, 720, 684)), iter(np.arange(1000) / 60)
    runner_, between, other = body(1.0, 0.0), body(1.2, 0.25), body(1.4, 0.5)
    assert all(lock.admit(float(next(t)), runner_) for _ in range(60))
    assert lock.admit(float(next(t)), between)
    assert all(lock.admit(float(next(t)), runner_) for _ in range(30))
    assert not any(lock.admit(float(next(t)), other) for _ in range(10))
    assert not any(lock.admit(float(next(t)), b) for b in (between, other) * 10)
    assert lock.admit(float(next(t)), runner_)
