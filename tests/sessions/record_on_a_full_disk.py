"""Records a minute of running while no file may grow beyond so many bytes: arguments data folder, bytes.

Prints one JSON object: what the recorder said.
"""

import json
import resource
import sys
from pathlib import Path

from session_parts import META, running

from device.sessions.recorder import Recorder
from device.sessions.store import SessionStore

recorder = Recorder(SessionStore(Path(sys.argv[1])))
recorder.start(META)
assert recorder.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
for number, (pose, gait, cue) in enumerate(running(META.started_t, 60)):
    recorder.pose(pose)
    recorder.update(gait, cue)
    if number % 300 == 0:
        recorder.flush()
full = {"flushed": recorder.flush(), "state": recorder.state, "codes": [n.code for n in recorder.notices]}
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
recorder.stop()
freed = {
    "flushed": recorder.flush(),
    "codes": [n.code for n in recorder.notices],
    "dropped": recorder.dropped,
}
recorder.close()
print(json.dumps({"full": full, "freed": freed}))
