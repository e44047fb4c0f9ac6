"""The report as one self-contained HTML page, and as a PDF of exactly one A4 page.

The PDF is made by WeasyPrint in a process of its own: its libraries would take half of what the live process
may hold, and a page that cannot be laid out must not stop the light.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from device.errors import ReportError
from device.report.content import Content

HERE = Path(__file__).parent
TIMEOUT_S = 180.0
SIZES_PCT = (100, 94, 88, 82, 76, 70)
"""Type sizes tried until everything fits on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """SVG drawings of the page, "" where there is none; captions in words."""

    before: str = ""
    before_caption: str = ""
    after: str = ""
    after_caption: str = ""
    chart: str = ""


def report_html(content: Content, figures: Figures, words: Mapping[str, Any], disclaimer: str) -> str:
    """Lay the report out as one HTML page that needs no other file. words: the `report` table."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html").render(
        c=content,
        w=words,
        style=Markup((HERE / "page.css").read_text("utf-8")),
        figures={name: Markup(getattr(figures, name)) for name in ("before", "after", "chart")},
        captions=(figures.before_caption, figures.after_caption),
        disclaimer=disclaimer,
    )


def report_pdf(html: str) -> bytes:
    """Make the page a PDF. Raises ReportError when that is not possible or takes too long."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "device.report.pdf"], input=html.encode(), capture_output=True,
            timeout=TIMEOUT_S, cwd=HERE.parents[1], check=False, env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ReportError("Making the PDF took too long. Save the web page and print it instead.") from None
    if done.returncode:
        detail = done.stderr.decode(errors="replace").strip().splitlines()
        raise ReportError(
            f"The PDF cannot be made ({detail[-1] if detail else 'no reason given'}). "
            "Save the web page and print it instead."
        )
    return done.stdout
