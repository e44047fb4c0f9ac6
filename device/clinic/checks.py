"""The camera checks of all visits: how each was filmed, and whether it could be measured."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from sqlite3 import Row
from typing import Any

from device.clinic.database import ClinicDatabase, Step

STEPS = (
    Step(
        "camera_check",
        (
            """CREATE TABLE camera_check (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                visit_id INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE,
                at TEXT NOT NULL, green INTEGER NOT NULL, capture TEXT NOT NULL, lines TEXT NOT NULL,
                standing TEXT)""",
            "CREATE INDEX camera_check_of_visit ON camera_check (visit_id)",
        ),
    ),
)
"""The tables of this module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """How a visit was filmed.

    side: of the runner that faced the camera, left or right, "" when unclear. fill: the runner's height as a
    share of the picture's. tilt_deg: of the camera, None where it could not be seen. region: x, y, width,
    height as shares of the picture. size: of the picture the joints are in.
    """

    speed_mps: float | None
    grade_pct: float
    height_cm: float | None
    shoe: str
    side: str
    fill: float | None
    tilt_deg: float | None
    region: tuple[float, float, float, float] | None
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRecord:
    """One camera check. lines: name, state, value and reason of each. standing: what it told, if done."""

    green: bool
    capture: Capture
    lines: tuple[tuple[str, str, float | None, str | None], ...]
    standing: dict[str, Any] | None = None
    visit_id: int = 0
    at: datetime | None = None


class CameraChecks:
    """Keeps the camera checks of all visits; safe from any thread. Methods raise StoreError."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def add(self, visit_id: int, check: CheckRecord) -> None:
        """Keep the check of a visit; the latest counts."""
        values = (
            visit_id,
            self._database.now().isoformat(),
            check.green,
            json.dumps(asdict(check.capture)),
            json.dumps(check.lines),
            None if check.standing is None else json.dumps(check.standing),
        )
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO camera_check (visit_id, at, green, capture, lines, standing) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                values,
            )

    def of_visit(self, visit_id: int) -> CheckRecord | None:
        """Give the latest check of a visit, None when there was none."""
        return self._first("WHERE visit_id = ? ORDER BY camera_check.id DESC", visit_id)

    def before(self, visit_id: int) -> CheckRecord | None:
        """Give the latest check of the same patient's earlier visits, None at a first visit."""
        return self._first(
            "JOIN visit ON visit.id = visit_id JOIN visit AS this ON this.id = ? "
            "WHERE visit.patient_id = this.patient_id AND visit.id < this.id ORDER BY camera_check.id DESC",
            visit_id,
        )

    def _first(self, where: str, number: int) -> CheckRecord | None:
        with self._database.reading() as connection:
            row = connection.execute(
                f"SELECT camera_check.* FROM camera_check {where} LIMIT 1", (number,)
            ).fetchone()
        return None if row is None else _check(row)


def _check(row: Row) -> CheckRecord:
    capture = json.loads(row["capture"])
    capture["size"] = tuple(capture["size"])
    capture["region"] = None if capture["region"] is None else tuple(capture["region"])
    return CheckRecord(
        green=bool(row["green"]),
        capture=Capture(**capture),
        lines=tuple(tuple(line) for line in json.loads(row["lines"])),
        standing=None if row["standing"] is None else json.loads(row["standing"]),
        visit_id=row["visit_id"],
        at=datetime.fromisoformat(row["at"]),
    )
