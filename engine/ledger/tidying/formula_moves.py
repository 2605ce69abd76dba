"""Formulas whose references follow the columns that have moved, as when they are cut and inserted by hand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.ledger.package.addresses import MAX_COLUMN, MAX_ROW, column_letters, column_number
from engine.ledger.package.tables import WorkbookTable
from engine.ledger.tidying.new_order import ColumnMap
from engine.ledger.tidying.refusals import CannotMoveError

_TOKEN = re.compile(
    r"""
    "(?:[^"]|"")*"                                                        # a text
  | (?P<outside>'[^'\[]*\[(?:[^']|'')*'!|\[[^\[\]]*\][\w.]+!)[$\w:]+      # a cell of another workbook
  | (?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*(?::[^\W\d][\w.]*)?)!)?
    (?<![\w.$])(?P<first>\$?[A-Za-z]{1,3})(?P<top>\$?\d{1,7})?
    (?::(?P<last>\$?[A-Za-z]{1,3})(?P<bottom>\$?\d{1,7})?)?(?![\w.(\[!])  # a cell, a range, or columns
  | (?P<name>[^\W\d][\w.\\]*)?(?P<structured>\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])
  | [\w.\\]+                                                              # a name or a number
    """,
    re.VERBOSE,
)
_PAIR = re.compile(r"\[((?:[^\[\]']|'.)*)\]:\[((?:[^\[\]']|'.)*)\]")
_COUNTS_COLUMNS = re.compile(
    r"(?<![\w.])(?:[VHX]?LOOKUP|INDEX|X?MATCH|OFFSET|CHOOSECOLS|CHOOSEROWS|TAKE|DROP|SUMPRODUCT|SORT|SORTBY|FILTER|"
    r"TRANSPOSE|MMULT|FREQUENCY|AREAS|COLUMNS?)\(",
    re.IGNORECASE,
)
"""Functions that go by the place of a column within a range."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a formula stands: its old columns, and its row."""

    columns: Sequence[int]
    row: int


@dataclass(frozen=True, slots=True)
class FormulaMoves:
    """What happens to a formula when the columns of ``sheet`` have moved."""

    columns: ColumnMap
    sheet: str
    table: WorkbookTable

    def moved(self, formula: str, where: str, at: Sequence[int] = (), row: int = MAX_ROW) -> str:
        """The formula with its references moved. ``at`` are the old columns in which it stands on the sheet itself, in
        ``row``; empty for one on another sheet. A relative reference counts from the first of them.

        Raises CannotMoveError, naming ``where``, for one that no reference of the new order can stand for.
        """
        by_place = _COUNTS_COLUMNS.search(formula) is not None

        def replaced(found: re.Match[str]) -> str:
            if found["structured"]:
                self._check_structured(found, where, at, by_place=by_place)
            if by_place and found[0].partition("[#")[0] == self.table.name:
                raise self._refused(found[0], where)  # the table whole
            if not found["first"] or not self._is_ours(found["sheet"], at):
                return found[0]
            if not found["last"] and not found["top"]:
                return found[0]  # a name of one to three letters
            rows = [int(one.lstrip("$")) for one in (found["top"], found["bottom"]) if one]
            if rows and max(rows) < self.columns.top:
                return found[0]
            return self._reference(found, where, _Standing(at or (0,), row), by_place=by_place)

        return _TOKEN.sub(replaced, formula)

    def _is_ours(self, sheet: str | None, at: Sequence[int]) -> bool:
        if sheet is None:
            return bool(at)
        name = sheet[:-1]
        name = name[1:-1].replace("''", "'") if name.startswith("'") else name
        return name.casefold() == self.sheet.casefold()

    def _reference(self, found: re.Match[str], where: str, standing: "_Standing", *, by_place: bool) -> str:
        ends = [found["first"], found["last"] or found["first"]]
        fixed = [end.startswith("$") for end in ends]
        numbers = [column_number(end.lstrip("$").upper()) for end in ends]
        if max(numbers) > MAX_COLUMN:
            return found[0]
        at = standing.columns
        base = min(at)
        shifts: set[tuple[int, ...]] = set()
        for column in at:
            first, last = (
                number if is_fixed else number + column - base for number, is_fixed in zip(numbers, fixed, strict=True)
            )
            if not 0 < first <= last <= MAX_COLUMN:
                raise self._refused(found[0], where)
            span = self.columns.span(first, last, in_order=by_place)
            if span is None:
                raise self._refused(found[0], where)
            start = self.columns(column, standing.row)
            shifts.add(tuple(end if is_fixed else end - start for end, is_fixed in zip(span, fixed, strict=True)))
        if len(shifts) != 1:
            raise self._refused(found[0], where)
        new_base = min(self.columns(column, standing.row) for column in at)
        new = [
            f"{'$' * is_fixed}{column_letters(shift if is_fixed else shift + new_base)}"
            for shift, is_fixed in zip(shifts.pop(), fixed, strict=True)
        ]
        start_cell = f"{found['sheet'] or ''}{new[0]}{found['top'] or ''}"
        return f"{start_cell}:{new[1]}{found['bottom'] or ''}" if found["last"] else start_cell

    def _check_structured(self, found: re.Match[str], where: str, at: Sequence[int], *, by_place: bool) -> None:
        """A reference by heading follows by itself, unless it says “from this column to that one”."""
        ours = found["name"] == self.table.name if found["name"] else bool(at)
        if not ours:
            return
        pair = _PAIR.search(found["structured"])
        if pair:
            ends = [self.table.column(heading) for heading in pair.groups()]
            first, last = ends
            if first is None or last is None:
                return
            span = self.columns.span(first, last, in_order=by_place)
            if span != (self.columns(first), self.columns(last)):
                raise self._refused(found[0], where)

    def _refused(self, reference: str, where: str) -> CannotMoveError:
        return CannotMoveError(
            f"公式里的“{reference}”连着引用几列，列序一变就取错了，所以没有整理。"
            "请先改为逐列引用，或改用表头名称（如 督办台账[状态]），再整理。",
            cell=where,
        )
