"""The saved file as adapter of the buttons' port, for PCs without a ribbon: read once, changed in memory, saved whole.

One press is one transaction over one version of the file. Where that is no longer what stands on the disk, nothing is
written and the press begins anew.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path

from addin.faults import AddinError, BookChangedError, BookHeldError, NotSavedError
from addin.session_book import Made
from addin.view import Block, View, as_value, no_sheet, view_of
from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.facts.ledger import Ledger
from engine.ledger.file.file_options import Collaborators, FileOptions
from engine.ledger.file.operation_log import Appended
from engine.ledger.file.owner_files import Holder
from engine.ledger.file.port import ApplyReport, Snapshot
from engine.ledger.file.workbook_file import WorkbookFile
from engine.ledger.headings.column import SheetColumns
from engine.ledger.headings.columns import BY_KEY, OPERATIONS
from engine.ledger.package.faults import RefusedError
from engine.ledger.package.row_hash import cell_text
from engine.ledger.patching.decision import key_field_of
from engine.ledger.patching.patch import patch_into
from engine.ledger.patching.report import PatchOptions
from engine.ledger.reading.cells import read_known
from engine.ledger.reading.forms import FormCells, form_cells
from engine.ledger.reading.ledger import read_ledger, read_rows
from engine.ledger.reading.sheet_cache import SheetCache
from engine.ledger.reading.sheet_cells import Cell, SheetCells

_OPTIONS = PatchOptions(drop_refused=True)
Front = Callable[[SheetColumns, int | None], None]
"""Shows a sheet, or one row of it."""


@dataclass(frozen=True, slots=True)
class ChosenRow:
    """A row of 督办台账 that a person has selected in a list; one without number is known by its fingerprint."""

    row: int
    number: str
    row_hash: str


class ClosedBook:
    """One saved file during one press of a button. Only ``save`` and ``save_unattended`` touch the disk."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        chosen: Sequence[ChosenRow] = (),
        front: Front = lambda _columns, _row: None,
        collaborators: Collaborators | None = None,
    ) -> None:
        others = collaborators or Collaborators()
        self._file = WorkbookFile(
            path,
            now,
            FileOptions(),
            Collaborators(parse=self._take_in, compare=others.compare, disk=others.disk, sleep=others.sleep),
        )
        self._chosen, self._front = chosen, front
        self._read = self._data = b""
        self._ledger: Ledger | None = None
        parsed: dict[str, bytes] = {}
        self._cells_of = partial(read_known, cache=SheetCache.within(parsed))
        self._log: list[str] = []
        self.is_saved = False
        """Whether anything has been put on the disk."""
        self.replaced: tuple[Change, ...] = ()
        self.appended: tuple[Appended, ...] = ()

    @property
    def path(self) -> Path:
        """The file, links followed."""
        return self._file.path

    def holder(self) -> Holder | None:
        """Who has the workbook open, as far as can be seen."""
        return self._file.holder()

    def read(self) -> Snapshot:
        """The facts of the last save. Raises UnreadableWorkbook."""
        return self._file.read()

    def _take_in(self, data: bytes) -> Ledger:
        self._read = self._data = data
        return self._facts()

    def _facts(self) -> Ledger:
        self._ledger = read_ledger(self._data, cells_of=self._cells_of)
        return self._ledger

    def reread(self, _keys: Iterable[str]) -> Snapshot:
        """The facts with what was written in memory; sheets that have not changed are not parsed again."""
        return Snapshot(self._facts(), f"{hash(self._data):x}")

    def rows(self, columns: SheetColumns) -> tuple[Mapping[str, Value], ...]:
        """The rows of one sheet as values by field; empty where the book has no such sheet."""
        return read_rows(self._data, columns.key, self._cells_of) if self.holds(columns) else ()

    def form(self, columns: SheetColumns) -> FormCells | None:
        """What a form shows; ``None`` in a book that does not have it."""
        cells = self._cells(columns)
        return None if cells is None else form_cells(cells)

    def holds(self, columns: SheetColumns) -> bool:
        """Whether the book has that sheet."""
        return self._cells(columns) is not None

    def view(self, columns: SheetColumns) -> View:
        """The cells of one sheet. Raises AddinError where the sheet or its headings are missing."""
        cells = self._cells(columns)
        if cells is None:
            raise no_sheet(columns)
        return view_of(columns, _block(cells))

    def _cells(self, columns: SheetColumns) -> SheetCells | None:
        return self._cells_of(self._data, (columns,)).get(columns.key)

    def selected_rows(self, _columns: SheetColumns) -> Collection[int]:
        """The rows of 督办台账 that were chosen in the list, wherever they stand by now. Raises AddinError where there
        are none.
        """
        ledger = self._ledger or self._facts()
        by_number = {matter.number: matter.place.row for matter in ledger.matters if matter.number}
        by_hash = {fingerprint: row for row, fingerprint in ledger.row_hashes.items()}
        found = [by_number.get(one.number) if one.number else by_hash.get(one.row_hash) for one in self._chosen]
        rows = {row for row in found if row is not None}
        if not rows:
            raise AddinError("没有选中事项。请在列表里选中要办理的事项，再点这个按钮。")
        if None in found:
            raise AddinError("选中的事项里，有的刚被删除或改动。请看过刷新后的列表，重新选中，再点这个按钮。")
        return rows

    def check_writable(self, columns: SheetColumns) -> None:
        """A closed file takes changes to any sheet: filters and protection are for people before a spreadsheet."""

    def apply(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """Write cells and add rows in memory. Raises AddinError where the file as a whole takes none."""
        target = BytesIO()
        try:
            report = patch_into(self._data, target, changes, rows, _OPTIONS)
        except RefusedError as refusal:
            raise AddinError(f"没有写入台账。{refusal}") from refusal
        if report.parts:
            self._data = target.getvalue()
        self.replaced = report.written
        self.appended = tuple(Appended(BY_KEY[sheet], first, added) for sheet, first, added in report.added)
        self._log += [str(row.values["number"]) for row in rows if row.sheet == OPERATIONS.key]
        return ApplyReport(report.applied, report.dropped, report.appended)

    def rewrite(self, columns: SheetColumns, rows: Sequence[Mapping[str, Value]]) -> None:
        """Replace everything below the headings: what is there is emptied, and the rows are added from the top."""
        view = self.view(columns)
        self._empty(view, view.data_rows())
        known = [{field: value for field, value in row.items() if field in view.where} for row in rows]
        self.apply([], [NewRow(columns.key, row) for row in known])

    def remove(self, columns: SheetColumns, first_row: int, count: int) -> None:
        """Empty these rows. What stands below stays where it is: the next row that is added goes below the last."""
        self._empty(self.view(columns), range(first_row, first_row + count))

    def _empty(self, view: View, rows: Iterable[int]) -> None:
        report = self.apply([change for row in rows for change in _emptied(view, row)], [])
        if report.dropped:
            first = report.dropped[0]
            raise AddinError(
                f"「{view.columns.name}」第{first.change.place.row}行没有清空：{first.reason}。请手工处理。"
            )

    def make_log(self) -> None:
        """Raises AddinError: a sheet cannot be added to a closed file."""
        if not self.holds(OPERATIONS):
            raise AddinError(f"台账里没有「{OPERATIONS.name}」。请从台账模板把这张表复制过来，再点这个按钮。")

    def save(self) -> None:
        """Replace the file, whole, by what was written. Raises NotSavedError, with the file as it was."""
        if self._data == self._read:
            return
        report = self._file.replace_whole(self._read, self._data)
        if report.pending and not self._stands():
            raise self._refusal(report.pending)
        self._read = self._data
        self.is_saved = True

    def lend(self, work: Callable[[Path], Made]) -> Made:
        """Save, then run ``work`` on the file."""
        self.save()
        return work(self.path)

    def save_unattended(self) -> None:
        """The same: nobody else would save it."""
        self.save()

    def _stands(self) -> bool:
        """Whether the file has our entry of 操作日志 after all: a disk may fail after the swap."""
        present = self._on_disk()
        if present is None or not self._log:
            return False
        return self._log[-1] in {row["number"] for row in read_rows(present, OPERATIONS.key)}

    def _refusal(self, pending: str) -> NotSavedError:
        holder = self.holder()
        if holder is not None:
            return BookHeldError(f"台账由{holder}打开着，现在写不进去。")
        present = self._on_disk()
        if present is not None and present != self._read:
            return BookChangedError("台账刚被别人或后台保存过，没有写入。请再点一次这个按钮。")
        return NotSavedError(f"没有写入台账。{pending}")

    def _on_disk(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except OSError:
            return None

    def show(self, columns: SheetColumns) -> None:
        """Show the sheet as a list."""
        self._front(columns, None)

    def go_to(self, columns: SheetColumns, row: int) -> None:
        """Select that row in the list."""
        self._front(columns, row)


def _block(cells: SheetCells) -> Block:
    """The sheet from its first row on: SheetCells leaves blank rows out."""
    width = len(cells.columns)
    rows: list[Sequence[Cell]] = [()] * (cells.rows[-1] if cells.rows else 0)
    for number, row in zip(cells.rows, zip(*cells.columns, strict=True) if width else (), strict=True):
        rows[number - 1] = row
    return Block(1, cells.first_column + 1, rows)


def _emptied(view: View, row: int) -> list[Change]:
    """What makes a row blank: every cell of ours that holds anything."""
    sheet = view.columns.key
    field = key_field_of(sheet, ())
    name = view.held(row, field) if field in view.where else None
    key = name if isinstance(name, str) and cell_text(name) else ""
    mark = "" if key or not field else view.row_hash(row)
    return [
        Change(Place(sheet, row), key, field, as_value(held), None, row_hash=mark)
        for field in view.where
        if cell_text(held := view.held(row, field))
    ]
