"""A program: HTML of the report on standard input, PDF of one A4 page on standard output."""

import logging
import os
import sys
from typing import Any

from device.report.page import SIZES_PCT


def make_pdf(html: str) -> bytes:
    """Lay the page out at the largest size at which it is one page, and write it as PDF.

    Nothing outside the page is fetched. Raises ValueError when it does not fit at any size.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # What the page needs is in it, pictures as data.
    fetcher = URLFetcher(allowed_protocols={"data"})
    for percent in SIZES_PCT:
        sized = html.replace("<html ", f'<html style="font-size:{16 * percent / 100:g}px" ', 1)
        document: Any = HTML(string=sized, url_fetcher=fetcher).render()
        if len(document.pages) == 1:
            written: bytes = document.write_pdf(pdf_tags=True)
            return written
    raise ValueError("the text is too long for one page")


def main() -> int:
    """Read, make, write; 1 with the reason on standard error when it cannot be done."""
    os.nice(10)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        data = make_pdf(sys.stdin.buffer.read().decode())
    except (ValueError, OSError, ImportError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.buffer.write(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
