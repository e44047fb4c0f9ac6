"""Shared by every test: the synthetic runner is importable, and optional development data is found."""

import sys
from pathlib import Path

import pytest
from hypothesis import settings

# How long one example takes says nothing on a busy machine.
settings.register_profile("treadlight", deadline=None)
settings.load_profile("treadlight")

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="accept the present numbers as golden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first: with several processes one that starts last would be waited for."""
    items.sort(key=lambda item: item.path.parent.name != "web")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Recordings for validation, kept beside the repository; tests that need them skip where absent."""
    path = ROOT.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip(
            "validation data is not on this machine: expected a folder shared/data beside the repository"
        )
    return path
