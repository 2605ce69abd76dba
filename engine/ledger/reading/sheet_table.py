"""Finding the headings of a sheet, wherever they stand, and the rows below them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.facts.finding import Finding, Place, error, hint
from engine.ledger.headings.column import Kind, Owner, SheetColumns
from engine.ledger.headings.columns import LATER_COLUMNS, MATTERS
from engine.ledger.package.addresses import column_letters
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.package.tables import WorkbookTable
from engine.ledger.package.text_folding import key_of
from engine.ledger.reading.formulas import Formula
from engine.ledger.reading.merged_cells import merged_hints
from engine.ledger.reading.sheet_cells import HEADING_ROWS, Cell, SheetCells

# Without one of these the facts of the sheet would be others than people mean, and the wrong SMS would be sent.
KEY_FIELDS: Mapping[str, frozenset[str]] = {
    "matters": frozenset(
        (
            *("number", "board", "lead_unit", "approved_at", "assigned_at", "time_limit", "fixed_due", "initiated_at"),
            *("status", "long_running_since", "completed_at", "withdrawn_at"),
        )
    ),
    "reports": frozenset(("matter", "unit", "node", "period", "reported_at", "result", "rectification_due")),
    "extensions": frozenset(("matter", "applied_at", "kind", "new_due", "result", "approved_at")),
    "completions": frozenset(("matter", "applied_at", "result", "finalized_at", "rectification_due")),
    "supervisions": frozenset(("matter", "at", "method", "approved_at")),
    "point_items": frozenset(("date", "unit", "item")),
    "point_exclusions": frozenset(("matter", "node", "period")),
    "clues": frozenset(("unit", "clause")),
    "unit_grades": frozenset(("year", "unit", "board", "grade")),
    "units": frozenset(("name", "aliases", "head_mobile", "contact_mobile")),
    "groups": frozenset(("name", "members")),
    "holidays": frozenset(("date", "type")),
    "settings": frozenset(("key", "value")),
}


@dataclass
class SheetTable:
    """The rows of one sheet by field, blank ones left out; ``rows`` are their numbers as Excel counts.

    ``own_words``: the ledger runs under a regime of its own, whose words the headings do not hold.
    """

    sheet: SheetColumns
    rows: Sequence[int] = ()
    columns: dict[str, Sequence[Cell]] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    formulas: dict[tuple[int, str], Formula] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    date1904: bool = False
    own_words: bool = False

    def place(self, index: int, field: str | None = None) -> Place:
        """Where the row of this index stands."""
        return Place(self.sheet.key, self.rows[index], field)


def locate(cells: SheetCells, sheet: SheetColumns) -> SheetTable:
    """The table of a sheet: by the Excel table that stands on it, else by the row that holds the most headings.

    Raises UnreadableWorkbook where the headings, or a key heading, are missing or doubled.
    """
    index = _heading_index(cells, sheet)
    if index is None:
        raise UnreadableWorkbook(
            f"工作表「{sheet.name}」前{HEADING_ROWS}行里找不到表头（{sheet.columns[0].heading}、"
            f"{sheet.columns[1].heading}……）。请恢复表头行后再试。"
        )
    table = SheetTable(sheet, date1904=cells.date1904)
    where = _columns_by_field(cells, sheet, index, table)
    first = index + 1
    last = _below(cells, first)
    typed = [column for column in sheet.columns if column.owner is not Owner.MACHINE and column.field in where]
    telling = [column.field for column in typed if column.kind is not Kind.CHOICE or sheet is not MATTERS]
    fields = telling or list(where)  # 短信记录 is written by the scheduler alone
    kept = _filled([cells.columns[where[name]][first:last] for name in fields], last - first)
    table.rows = [cells.rows[first + at] for at in kept]
    whole = len(kept) == last - first
    if not whole and sheet is MATTERS:
        choices = [cells.columns[where[column.field]][first:last] for column in typed if column.kind is Kind.CHOICE]
        _hint_choices_alone(choices, kept, cells.rows[first:last], table)
    for name, across in where.items():
        column = cells.columns[across][first:last]
        table.columns[name] = column if whole else [column[at] for at in kept]
        table.letters[name] = column_letters(across + cells.first_column + 1)
    _take_formulas(cells, where, table)
    numbered = {across + cells.first_column + 1: name for name, across in where.items()}
    table.findings += merged_hints(cells.merged, sheet.key, cells.rows[index], numbered)
    _hint_rows_outside(cells.table, table)
    return table


def _heading_index(cells: SheetCells, sheet: SheetColumns) -> int | None:
    headings = {key_of(column.heading) for column in sheet.columns}
    best, most = None, 0
    for index, row in enumerate(cells.rows):
        if row > HEADING_ROWS:
            break
        count = len({key for column in cells.columns if (key := _key(column[index])) in headings})
        if (
            cells.table
            and cells.table.has_headings
            and row == cells.table.area.first_row
            and count * 2 >= len(headings)
        ):
            return index
        if count > most:
            best, most = index, count
    return best if most >= 2 else None


def _key(value: Cell) -> str:
    return key_of(value) if isinstance(value, str) else ""


def _columns_by_field(cells: SheetCells, sheet: SheetColumns, index: int, table: SheetTable) -> dict[str, int]:
    """Field → position among the cells' columns. Columns inside the Excel table win over notes beside it."""
    places: dict[str, list[int]] = {}
    for across, values in enumerate(cells.columns):
        places.setdefault(_key(values[index]), []).append(across)
    where = {}
    missing, doubled = [], []
    row = cells.rows[index]
    for column in sheet.columns:
        found = places.get(key_of(column.heading), [])
        inside = [at for at in found if _inside(cells, at)] or found
        key_field = column.field in KEY_FIELDS.get(sheet.key, ())
        if inside:
            where[column.field] = inside[0]
        if len(inside) > 1:
            letters = "、".join(column_letters(at + cells.first_column + 1) for at in inside)
            doubled += [f"「{column.heading}」（{letters}列）"] * key_field
            table.findings += [] if key_field else [_doubled(Place(sheet.key, row, column.field), letters)]
        elif not inside:
            missing += [f"「{column.heading}」"] * key_field
            later = column.field in LATER_COLUMNS.get(sheet.key, ())
            if not (key_field or later):
                table.findings.append(_missing(Place(sheet.key, row, column.field), column.heading))
    if missing:
        raise UnreadableWorkbook(f"工作表「{sheet.name}」缺少列{''.join(missing)}。请恢复这些表头后再试。")
    if doubled:
        raise UnreadableWorkbook(f"工作表「{sheet.name}」有重复的列{''.join(doubled)}。请删除或改名，每种只留一列。")
    return where


