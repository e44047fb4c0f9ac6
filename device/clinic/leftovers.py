"""Earlier states of the data folder, which an update or a restore leaves for a while."""

from datetime import UTC, datetime
from pathlib import Path

NAMES = ("before-update", "before-restore-*", "failed-update-*")
"""Not `before-repair-*`: a damaged database may be all there is of its patients."""


def leftovers(folder: Path, older_than: datetime) -> list[Path]:
    """Give the earlier states in the data folder made before `older_than`, wall time with a zone."""
    found = (path for name in NAMES for path in folder.glob(name) if path.is_dir())
    return [path for path in found if datetime.fromtimestamp(path.stat().st_mtime, UTC) < older_than]
