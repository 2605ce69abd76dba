"""Cell addresses: A1 and back, ranges. Rows and columns count from 1."""

import re
from functools import cache
from typing import NamedTuple

from engine.ledger.package.faults import UnsupportedXmlError

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")
"""In capitals: small letters mean the same."""


@cache
def column_number(letters: str) -> int:
    """``A`` → 1, ``AA`` → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


@cache
def column_letters(number: int) -> str:
    """1 → ``A``, 27 → ``AA``."""
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


class Range(NamedTuple):
    """A rectangle of cells, all four sides in."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def __str__(self) -> str:
        first = f"{column_letters(self.first_column)}{self.first_row}"
        last = f"{column_letters(self.last_column)}{self.last_row}"
        return first if first == last else f"{first}:{last}"

    def holds(self, row: int, column: int) -> bool:
        """Whether the cell lies in the rectangle."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column

    def meets(self, other: "Range") -> bool:
        """Whether both have a cell in common."""
        return (
            self.first_row <= other.last_row
            and other.first_row <= self.last_row
            and self.first_column <= other.last_column
            and other.first_column <= self.last_column
        )

    def with_cell(self, row: int, column: int) -> "Range":
        """The smallest rectangle that holds this one and the cell."""
        return Range(
            min(self.first_row, row),
            min(self.first_column, column),
            max(self.last_row, row),
            max(self.last_column, column),
        )


def parse_range(text: str, part: str) -> Range:
    """``A1:C3`` or ``a1``. Raises UnsupportedXmlError, naming ``part``, for anything else."""
    found = _RANGE.fullmatch(text.upper())
    if not found:
        raise UnsupportedXmlError("文件内部的单元格范围有误。请在 Excel 中打开并另存一次。", part)
    left, top, right, bottom = found.groups()
    first_column, first_row = column_number(left), int(top)
    last_row = int(bottom) if bottom else first_row
    return Range(first_row, first_column, last_row, column_number(right) if right else first_column)
