"""``duban new-year``: next year's book takes the place of this year's, which stays beside it, read-only.

The path stays, and so do the 台账标识, the journal and the configuration: to the scheduler it is the same ledger with
fewer rows, so nothing is sent twice or forgotten across the change. Closed matters stay in the old book alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path

from engine.facts.change import NewRow, Value
from engine.facts.faults import DubanError
from engine.facts.ledger import Ledger, Records
from engine.facts.settings import Settings
from engine.files.outputs import Outputs
from engine.files.whole_file import replace_file
from engine.guards.tampering import compare
from engine.ledger.file.concurrent_access import reason
from engine.ledger.headings.columns import (
    CHECK_RESULTS,
    MATTERS,
    MESSAGE_LOG,
    OPERATIONS,
    SETTING_KEYS,
    SETTINGS,
    SHEETS,
)
from engine.ledger.patching.patch import patch_into
from engine.ledger.reading.cells import read_cells
from engine.ledger.reading.ledger import read_ledger
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.sheet_table import SheetTable, locate
from engine.ledger.reading.values import plain_text
from engine.ledger.template.workbook import workbook_bytes
from engine.policy.governing import policy_of_ledger
from engine.policy.words import words_for
from engine.policy.workdays import YearNotCoveredError
from engine.rules.duties.cases import Cases
from engine.service.host import Station
from engine.service.old_books import old_book_path

_OF_A_MATTER = frozenset(("reports", "extensions", "completions", "supervisions", "point_exclusions", MESSAGE_LOG.key))
_STAYS_BEHIND = frozenset((CHECK_RESULTS.key, OPERATIONS.key))
Row = Mapping[str, Value]


class NotCarriedOver(DubanError):
    """No new book was made; the message states the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """The new book stands at ``path``, the old one at ``old``. ``carried`` matters went on, ``closed`` stayed."""

    path: Path
    old: Path
    carried: int
    closed: int


def new_year(path: Path, year: int, station: Station, now: datetime) -> CarriedOver:
    """Make the book of ``year`` of the ledger at ``path``.

    Raises:
        NotCarriedOver: nothing was changed.
        UnreadableWorkbook, WorkbookBusyError, BookBusy, OutputExists: nothing was done.
    """
    if not now.year <= year <= now.year + 1:
        raise NotCarriedOver(f"现在是 {now.year} 年，只能结转到 {now.year} 年或 {now.year + 1} 年。请核对 --year。")
    with station.only_one(path) as path:
        book = station.book(path, lambda: now)
        book.settle()
        ledger = book.read().ledger
        _must_be_ready(ledger, book.holder(), bool(book.waiting_log()))
        data = book.data
        policies = station.policies_of(path)
        open_ones = _open_matters(Cases(ledger, policies, now))
        words = words_for(policy_of_ledger(ledger, policies, now))
        sheets = dict(_sheets(data, open_ones))
        came_from, explanation = _setting("carried_from")
        standing = [row for row in sheets[SETTINGS.key] if row.get("key") != came_from]
        row: Row = {"key": came_from, "value": year - 1, "explanation": explanation}
        made = workbook_bytes({**sheets, SETTINGS.key: [*standing, row]}, words)
        old = old_book_path(path, year - 1)
        fresh = read_ledger(made)
        _must_be_whole(ledger, replace(ledger.settings, carried_from=year - 1), fresh, open_ones)
        _put_in_place(path, old, (data, made), year)
        watched = compare(fresh.matters, {}, lambda matter: matter.stamps)
        served = station.journal.served(ledger.settings.ledger_id)
        station.journal.forget(ledger.settings.ledger_id)  # or the closed ones would seem to have vanished
        station.journal.remember(ledger.settings.ledger_id, watched.rows)
        if served:
            station.journal.save(served)
    return CarriedOver(path, old, len(fresh.matters), len(ledger.matters) - len(fresh.matters))


def _must_be_ready(ledger: Ledger, holder: object, is_waiting: bool) -> None:
    if ledger.settings.carried_over:
        raise NotCarriedOver(f"这是已结转到{ledger.settings.carried_over}年的旧台账，只供查阅。")
    if holder:
        raise NotCarriedOver(f"台账由{holder}打开着，没有结转。请保存并关闭后再试。")
    if is_waiting:
        raise NotCarriedOver("还有短信记录没有写进台账。请先运行一次 duban pass，再结转。")
    if ledger.doubles:
        raise NotCarriedOver(f"事项编号 {next(iter(ledger.doubles))} 有重复。请先改正，再结转。")