def _inside(cells: SheetCells, across: int) -> bool:
    span = cells.table
    return span is not None and across + cells.first_column + 1 in span.span


def _doubled(place: Place, letters: str) -> Finding:
    problem = f"这个表头出现了不止一次（{letters}列），只读了第一列。"
    return error(place, "doubled_heading", "", problem, "请删除或改名，只留一列。")


def _missing(place: Place, heading: str) -> Finding:
    return error(place, "missing_heading", "", f"缺少列「{heading}」，按空白处理。", "请在表头行恢复这一列。")


def _below(cells: SheetCells, first: int) -> int:
    """Up to the last row that holds data; a totals row of the Excel table is none."""
    last = len(cells.rows)
    span = cells.table
    if span and span.totals and first < last and cells.rows[last - 1] == span.area.last_row:
        return last - 1
    return last


def _filled(columns: Sequence[Sequence[Cell]], count: int) -> list[int]:
    """The rows in which people or buttons have written anything but spaces."""
    if not columns:
        return []
    return [at for at, row in zip(range(count), zip(*columns, strict=True), strict=True) if any(map(_says, row))]


def _says(value: Cell) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _take_formulas(cells: SheetCells, where: Mapping[str, int], table: SheetTable) -> None:
    if not cells.formulas:
        return
    fields = {across + cells.first_column: name for name, across in where.items()}
    rows = set(table.rows)
    for (row, across), kind in cells.formulas.items():
        if row in rows and across in fields:
            table.formulas[row, fields[across]] = kind


def _hint_choices_alone(
    choices: Sequence[Sequence[Cell]], kept: Sequence[int], rows: Sequence[int], table: SheetTable
) -> None:
    """是 or 否 dragged down a column makes no matter."""
    there = set(kept)
    alone = [at for at in range(len(rows)) if at not in there and any(_says(column[at]) for column in choices)]
    if alone:
        problem = f"从这一行起有{len(alone)}行只选了下拉项，没有别的内容，没有当作事项。"
        remedy = "请补填其余各列；多余的请删去。"
        table.findings.append(hint(Place(table.sheet.key, rows[alone[0]]), "row_of_choices", "", problem, remedy))


def _hint_rows_outside(span: WorkbookTable | None, table: SheetTable) -> None:
    outside = [row for row in table.rows if span and row > span.area.last_row]
    if outside:
        table.findings.append(
            hint(
                Place(table.sheet.key, outside[0]),
                "row_outside_table",
                "",
                f"从这一行起有{len(outside)}行写在表格下面，筛选和下拉列表管不到。",
                "紧接在表格下面的，程序写入时会自动包括进来，不必处理；中间隔了空行的，请先删去空行。",
            )
        )
