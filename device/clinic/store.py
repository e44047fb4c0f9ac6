"""Everything the clinic keeps, in one place."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from device.clinic.audit import Audit
from device.clinic.checks import CameraChecks
from device.clinic.database import ClinicDatabase
from device.clinic.keyframes import KeptFrameSets
from device.clinic.pain import Pains
from device.clinic.patients import Patients
from device.clinic.plans import Plans
from device.clinic.reports import Reports
from device.clinic.reviews import Reviews
from device.clinic.schema import STEPS
from device.clinic.settings import SettingsTable
from device.clinic.tombstones import Tombstones
from device.clinic.users import Users
from device.clinic.visits import Visits
from device.storage.database import utc_now


class ClinicStore:
    """People, patients, visits, settings and the audit log in one data folder; safe from any thread.

    database: for modules that keep more of a visit in tables of their own (see `schema`).
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        """Open the store, creating it or bringing an older one up to date.

        now: wall clock with a time zone. Raises StoreError: folder unusable, disk full, database damaged,
        made by a newer version or by another program.
        """
        self.folder = folder
        self.now = now
        self.database = ClinicDatabase(folder, STEPS, now)
        self.users = Users(self.database)
        self.audit = Audit(self.database)
        self.settings = SettingsTable(self.database)
        self.patients = Patients(self.database)
        self.visits = Visits(self.database)
        self.plans = Plans(self.database)
        self.pains = Pains(self.database)
        self.reports = Reports(self.database)
        self.checks = CameraChecks(self.database)
        self.key_frames = KeptFrameSets(self.database)
        self.reviews = Reviews(self.database)
        self.tombstones = Tombstones(self.database)
