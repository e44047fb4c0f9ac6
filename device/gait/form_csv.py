"""Form as a table: one row for each step or stride, for spreadsheets and research."""

import csv
from collections.abc import Iterable
from typing import TextIO

from device.gait.types import METRIC_NAMES, FormMetrics

COLUMNS = ("t_s", "side", "near", *METRIC_NAMES)
"""Column names; metrics carry their unit at the end of the name, as in `gait.catalog`."""


def write_form_csv(file: TextIO, form: Iterable[FormMetrics]) -> None:
    """Write a header and one row for each measured step; a field is empty where nothing was measured.

    file: a text file opened with newline="". Times in seconds, side is the leg whose contact began the step.
    """
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    for step in form:
        values = (getattr(step, name) for name in METRIC_NAMES)
        rows.writerow(
            (
                f"{step.t:.4f}",
                step.side.value,
                int(step.near),
                *("" if value is None else f"{value:.6g}" for value in values),
            )
        )
