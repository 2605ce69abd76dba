"""An old 督办台账 in the new order: columns, groups, widths, panes, print set-up; everything else as it was."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from engine.facts.change import Change, NewRow
from engine.ledger.headings.column import Column
from engine.ledger.headings.columns import MATTERS
from engine.ledger.package.addresses import Range, column_letters, parse_range
from engine.ledger.package.row_grammar import SheetRow
from engine.ledger.package.sheet_frame import read_sheet
from engine.ledger.package.tables import WorkbookTable
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.patching.open_workbook import OpenWorkbook
from engine.ledger.patching.report import PatchOptions, PatchReport
from engine.ledger.patching.scan import Wanted
from engine.ledger.patching.zip_target import write_archive
from engine.ledger.tidying import other_parts
from engine.ledger.tidying.formula_moves import FormulaMoves
from engine.ledger.tidying.new_order import ColumnMap, Placed, SheetLayout, new_order
from engine.ledger.tidying.refusals import CannotMoveError
from engine.ledger.tidying.sheet_marks import add_choices, move_filter, move_marks, refuse_unmovable
from engine.ledger.tidying.sheet_page import fold_and_freeze, move_columns, set_up_page
from engine.ledger.tidying.sheet_rows import NewColumn, RowMover
from engine.ledger.tidying.table_part import moved_table
from engine.ledger.tidying.xml_document import XmlDocument


@dataclass(frozen=True)
class TidyBook:
    """The parts that change, with their new content, and where each column stood and stands. Nothing changes where
    ``parts`` is empty.
    """

    parts: Mapping[str, bytes]
    order: tuple[Placed, ...]
    first: int

    @property
    def moves(self) -> Iterator[tuple[str, str, str]]:
        """(heading, old letters, new letters) of every column that moves; no old letters for one that is new."""
        for at, one in enumerate(self.order, self.first):
            if one.old != at:
                yield one.heading, column_letters(one.old) if one.old else "", column_letters(at)


def tidied(source: bytes | memoryview | BinaryIO, title: str) -> TidyBook:
    """What the workbook becomes; ``title`` stands on its printed pages.

    Raises a RefusedError for a book that cannot be brought into the new order.
    """
    archive = ZipArchive(source)
    book = OpenWorkbook.of(archive, PatchOptions())
    part = book.sheet(MATTERS.name)
    tables = book.parts.tables(part)
    table = book.table(part, MATTERS.name)
    if len(tables) > 1:
        raise CannotMoveError(f"“{MATTERS.name}”里还有别的表格，列序一变就乱了，请先把它移到另一张工作表。", part)
    order = new_order(table, MATTERS)
    name = next(shown for shown, found in book.parts.worksheets.items() if found == part)
    moves = FormulaMoves(ColumnMap.of(order, table), name, table)
    look = SheetLayout(order, table.area.first_column, table.area.first_row, title)
    made = {part: _moved_sheet(book, part, moves, look), table.part: moved_table(table.data, moves, order)}
    top = table.area.first_row
    made[book.parts.workbook_part] = other_parts.moved_workbook(book.parts, moves, f"${top}:${top}")
    if not moves.columns.changes_nothing:
        other_parts.refuse_pivots(archive, book.parts, moves)
        made |= other_parts.moved_elsewhere(archive, book.parts, part, moves)
        if chain := other_parts.chain_part(book.parts):
            made[chain] = other_parts.moved_chain(archive.read(chain), chain, _sheet_id(book, name), moves)
    changed = {key: data for key, data in made.items() if data != b"".join(archive.unpack(key))}
    return TidyBook(changed, order, table.area.first_column)


def tidy_patch(title: Callable[[], str], take: Callable[[TidyBook], None]) -> Callable[..., PatchReport]:
    """The same as a patch of the whole file, for ``WorkbookFile``; ``take`` is given what each patch has made."""

    def patch(
        source: BinaryIO, target: BinaryIO, changes: Sequence[Change], rows: Sequence[NewRow], options: PatchOptions
    ) -> PatchReport:
        del changes, rows
        made = tidied(source, title())
        take(made)
        if made.parts:
            write_archive(ZipArchive(source), target, {key: (data,) for key, data in made.parts.items()}, options.codec)
        return PatchReport(parts=tuple(made.parts))

    return patch


def _moved_sheet(book: OpenWorkbook, part: str, moves: FormulaMoves, look: SheetLayout) -> bytes:
    data = b"".join(book.archive.unpack(part))
    area = moves.table.area
    new = _new_columns(book, part, moves.table, look)
    rows = range(area.first_row, area.last_row + 1 - moves.table.totals)
    mover = RowMover(moves, data, rows, new)
    frame = read_sheet((data,), part, mover.visitor)
    start = mover.start if mover.start >= 0 else frame.data_end
    body = data[start : frame.data_end] if moves.columns.changes_nothing else mover.moved
    document = XmlDocument(data[:start] + data[frame.data_end :], part)
    refuse_unmovable(document, moves.sheet)
    move_marks(document, moves)
    for node in document.root.children:
        if node.name == "autoFilter":
            move_filter(document, node, moves)
    add_choices(document, look, moves.table.area.last_row)
    styles = {number: one.style for number, one in new.items()}
    move_columns(document, moves.columns, look, styles)
    fold_and_freeze(document, look)
    set_up_page(document, look)
    _set_dimension(document, moves.columns)
    rows_at = document.root.child("sheetData")
    if rows_at is None:
        raise CannotMoveError(f"“{moves.sheet}”是空的，没有可整理的内容。", part)
    document.insert(rows_at.close, body)
    return document.result()


def _new_columns(book: OpenWorkbook, part: str, table: WorkbookTable, look: SheetLayout) -> dict[int, NewColumn]:
    """The columns that the book lacks, dressed as others of their kind are in the book itself."""
    missing = {at: one.column for at, one in enumerate(look.order, look.first) if one.old is None and one.column}
    if not missing:
        return {}
    top = table.area.first_row
    heading, first = _rows_of(book, part, table, (top, top + 1))

    return {
        at: NewColumn(
            column.heading, _style(heading, look.order, column, of_heading=True), _style(first, look.order, column)
        )
        for at, column in missing.items()
    }


def _style(row: SheetRow | None, order: Sequence[Placed], like: Column, *, of_heading: bool = False) -> bytes | None:
    """The style of the cell in ``row`` whose column is most ``like`` the new one: of its owner for a heading, of its
    kind and then its owner for what stands below.
    """
    dressed: list[tuple[bool, bool, int, bytes]] = []
    for one in order:
        cell = row.cell(one.old) if row and one.old and one.column else None
        if one.column and cell and b"s" in cell.attributes:
            differs = (not of_heading and one.column.kind is not like.kind, one.column.owner is not like.owner)
            dressed.append((*differs, cell.column, cell.attributes[b"s"]))
    return min(dressed)[-1] if dressed else None


def _rows_of(book: OpenWorkbook, part: str, table: WorkbookTable, numbers: Sequence[int]) -> list[SheetRow | None]:
    wanted = Wanted(table.area, 0, None, (), {}, frozenset(numbers), everywhere=True, append=0, formulas=False)
    _, found = book.read(part, wanted)
    rows = found.rows | ({found.header.number: found.header} if found.header else {})
    return [rows.get(number) for number in numbers]


def _set_dimension(document: XmlDocument, columns: ColumnMap) -> None:
    node = document.root.child("dimension")
    if node and "ref" in node.attributes:
        found = columns.ranges(parse_range(node.attributes["ref"], document.part))
        across = [edge for area in found for edge in (area.first_column, area.last_column)]
        document.set(node, "ref", str(Range(found[0].first_row, min(across), found[0].last_row, max(across))))


def _sheet_id(book: OpenWorkbook, name: str) -> str:
    elements = book.parts.workbook_elements
    return next(one.attributes["sheetId"] for one in elements if one.name == "sheet" and one.attributes["name"] == name)
