"""What is removed for good, and when: retention by kind of data, the recycle bin, tombstones."""

from device.clinic.database import Step

STEPS = (
    Step(
        "retention-1",
        (
            """CREATE TABLE tombstone (
                patient_id INTEGER PRIMARY KEY, removed_at TEXT NOT NULL, removed_by TEXT NOT NULL,
                visits INTEGER NOT NULL, sessions INTEGER NOT NULL, files INTEGER NOT NULL)""",
            """CREATE TABLE purge (
                visit_id INTEGER NOT NULL REFERENCES visit ON DELETE CASCADE, kind TEXT NOT NULL,
                purged_at TEXT NOT NULL, PRIMARY KEY (visit_id, kind))""",
        ),
    ),
)
