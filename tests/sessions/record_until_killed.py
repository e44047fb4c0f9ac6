"""A device's recording, until somebody pulls the plug: argument 1 is the data folder.

Each frame's time goes to standard output once it was handed over.
"""

import os
import sys
import time
from dataclasses import replace
from itertools import count
from pathlib import Path

from session_parts import IN_BAND, META, TRACKING, form, pose

from device.gait.types import GaitUpdate
from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore

recorder = Recorder(SessionStore(Path(sys.argv[1])))
recorder.start(replace(META, started_t=time.monotonic()))
for number in count():
    t = time.monotonic()
    recorder.pose(pose(t))
    recorder.update(GaitUpdate(t, TRACKING, form=(form(t),) if number % 20 == 0 else ()), IN_BAND)
    os.write(1, f"{t:.6f}\n".encode())
    time.sleep(1 / 60)
