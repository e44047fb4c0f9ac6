"""Every word of the dashboard, in one folder, so that it can be translated."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "words"


@cache
def load_words() -> dict[str, Any]:
    """Read `words/*.json`: nested tables of texts; `{name}` in a text is filled in where it is shown.

    Raises ValueError when two files hold the same table.
    """
    words: dict[str, Any] = {}
    for path in sorted(FOLDER.glob("*.json")):
        tables = json.loads(path.read_text(encoding="utf-8"))
        if twice := words.keys() & tables.keys():
            raise ValueError(f"{path.name} repeats {', '.join(sorted(twice))} of another words file.")
        words.update(tables)
    return words
