"""treadlight: running form measured beside the treadmill, and one light."""

__version__ = "0.1.0"