def _open_matters(cases: Cases) -> frozenset[int]:
    """The rows of 督办台账 that go on: what is not closed by its records, and the parents of what goes on."""
    parents = {matter.number: matter for matter in cases.ledger.matters if matter.number}
    rows: set[int] = set()
    for matter in cases.ledger.matters:
        try:
            ended = cases.of(matter).standing.ended_at is not None
        except YearNotCoveredError:
            ended = False  # what cannot be determined goes on
        if not ended:
            rows.add(matter.place.row or 0)
            if parent := parents.get(matter.parent):
                rows.add(parent.place.row or 0)
    return frozenset(rows)


def _sheets(data: bytes, open_rows: frozenset[int]) -> Iterator[tuple[str, list[Row]]]:
    """Each sheet's rows as they stand, cell by cell, those of closed matters left out."""
    numbers: frozenset[str] = frozenset()
    for sheet in SHEETS:
        cells = read_cells(data, (sheet,)).get(sheet.key)
        if cells is None or sheet.key in _STAYS_BEHIND:
            continue
        rows = list(_rows(locate(cells, sheet)))
        if sheet is MATTERS:
            rows = [row for row in rows if row[_PLACE] in open_rows]
            numbers = frozenset(str(row.get("number")) for row in rows if row.get("number"))
        elif sheet.key in _OF_A_MATTER:
            rows = [row for row in rows if str(row.get("matter")) in numbers]
        yield sheet.key, rows


_PLACE = "place"


def _rows(table: SheetTable) -> Iterator[Row]:
    for index, number in enumerate(table.rows):
        row = {field: _as_it_stands(values[index]) for field, values in table.columns.items()}
        yield {**row, _PLACE: number}


def _as_it_stands(cell: Cell) -> Value:
    """The value of the new cell: a time of day without a day as its text; a zero is no empty cell."""
    return plain_text(cell) if isinstance(cell, time | timedelta) else None if cell == "" else cell


def _setting(field: str) -> tuple[str, str]:
    """The key of a setting and its explanation."""
    return next((key, explanation) for key, (name, explanation) in SETTING_KEYS.items() if name == field)


def _must_be_whole(before: Ledger, settings: Settings, after: Ledger, open_rows: frozenset[int]) -> None:
    """The new book states of the matters what the old one states, record by record, or nothing is replaced."""
    wanted = [matter for matter in before.matters if matter.place.row in open_rows]
    same = [one.number for one in wanted] == [one.number for one in after.matters]
    counts = [
        _count(before.records_of(one.number)) == _count(after.records_of(one.number)) for one in wanted if one.number
    ]
    if not (same and all(counts) and settings == after.settings):
        raise NotCarriedOver("新台账与旧台账对不上，没有结转。请先运行 duban check，改正后再试。")


def _count(records: Records) -> Sequence[int]:
    parts: Iterable[Sequence[object]] = (
        records.reports,
        records.extensions,
        records.completions,
        records.supervisions,
    )
    return [len(part) for part in parts]


def _put_in_place(path: Path, old: Path, contents: tuple[bytes, bytes], year: int) -> None:
    """The old book first, marked as read-only; then the new one in its place, whole."""
    data, made = contents
    key, explanation = _setting("carried_over")
    target = BytesIO()
    mark = NewRow(SETTINGS.key, {"key": key, "value": year, "explanation": explanation}, "key")
    patch_into(data, target, (), [mark])
    try:
        mode = path.stat().st_mode & 0o7777
        Outputs((path,)).create(old, target.getvalue())
        if path.read_bytes() != data:
            old.unlink()
            raise NotCarriedOver("结转时恰有人保存了台账，没有结转。请关闭台账后再试。")
        replace_file(path, made)
        path.chmod(mode)
        old.chmod(mode)
    except OSError as fault:
        raise NotCarriedOver(f"没有结转：{path.parent} 写不进去（{reason(fault)}）。请检查文件夹和权限。") from fault
