"""Every word of the dashboard, from one file, so that it can be translated."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load_words() -> dict[str, Any]:
    """Read `words.json`: nested tables of texts; `{name}` in a text is filled in where it is shown."""
    return dict(json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8")))
