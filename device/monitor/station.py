"""What the Health page and the clinic's monitoring know of the device, in one place."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from device.checks import CheckResult
from device.config import Config
from device.errors import StoreError
from device.monitor.problems import Backup, Problem, find_problems, last_backup, surroundings
from device.monitor.vitals import Vitals, VitalSigns
from device.verify.process import SelfTestProcess
from device.verify.report import SelfTestReport, keep, last

LOOK_AGAIN_S = 30.0


class Station:
    """Figures, problems, backup and self-test of the running device; safe from any thread.

    config_path: the settings file in use, None for the built-in settings. start_test: starts a self-test.
    """

    def __init__(
        self,
        config: Config,
        vitals: VitalSigns,
        config_path: Path | None = None,
        look: Callable[[Config], Sequence[CheckResult]] = surroundings,
        start_test: Callable[[Path | None], SelfTestProcess] = SelfTestProcess,
    ) -> None:
        self.config = config
        self._vitals = vitals
        self._config_path = config_path
        self._look = look
        self._start_test = start_test
        self._found: Sequence[CheckResult] = ()
        self._look_due = float("-inf")
        self._lock = threading.Lock()
        self._test: SelfTestProcess | None = None

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.config.storage.folder

    def vitals(self) -> Vitals:
        """Give the newest figures."""
        return self._vitals.now

    def backup(self) -> Backup | None:
        """Give the last backup."""
        return last_backup(self.folder)

    def self_test(self) -> SelfTestReport | None:
        """Give the last self-test that ended, kept or just made."""
        running = self._test
        if running is not None and not running.running and running.report is not None:
            return running.report
        return last(self.folder)

    def problems(self) -> list[Problem]:
        """Say what is to be fixed; looks round the device at most every half minute."""
        with self._lock:
            if time.monotonic() >= self._look_due:
                self._found = self._look(self.config)
                self._look_due = time.monotonic() + LOOK_AGAIN_S
            found = self._found
        return find_problems(self.vitals(), found, self.backup(), self.self_test(), datetime.now(UTC))

    def begin_self_test(self) -> None:
        """Start a self-test in a process of its own; harmless while one runs."""
        with self._lock:
            if self._test is None or not self._test.running:
                self._test = self._start_test(self._config_path)

    def test_progress(self) -> tuple[bool, float, str | None]:
        """Tell whether a self-test runs, the share done (0 to 1), and why the last one could not run."""
        test = self._test
        if test is None:
            return False, 0.0, None
        if not test.running and test.report is not None and last(self.folder) != test.report:
            self._keep(test.report)
        return test.running, test.progress, test.fault

    def start(self) -> None:
        """Begin; there is nothing to do before somebody asks."""

    def close(self) -> None:
        """End a self-test that still runs."""
        if self._test is not None and self._test.running:
            self._test.stop()

    def _keep(self, report: SelfTestReport) -> None:
        try:
            keep(report, self.folder)
        except StoreError:
            # It is shown all the same; the disk has a problem of its own in the list.
            return
