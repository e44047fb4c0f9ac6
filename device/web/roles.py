"""Who may use a view: each declares it beside its route, and what declares nothing nobody may use."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from device.clinic.types import Role

View = TypeVar("View", bound=Callable[..., Any])
_NAME = "treadlight_rule"


class Audience(Enum):
    """Whom a view is for beside people who are logged in.

    ANYBODY: needs no login and tells nothing about anybody. SCREEN: also a second screen that shows the
    runner the big number and the light. PEOPLE: only who is logged in.
    """

    ANYBODY = "anybody"
    SCREEN = "screen"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a view asks of who uses it.

    least: the least role of who is logged in. proof: the PIN or password must have been given within the
    last minutes. passive: using it does not count as a touch that keeps the tablet unlocked. silent: a
    change too small or too frequent for the audit log.
    """

    audience: Audience
    least: Role = Role.VIEWER
    proof: bool = False
    passive: bool = False
    silent: bool = False


def open_to_all(view: View) -> View:
    """Let anybody use a view, without a login."""
    return _declared(view, Rule(Audience.ANYBODY))


def for_screen(view: View) -> View:
    """Let the runner's second screen use a view, and everybody who is logged in."""
    return _declared(view, Rule(Audience.SCREEN, passive=True))


def needs(
    least: Role, *, proof: bool = False, passive: bool = False, silent: bool = False
) -> Callable[[View], View]:
    """Let people of this role and higher ones use a view; see `Rule`."""
    return lambda view: _declared(view, Rule(Audience.PEOPLE, least, proof, passive, silent))


def rule_of(view: Callable[..., Any] | None) -> Rule | None:
    """Give what a view declared, None when it declared nothing."""
    rule: Rule | None = getattr(view, _NAME, None)
    return rule


def _declared(view: View, rule: Rule) -> View:
    setattr(view, _NAME, rule)
    return view
