"""What leaves the device for the clinic's monitoring: one list, used for Prometheus and for MQTT alike.

Figures of the machine only. No label, no number of a session or patient, no measure of running, and not even
whether somebody runs now.
"""

from collections.abc import Callable
from dataclasses import dataclass

from device.host import health
from device.monitor.station import Station
from device.monitor.vitals import Vitals


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. name: with its unit, as Prometheus has it. words: for people. unit: as people write it.

    kind: "gauge", "counter" (only rises until a restart) or "yes_no" (0 or 1). sort: Home Assistant's device
    class, "" for none. read: gives it, None where the machine does not say.
    """

    name: str
    words: str
    read: Callable[[Vitals], float | None]
    unit: str = ""
    kind: str = "gauge"
    sort: str = ""


def _flag(bit: int) -> Callable[[Vitals], float | None]:
    def read(vitals: Vitals) -> float | None:
        flags = vitals.computer.throttle_flags
        return None if flags is None else float(bool(flags & bit))

    return read


FIGURES: tuple[Figure, ...] = (
    Figure("frames_per_second", "Frames a second", lambda v: v.fps, "1/s"),
    Figure("frames_per_second_asked", "Frames a second asked of the camera", lambda v: v.fps_asked, "1/s"),
    Figure("frames_total", "Frames measured", lambda v: float(v.frames), kind="counter"),
    Figure("frames_skipped_total", "Frames skipped", lambda v: float(v.skipped), kind="counter"),
    Figure("latency_p50_seconds", "Picture to light, half", lambda v: v.latency_p50_s, "s", sort="duration"),
    Figure("latency_p95_seconds", "Picture to light, 95 %", lambda v: v.latency_p95_s, "s", sort="duration"),
    Figure("camera_ok", "Camera", lambda v: float(v.trouble is None), kind="yes_no"),
    Figure("light_ok", "Light", lambda v: float(v.light_fault is None), kind="yes_no"),
    Figure("temperature_celsius", "Processor", lambda v: v.computer.temperature_c, "°C", sort="temperature"),
    Figure("under_voltage", "Under-voltage now", _flag(health.UNDER_VOLTAGE), kind="yes_no"),
    Figure(
        "under_voltage_since_boot",
        "Under-voltage since start",
        _flag(health.UNDER_VOLTAGE << health.SINCE_BOOT),
        kind="yes_no",
    ),
    Figure("throttled", "Slowed down now", _flag(health.THROTTLED), kind="yes_no"),
    Figure(
        "throttled_since_boot",
        "Slowed down since start",
        _flag(health.THROTTLED << health.SINCE_BOOT),
        kind="yes_no",
    ),
    Figure("disk_free_bytes", "Disk free", lambda v: v.computer.disk_free_bytes, "B", sort="data_size"),
    Figure("recording_left_hours", "Recording left", lambda v: v.recording_h, "h", sort="duration"),
    Figure("memory_bytes", "Memory held", lambda v: float(v.computer.rss_bytes), "B", sort="data_size"),
    Figure(
        "memory_available_bytes",
        "Memory available",
        lambda v: float(v.computer.available_bytes),
        "B",
        sort="data_size",
    ),
    Figure("up_seconds", "Since the computer's start", lambda v: v.computer.uptime_s, "s", sort="duration"),
    Figure("running_seconds", "Since the program's start", lambda v: v.running_s, "s", sort="duration"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """All figures at one moment. problems: code -> whether it is urgent. Times are Unix seconds."""

    values: tuple[tuple[Figure, float | None], ...]
    problems: dict[str, bool]
    software: str
    backup_at: float | None
    backup_ok: bool | None
    self_test_passed: bool | None


def read(station: Station) -> Reading:
    """Gather what leaves the device; may take some seconds."""
    vitals, backup, test = station.vitals(), station.backup(), station.self_test()
    problems: dict[str, bool] = {}
    for problem in station.problems():
        code = code_of(problem.code)
        problems[code] = problems.get(code, False) or problem.urgent
    return Reading(
        values=tuple((figure, figure.read(vitals)) for figure in FIGURES),
        problems=problems,
        software=vitals.software,
        backup_at=backup.at.timestamp() if backup else None,
        backup_ok=backup.ok if backup else None,
        self_test_passed=test.passed if test else None,
    )


def code_of(name: str) -> str:
    """Make one word of a problem's name."""
    return "_".join(name.split())
