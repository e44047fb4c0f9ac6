"""Everything that is kept of one patient as a zip, with what it was made with."""

import json
import zipfile
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import IO, Any

from device import __version__
from device.clinic.store import ClinicStore
from device.clinic.types import Visit
from device.sessions.export import export_csv, export_json
from device.sessions.store import SessionStore

READ_ME = """What this is
  Everything that the device keeps of one patient, exported at {at} by treadlight {version}.
  patient.json      label, intake, visits, consent, and all that was noted at each visit
  visits/N/         files of a visit (key frames, reports, video as far as consent allowed)
  sessions/N.json   everything of a recorded session, with software, model and its hash, camera, settings
  sessions/N.csv    its steps and strides, one row each
  sessions/N-poses.csv  its keypoints
Measures movement from video. Not a diagnosis. Not a certified medical device.
"""


def export_patient(
    clinic: ClinicStore, sessions: SessionStore | None, patient_id: int, into: IO[bytes]
) -> None:
    """Write the zip. Raises MissingError when there is no such patient, StoreError."""
    patient = clinic.patients.get(patient_id)
    visits = clinic.visits.of_patient(patient_id)
    there = {session.id for session in sessions.list_sessions()} if sessions else set()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", READ_ME.format(at=clinic.now().isoformat(), version=__version__))
        document = {
            "schema": "treadlight-patient/1",
            "software": f"treadlight {__version__}",
            "exported_at": clinic.now(),
            "patient": asdict(patient),
            "visits": [_visit(clinic, visit) for visit in visits],
        }
        archive.writestr("patient.json", json.dumps(document, indent=1, default=_plain))
        for visit in visits:
            _add_folder(archive, clinic.visits.folder(visit.id), f"visits/{visit.number}")
            for link in clinic.visits.sessions(visit.id):
                if sessions is not None and link.session_id in there:
                    _add_session(archive, sessions, link.session_id)


def _visit(clinic: ClinicStore, visit: Visit) -> dict[str, Any]:
    with clinic.database.reading() as connection:
        tables = [
            row["name"]
            for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        ]
        noted = {}
        for table in tables:
            columns = [row["name"] for row in connection.execute(f"PRAGMA table_info({table})")]
            if "visit_id" in columns:
                rows = connection.execute(f"SELECT * FROM {table} WHERE visit_id = ?", (visit.id,))
                noted[table] = [dict(row) for row in rows]
    return {**asdict(visit), "noted": noted}


def _add_folder(archive: zipfile.ZipFile, folder: Path, name: str) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            archive.write(path, f"{name}/{path.relative_to(folder)}")


def _add_session(archive: zipfile.ZipFile, sessions: SessionStore, session_id: int) -> None:
    archive.writestr(f"sessions/{session_id}.json", export_json(sessions, session_id))
    archive.writestr(f"sessions/{session_id}.csv", export_csv(sessions, session_id))
    poses = sessions.pose_log(session_id)
    if poses.is_file():
        archive.write(poses, f"sessions/{session_id}-poses.csv")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value)
    raise TypeError(f"{type(value)} has no plain form")
