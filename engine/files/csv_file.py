"""CSV that Excel opens as it is meant: UTF-8 with its mark, and no text that a spreadsheet would take for a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

CsvValue = str | int | float | None
# Chinese and Japanese Excel read the full-width signs like the others.
_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "｜", "\t", "\r", "\n")


def csv_bytes(rows: Iterable[Sequence[CsvValue]]) -> bytes:
    """The rows as a file. A text that looks like a formula stands behind an apostrophe; numbers stay numbers."""
    stream = StringIO(newline="")
    csv.writer(stream).writerows([_harmless(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")  # without the mark Excel takes the file for GBK


def _harmless(value: CsvValue) -> CsvValue:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_SIGNS) else value
