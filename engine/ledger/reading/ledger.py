"""From a workbook's bytes to the Ledger: the one way in. A fault of the file raises, a fault of a row is a finding."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from engine.facts.change import Value
from engine.facts.finding import Finding, Place, Severity, hint
from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import (
    BY_KEY,
    CLUES,
    GROUPS,
    HOLIDAYS,
    INSPECTION_SHEETS,
    LATER_SHEETS,
    MATTERS,
    SETTINGS,
    SHEETS,
    UNITS,
)
from engine.ledger.headings.inspection_columns import INSPECTORS, TASKS
from engine.ledger.package.faults import ForeignWorkbookError, TooLargeError, UnreadableWorkbook
from engine.ledger.package.limits import MOST_ROWS
from engine.ledger.reading.cells import ReadCells, read_cells
from engine.ledger.reading.conversion import Conversion
from engine.ledger.reading.cross_checks import cross_check
from engine.ledger.reading.directory import NO_UNITS, read_directory
from engine.ledger.reading.inspection_rows import inspections_in
from engine.ledger.reading.known_rows import KnownRows
from engine.ledger.reading.matter_rows import read_matters
from engine.ledger.reading.record_rows import read_day_overrides, read_points, read_records
from engine.ledger.reading.settings_sheet import read_settings
from engine.ledger.reading.sheet_cells import SheetCells
from engine.ledger.reading.sheet_table import SheetTable, locate

# Without one of these, what was reported or agreed would look as if it had never happened.
REQUIRED = ("matters", "reports", "extensions", "completions", "supervisions", "units", "settings")
# What the program wrote for people is no fact: it is read by those who need it (``read_rows``).
_WRITTEN = ("message_log", "check_results", "point_entries", "quarter_scores", "year_ranking", "operations")
# Of 一网三库 a pass needs the tasks and who drafts their reports; the rest, and what is wrong with all three sheets,
# ``inspection_rows`` reads for those who ask.
_OF_REPORTS = (INSPECTORS, TASKS)
FACT_SHEETS = tuple(sheet for sheet in SHEETS if sheet.key not in _WRITTEN and sheet not in INSPECTION_SHEETS)


def read_ledger(data: bytes, known: KnownRows | None = None, cells_of: ReadCells = read_cells) -> Ledger:
    """Everything in the workbook, as facts. Raises UnreadableWorkbook for a fault of the file.

    ``known`` of earlier readings spares the rows that have not changed; ``cells_of`` may know of the sheets.
    """
    with without_collections():
        sheets = cells_of(data, (*FACT_SHEETS, *_OF_REPORTS))
        ledger = build_ledger(sheets, known)
    bare = tuple(_without_tables(sheets))
    return replace(ledger, findings=(*bare, *ledger.findings)) if bare else ledger


@contextmanager
def without_collections() -> Iterator[None]:
    """Pause the cycle collector: a reading or a pass makes a million values and no cycles, and each collection would
    walk them all.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_rows(data: bytes, sheet: str, cells_of: ReadCells = read_cells) -> tuple[Mapping[str, Value], ...]:
    """The rows of one sheet as values by field, such as 短信记录, from which a lost journal is rebuilt.

    Cells that cannot be understood are left out. Raises UnreadableWorkbook for a fault of the file or a missing sheet.
    """
    wanted = BY_KEY[sheet]
    cells = cells_of(data, (wanted,))
    if sheet not in cells:
        raise _without(wanted.name)
    values: dict[str, list[Any]] = Conversion(locate(cells[sheet], wanted), NO_UNITS).values
    return tuple(dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True))


def build_ledger(sheets: Mapping[str, SheetCells], known: KnownRows | None = None) -> Ledger:
    """Facts from cells, wherever those came from: the file, or the open book. Raises UnreadableWorkbook."""
    missing = [key for key in REQUIRED if key not in sheets]
    if MATTERS.key in missing and len(missing) * 2 > len(REQUIRED):
        raise ForeignWorkbookError(_NOT_OURS)
    for key in missing:
        raise _without(BY_KEY[key].name)
    for cells in sheets.values():
        if len(cells.rows) > MOST_ROWS:
            raise TooLargeError(
                f"工作表「{cells.name}」超过{MOST_ROWS // 10_000}万行，不像正常的台账，已停止读取。{_SHORTEN}"
            )
    tables = {key: locate(cells, BY_KEY[key]) for key, cells in sheets.items()}
    settings, setting_findings = read_settings(tables[SETTINGS.key])
    if settings.policy_fingerprint:  # a regime of one's own: its words are judged by its policy
        tables = {key: replace(table, own_words=True) for key, table in tables.items()}
    directory, matcher, unit_findings = read_directory(tables[UNITS.key], tables.get(GROUPS.key))
    matters = read_matters(tables[MATTERS.key], matcher, known)
    records = read_records(tables, matcher, matters)
    points = read_points(tables, matcher)
    overrides, day_findings = read_day_overrides(tables.get(HOLIDAYS.key))
    found = (setting_findings, unit_findings, matters.findings, records.findings, points.findings, day_findings)
    return Ledger(
        settings=settings,
        directory=directory,
        matters=matters.matters,
        records=records.by_matter,
        point_items=points.items,
        point_exclusions=points.exclusions,
        unit_grades=points.grades,
        clues=points.clues,
        inspections=replace(inspections_in(tables, matcher), findings=()),
        day_overrides=overrides,
        findings=(*_missing(sheets), *(finding for part in found for finding in part), *cross_check(matters, records)),
        row_hashes=matters.row_hashes,
        letters=_letters(tables),
        doubles=matters.doubles,
        unread=matters.unread,
    )


_NOT_OURS = (
    f"这个文件不是督办台账：没有工作表「{MATTERS.name}」，其他工作表也对不上。"
    "原有的督办清单请用 duban import 搬进来；要新建一本台账，请用 duban new。"
)


_SHORTEN = "请核对文件来源，或用 duban new-year 结转到新年度的台账。"


def _without(name: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(f"没有工作表「{name}」。请恢复这张表（名称要一字不差）后再试，或换用最近的备份。")


def _without_tables(sheets: Mapping[str, SheetCells]) -> Iterator[Finding]:
    """Sheets of the file that can be read but not written, since a patch goes by the Excel table."""
    for sheet in (MATTERS, SETTINGS):
        if sheets[sheet.key].table is None:
            problem = "这张表里没有 Excel 表格，编号、时限和标记都写不进去。"
            remedy = f"请选中表头和全部数据，按 Ctrl+T 建成表格，并在“表设计”里把表名改为“{sheet.name}”。"
            yield hint(Place(sheet.key), "table_missing", "", problem, remedy)


def _missing(sheets: Mapping[str, SheetCells]) -> Iterator[Finding]:
    """Every optional sheet of facts that is gone. A ledger older than the sheet has lost nothing by it: a hint."""
    remedy = "请打开台账模板，右击这张表的标签，选“移动或复制”，把它复制到台账里。"
    for sheet in FACT_SHEETS:
        if sheet.key not in sheets and sheet is not CLUES:  # a book without clues has lost nothing
            severity = Severity.HINT if sheet in LATER_SHEETS else Severity.ERROR
            problem = f"没有工作表「{sheet.name}」，按空表处理。"
            yield Finding(Place(sheet.key), "missing_sheet", "", severity, problem, remedy)


def _letters(tables: Mapping[str, SheetTable]) -> dict[tuple[str, str], str]:
    return {(key, field): letter for key, table in tables.items() for field, letter in table.letters.items()}
