"""The clinic's settings: how it is reached, how long what is kept, when a tablet locks."""

from dataclasses import dataclass, fields
from typing import Any

from device.clinic.database import ClinicDatabase, Step
from device.errors import ClinicError

STEPS = (Step("settings-1", ("CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",)),)
_DAYS = (0, 3650)
_EPOCH = "screen_epoch"
_LIMITS = {"lock_min": (1, 240), "watch_min": (5, 480), "bin_days": (1, 90)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the administrator may set; raises ClinicError when a value is out of range.

    clinic, contact: for the report. lock_min: minutes without a touch after which a tablet locks.
    watch_min: the same for a tablet that shows the live screen. bin_days: how long a deleted patient can be
    brought back. video_days, pictures_days, poses_days, numbers_days: how long after a visit each kind of
    data is kept; 0 keeps it until the patient is deleted.
    """

    clinic: str = ""
    contact: str = ""
    lock_min: int = 10
    watch_min: int = 60
    bin_days: int = 14
    video_days: int = 30
    pictures_days: int = 365
    poses_days: int = 365
    numbers_days: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                if len(value) > 400 or not value.replace("\n", "").isprintable():
                    raise ClinicError("A text cannot be used. Give at most 400 characters.")
            else:
                low, high = _LIMITS.get(field.name, _DAYS)
                if not low <= value <= high:
                    unit = "minutes" if field.name.endswith("min") else "days"
                    raise ClinicError(f"{value} {unit} is out of range. Give {low} to {high}.")


class SettingsTable:
    """Reads and writes the settings."""

    def __init__(self, database: ClinicDatabase) -> None:
        self._database = database

    def load(self) -> Settings:
        """Give the settings; what was never set has its default. Raises StoreError."""
        with self._database.reading() as connection:
            kept = {row["name"]: row["value"] for row in connection.execute("SELECT * FROM setting")}
        given: dict[str, Any] = {
            field.name: int(kept[field.name]) if isinstance(field.default, int) else kept[field.name]
            for field in fields(Settings)
            if field.name in kept
        }
        return Settings(**given)

    def save(self, settings: Settings) -> None:
        """Keep all settings. Raises StoreError."""
        with self._database.writing() as connection:
            for field in fields(settings):
                connection.execute(
                    "INSERT OR REPLACE INTO setting VALUES (?, ?)",
                    (field.name, str(getattr(settings, field.name))),
                )

    def screen_epoch(self) -> int:
        """Give how often second screens have been shut out. Raises StoreError."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM setting WHERE name = ?", (_EPOCH,)).fetchone()
        return 0 if row is None else int(row["value"])

    def end_screens(self) -> None:
        """Shut out every second screen that was let in until now. Raises StoreError."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO setting VALUES (?, '1') ON CONFLICT (name) DO UPDATE SET value = value + 1",
                (_EPOCH,),
            )
