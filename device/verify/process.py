"""The self-test in a process of its own, so that the live device neither waits nor grows."""

import json
import subprocess
import sys
import threading
from pathlib import Path

from device.verify.report import SelfTestReport, from_json


class SelfTestProcess:
    """One running self-test of the configured device; it keeps its report in the data folder by itself.

    config: the file the device was started with, None for the built-in settings.
    """

    def __init__(self, config: Path | None) -> None:
        settings = [] if config is None else ["--config", str(config)]
        self._child = subprocess.Popen(
            [sys.executable, "-m", "device", "verify", "--progress", *settings],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.progress = 0.0
        """Share done, 0 to 1."""
        self.report: SelfTestReport | None = None
        """Once done, unless it could not run."""
        self.fault: str | None = None
        """Why it could not run, cause then fix."""
        self._reader = threading.Thread(target=self._read, name="self-test", daemon=True)
        self._reader.start()

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self._reader.is_alive()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until it has ended."""
        self._reader.join(timeout_s)

    def stop(self) -> None:
        """End it now; harmless when it has ended."""
        self._child.terminate()

    def _read(self) -> None:
        out, errors = self._child.stdout, self._child.stderr
        assert out is not None
        assert errors is not None
        with self._child:
            for line in out:
                document = json.loads(line)
                if "progress" in document:
                    self.progress = document["progress"]
                else:
                    self.report = from_json(document)
            said = errors.read().strip().splitlines()
        if self.report is None:
            self.fault = said[-1].removeprefix("treadlight: ") if said else "The self-test was ended."
