"""Everything treadlight raises on purpose: one root, a few leaves.

Each message is a cause, then a fix, in at most two sentences, fit to be shown to a therapist.
Leaves also inherit the builtin that a caller would expect, so ordinary handlers keep working.
"""


class TreadlightError(Exception):
    """Root of every error treadlight raises on purpose."""


class ConfigError(TreadlightError, ValueError):
    """A setting is unknown, of the wrong type or out of range."""


class CameraError(TreadlightError, OSError):
    """The camera or the clip gives no frames; see the leaves."""


class CameraNotFoundError(CameraError):
    """No camera is connected."""


class CameraBusyError(CameraError):
    """Another program holds the camera."""


class CameraSilentError(CameraError):
    """The camera was opened but has given no frame for 2 s."""


class VideoError(CameraError):
    """A video file is missing, empty, damaged or holds no picture."""


class ModelError(TreadlightError, ValueError):
    """The pose model or its runtime is missing, damaged or not the one in the manifest."""


class PoseLogError(TreadlightError, ValueError):
    """A pose log cannot be read: header, columns or time are wrong."""


class IndicatorError(TreadlightError, OSError):
    """The light cannot be reached."""


class StoreError(TreadlightError, OSError):
    """The session store cannot be opened or written."""


class ServerError(TreadlightError, OSError):
    """The dashboard cannot be served, for instance because its port is taken."""


class BackupError(TreadlightError, ValueError):
    """A backup cannot be made, is damaged, or was made with another passphrase."""


class ClinicError(TreadlightError, ValueError):
    """Something in the clinic's records cannot be as asked: a name taken, a visit still open."""


class MissingError(TreadlightError, LookupError):
    """A patient, visit or person that is asked for does not exist."""


class ReportError(TreadlightError, RuntimeError):
    """The report cannot be made into a PDF."""
