"""Placeholder until device.sessions lands."""

from typing import Protocol


class SessionStore(Protocol):
    """What the session pages need."""
