"""Imports run one way, as ARCHITECTURE.md says: nothing needs what is above it, and no circle is closed."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = (
    {"camera"},
    {"pose"},
    {"gait"},
    {"feedback"},
    {"sessions", "clinic"},
    {"review", "report", "monitor"},
    {"web"},
    {"app", "commands", "__main__"},
)
"""From the ground up. What is in none of them (settings, errors, the disk) may be used by all."""


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in (ROOT / "device").rglob("*.py")}


def imported(path: Path) -> set[str]:
    """Modules of the device that a module imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            names = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= names or {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return (found & MODULES.keys()) - {module_of(path)}


GRAPH = {module: imported(path) for module, path in MODULES.items()}


def floor(module: str) -> int | None:
    room = module.split(".")[1:2]
    return next((n for n, rooms in enumerate(FLOORS) if room and room[0] in rooms), None)


def test_nothing_needs_what_is_above_it() -> None:
    upwards = {
        module: above
        for module, needed in GRAPH.items()
        if (own := floor(module)) is not None
        and (above := {other for other in needed if (floor(other) or 0) > own})
    }
    assert not upwards


def test_no_modules_need_each_other() -> None:
    assert len([*TopologicalSorter(GRAPH).static_order()]) == len(MODULES) > 100
