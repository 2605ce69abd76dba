"""What calamine does not tell of a sheet: which cells hold formulas, and which hold error values.

The part is inflated once in pieces (which also checks it); only where a marker stands is a cell looked at.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from engine.ledger.reading.container import UnreadableWorkbook
from engine.ledger.reading.package import column_index, column_letters


class Formula(StrEnum):
    """What sort of formula a cell holds. ``VOLATILE`` changes by itself; ``UNCACHED`` has no stored value."""

    ORDINARY = "f"
    VOLATILE = "v"
    UNCACHED = "u"


@dataclass
class Scan:
    """Formulas and error values by (row as Excel counts, column from 0)."""

    formulas: dict[tuple[int, int], Formula] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


_ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet\b")
_VOLATILE = re.compile(rb"\b(?:TODAY|NOW|RAND|RANDBETWEEN|RANDARRAY|OFFSET|INDIRECT|CELL|INFO)\s*\(", re.IGNORECASE)
_ADDRESS = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_FAR = re.compile(rb"""r="(?:[A-Z]{3}|[A-Z]{1,2}[1-9][0-9]{5})""")
_ERROR_MARK = b't="e"'
_PLAIN_ADDRESS = re.compile(rb"""\sr="[A-Z]""")
_ROW_NUMBER = re.compile(rb"""\sr=["']([0-9]{1,7})["']""")
_ERROR_TYPE = re.compile(rb"""\st=["']e["']""")
_TEXT_TYPE = re.compile(rb"""\st=["'](?:str|inlineStr)["']""")
MOST_ROWS, MOST_COLUMNS = 200_000, 702
_MOST_CARRIED = 4 << 20  # no cell is that long; a hostile one must not make the window grow without end
_SHARED = re.compile(rb"""\ssi=["']([0-9]+)["']""")


def scan(pieces: Iterable[bytes]) -> Scan:
    """Go through a worksheet part. Reads every piece, whatever is found."""
    scanner = _Scanner()
    carry = b""
    for piece in pieces:
        window = carry + piece
        scanner.start(window)
        cut = max(window.rfind(scanner.row_tag), window.rfind(scanner.cell_tag))
        scanner.take(window[:cut] if cut > 0 else b"")
        carry = window[cut:] if cut > 0 or (cut == 0 and len(window) < _MOST_CARRIED) else window[-256:]
    scanner.take(carry)
    return scanner.found


class _Scanner:
    """The state between pieces: the namespace prefix, shared formulas, and the place for cells without an address."""

    def __init__(self) -> None:
        self.found = Scan()
        self.started = False
        self.decided, self.quick = False, False
        self.volatile_shared: set[bytes] = set()
        self.row, self.column = 0, -1
        self.set_prefix(b"")

    def set_prefix(self, prefix: bytes) -> None:
        self.cell_tag, self.row_tag = b"<" + prefix + b"c", b"<" + prefix + b"row"
        self.cell_start = self.cell_tag + b" "
        self.formula_end = b"</" + prefix + b"f>"  # cells that share a formula come after the one that holds it
        name = re.escape(prefix)
        self.any_cell = re.compile(
            rb"<%b(?:(row)\b([^>]*)|c\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(?:/>|>(.*?)</%bc>))" % (name, name), re.DOTALL
        )
        self.formula_start = re.compile(rb"<%bf[\s>/]" % name)
        self.formula = re.compile(rb"<%bf\b([^>]*?)(?:/>|>(.*?)</%bf>)" % (name, name), re.DOTALL)
        self.value = re.compile(rb"<%bv\b[^>]*>([^<]*)</%bv>" % (name, name))

    def start(self, window: bytes) -> None:
        if not self.started and (root := _ROOT.search(window)):
            self.started = True
            if root[1]:
                self.set_prefix(root[1] + b":")

    def decide(self, window: bytes) -> None:
        """Whether windows without a marker may be skipped: the first cell tells if cells carry plain addresses."""
        first = None if self.decided else next((cell for cell in self.any_cell.finditer(window) if not cell[1]), None)
        if first:
            self.decided = True
            self.quick = bool(_PLAIN_ADDRESS.search(first[3]))

    def take(self, window: bytes) -> None:
        """Look at the cells of a window that begins and ends between cells."""
        self.decide(window)
        for cell in self.marked(window) if self.quick else self.any_cell.finditer(window):
            if cell[1]:
                number = _ROW_NUMBER.search(cell[2])
                self.row, self.column = int(number[1]) if number else self.row + 1, -1
                continue
            address = _ADDRESS.search(cell[3])
            if address:
                self.row, self.column = int(address[2]), column_index(address[1].decode())
            else:
                self.column += 1
            if cell[4] is not None:
                _check_distance((self.row, self.column))
                self.look((self.row, self.column), cell[3], cell[4])

    def marked(self, window: bytes) -> Iterator[re.Match[bytes]]:
        """Only the cells in which a marker stands: sound where every cell has a plain address."""
        places = [mark.start() for mark in _FAR.finditer(window)]
        if self.found.formulas or self.formula_end in window:
            places += [mark.start() for mark in self.formula_start.finditer(window)]
        if _ERROR_MARK in window:
            places += [mark.start() for mark in re.finditer(_ERROR_MARK, window)]
        end = 0
        for place in sorted(places):
            start = window.rfind(self.cell_start, 0, place)
            cell = self.any_cell.match(window, start) if start >= end else None
            if cell:
                end = cell.end()
                yield cell

    def look(self, place: tuple[int, int], attributes: bytes, content: bytes) -> None:
        value = self.value.search(content)
        if _ERROR_TYPE.search(attributes):
            self.found.errors[place] = value[1].decode("utf-8", "replace") if value else "#VALUE!"
        formula = self.formula.search(content)
        if not formula:
            return
        shared = _SHARED.search(formula[1])
        volatile = bool(formula[2] and _VOLATILE.search(formula[2]))
        if shared and volatile:
            self.volatile_shared.add(shared[1])
        if volatile or (shared and shared[1] in self.volatile_shared):
            self.found.formulas[place] = Formula.VOLATILE
        elif not (value and value[1]) and not _TEXT_TYPE.search(attributes):
            self.found.formulas[place] = Formula.UNCACHED
        else:
            self.found.formulas[place] = Formula.ORDINARY


def sort_of(formula: str) -> Formula:
    """What sort of formula this is, ``=TODAY()`` and the like told from the others, where its value is at hand."""
    return Formula.VOLATILE if _VOLATILE.search(formula.encode("utf-8", "replace")) else Formula.ORDINARY


def _check_distance(place: tuple[int, int]) -> None:
    """One stray cell in the last corner of a sheet would make calamine reserve memory for all cells before it."""
    row, column = place
    if row > MOST_ROWS or column >= MOST_COLUMNS:
        cell = f"{column_letters(column)}{row}"
        raise UnreadableWorkbook(f"单元格 {cell} 有内容，远在台账之外。请删除它所在的整行或整列，保存后再试。")
