"""Moving in (``duban import``, 导入旧台账): a review made of old files, and a reviewed import written into the ledger.

The command and the button share everything but who writes: the file, or the open book.
"""

import getpass
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from engine.facts.change import Change, NewRow, Value
from engine.facts.faults import DubanError
from engine.facts.kinds import ReviewResult
from engine.facts.ledger import Ledger
from engine.files.outputs import Outputs
from engine.ledger.file.concurrent_access import reason
from engine.ledger.file.operation_log import Appended, Operation, imported_marks, to_rows
from engine.ledger.headings.columns import BY_KEY, MATTERS, OPERATIONS, REPORTS, SETTINGS
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.patching.first_free_row import first_free_row
from engine.ledger.reading.cells import fields_missing
from engine.ledger.reading.ledger import read_rows
from engine.moving.dictionaries.loading import shipped_dictionaries
from engine.moving.files.review_book import review_bytes
from engine.moving.files.review_reading import read_review, scheme_of
from engine.moving.files.scheme_file import NAME, read_scheme, write_scheme
from engine.moving.files.sources import read_source
from engine.moving.proposals.decided import Decided, DecidedMatter, ReviewFault, decide
from engine.moving.proposals.model import Proposals
from engine.moving.proposals.propose import Scheme, propose
from engine.moving.proposals.reviewed import ReviewedWorkbook
from engine.moving.tables.grid import Grid, WordText
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.review.numbering import RunningNumbers, last_report_number, report_number
from engine.service.host import Station

BUTTON = "导入旧台账"
REVIEW_NAME = "导入核对.xlsx"


class NotImported(DubanError):
    """Nothing was written; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Reviewable:
    """A review that was made: where it lies, and what it holds."""

    path: Path
    proposals: Proposals


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: matters, numbers given, reports, units, people; ``known`` rows were there already, ``left``
    a person left out. With ``faults`` nothing was written.
    """

    matters: int = 0
    numbered: int = 0
    reports: int = 0
    units: int = 0
    people: int = 0
    known: int = 0
    left: int = 0
    faults: Sequence[ReviewFault] = ()
    notices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ImportPlaces:
    """Where an import writes beside the ledger: its review, and the mapping that it keeps. ``anew``: an earlier review
    may be replaced, with whatever was decided in it.
    """

    review: Path
    scheme: Path
    outputs: Outputs
    anew: bool = False

    @classmethod
    def beside(cls, ledger: Path, review: Path | None, outputs: Outputs, *, anew: bool = False) -> "ImportPlaces":
        """The usual places."""
        return cls(review or ledger.with_name(REVIEW_NAME), ledger.with_name(NAME), outputs, anew)


def make_review(
    files: Sequence[Path],
    ledger: Ledger,
    places: ImportPlaces,
    year: int,
    progress: Callable[[float, float], None] = lambda _done, _total: None,
) -> Reviewable:
    """Read the old files and write the review; the ledger is not touched.

    Raises:
        UnreadableSource, UnreadableScheme: a file cannot be read.
        NotImported: nothing was found, or the review cannot be written.
        OutputRefused: an earlier review stands there, or a file of somebody else.
    """
    review, scheme = places.review, places.scheme
    grids: list[Grid | WordText] = []
    for done, path in enumerate(files):
        progress(done, len(files) + 1)
        grids += read_source(path)
    progress(len(files), len(files) + 1)
    proposals = propose(grids, ledger, shipped_dictionaries(), Scheme(year, read_scheme(scheme)))
    if not proposals.rows:
        told = " ".join(proposals.notices) or "文件里没有表格。"
        raise NotImported(
            f"没有找到督办事项，没有生成核对表。{told}请核对文件，表头里至少要有事项和单位（或时限）两列。"
        )
    made = review_bytes(proposals, ledger)
    try:
        if places.anew:
            places.outputs.replace((review, made))
        else:
            places.outputs.create(review, made)
    except OSError as fault:
        raise NotImported(f"{review.name} 写不了（可能正打开着）：{reason(fault)}") from fault
    write_scheme(scheme, {column.heading: column.ours for table in proposals.tables for column in table.columns})
    return Reviewable(review, proposals)


@dataclass(frozen=True, slots=True)
class ImportWrites:
    """All that one import writes, decided before anything is."""

    changes: tuple[Change, ...]
    rows: tuple[NewRow, ...]
    done: Imported


def plan_import(
    data: bytes, ledger: Ledger, reviewed: ReviewedWorkbook, policies: Policies, now: datetime
) -> ImportWrites:
    """What the reviewed import writes into the workbook ``data``; nothing where ``done.faults`` says why.

    Raises:
        NotImported: the review was made for another ledger, or the ledger lacks 操作日志.
    """
    if reviewed.ledger_id != ledger.settings.ledger_id:
        raise NotImported("这份核对表是为另一本台账做的。请用 duban import 对着这本台账重新生成。")
    marks = _marks(data)
    decided = decide(reviewed, ledger, shipped_dictionaries(), now.year, marks.__contains__)
    if decided.faults:
        return ImportWrites((), (), Imported(faults=decided.faults, known=decided.known, left=decided.left))
    return _Plan(data, ledger, policies, now).of(decided)


def _marks(data: bytes) -> frozenset[str]:
    try:
        return imported_marks(read_rows(data, OPERATIONS.key))
    except UnreadableWorkbook as fault:
        raise NotImported(
            f"台账里没有「{OPERATIONS.name}」，导入后无法撤销。请从台账模板复制这张表，再导入。"
        ) from fault


class _Plan:
    """Numbers the matters, makes their reports, and writes it all down in 操作日志."""

    def __init__(self, data: bytes, ledger: Ledger, policies: Policies, now: datetime) -> None:
        self.data, self.ledger, self.now = data, ledger, now
        self.boards = policy_of_ledger(ledger, policies, now).initiation.board_marks
        self.numbers = RunningNumbers(ledger)
        self.missing = frozenset(fields_missing(data, MATTERS))
        self.report = last_report_number(ledger, now.year)

    def of(self, decided: Decided) -> ImportWrites:
        matters, reports = [], []
        for one in decided.matters:
            values = self._numbered(one)
            matters.append(NewRow(MATTERS.key, values))
            if "number" in values and one.progress and one.progress.reported_at:
                reports.append(self._report(one, values))
        people = len({change.matter for change in decided.changes})
        done = Imported(
            len(matters),
            sum("number" in row.values for row in matters),
            len(reports),
            len(decided.units),
            people,
            decided.known,
            decided.left,
        )
        if not matters and not decided.units and not decided.changes:
            return ImportWrites((), (), done)
        water, settings = self.numbers.high_water()
        rows = (*matters, *reports, *decided.units, *settings)
        changes = (*decided.changes, *water)
        log = to_rows(self._operation(decided, rows, changes))
        return ImportWrites(changes, (*rows, *log), done)

    def _numbered(self, one: DecidedMatter) -> dict[str, Value]:
        """The cells of a matter, with its number where its board is known. A heading that an older ledger lacks goes
        into 备注.
        """
        values = dict(one.values)
        lacking = [name for name in values if name in self.missing]
        for name in lacking:
            values["note"] = f"{values.get('note') or ''}\n{MATTERS.heading(name)}：{values.pop(name)}".strip()
        board = values.get("board")
        mark = next((mark for name, mark in self.boards.items() if name == board), "")
        if mark:
            values["number"] = self.numbers.next(mark, self.now.year)
        if one.progress and (not mark or one.progress.reported_at is None):
            told = f"进展：{one.progress.text}"
            if told not in str(values.get("note") or ""):
                values["note"] = f"{values.get('note') or ''}\n{told}".strip()
        return values

    def _report(self, one: DecidedMatter, values: Mapping[str, Value]) -> NewRow:
        self.report += 1
        told = one.progress
        cells: dict[str, Value] = {
            "number": report_number(self.now.year, self.report),
            "matter": values["number"],
            "unit": values.get("lead_unit"),
            "reported_at": told.reported_at if told else None,
            "content": told.text if told else None,
            "result": ReviewResult.ACCEPTED.value,
            "registrar": BUTTON,
        }
        return NewRow(REPORTS.key, cells, "number")

    def _operation(self, decided: Decided, rows: Sequence[NewRow], changes: Sequence[Change]) -> Operation:
        by_sheet: dict[str, list[NewRow]] = {}
        for row in rows:
            by_sheet.setdefault(row.sheet, []).append(row)
        appended = tuple(
            Appended(BY_KEY[sheet], first_free_row(self.data, sheet), tuple(added))
            for sheet, added in by_sheet.items()
            if sheet != SETTINGS.key
        )
        first = next((one.first_row for one in appended if one.columns is MATTERS), 0)
        origins = {first + at: one.mark for at, one in enumerate(decided.matters)}
        kept = tuple(change for change in changes if change.place.sheet != SETTINGS.key)
        number = f"{self.now:%Y%m%d-%H%M}-{token_hex(2)}"
        return Operation(number, self.now, getpass.getuser(), BUTTON, kept, appended, origins)


def _keep_mapping(reviewed: ReviewedWorkbook, scheme: Path) -> None:
    """A mapping that a person changed in 列对照 holds for the next reading; this review was made by the old one.

    Raises NotImported where something was changed.
    """
    known = read_scheme(scheme)
    changed = {name: ours for name, ours in scheme_of(reviewed.columns).items() if known.get(name, ours) != ours}
    if changed:
        write_scheme(scheme, changed)
        named = "、".join(f"“{name}”" for name in changed)
        raise NotImported(f"「列对照」改了{named}，已记入{scheme.name}。请加 --force 重新读一次旧台账，再核对。")


def run_import(path: Path, review: Path, station: Station, now: datetime) -> Imported:
    """Write a reviewed import into the ledger at ``path``: with a backup, all of it or nothing.

    Raises:
        NotImported, NotAReview: nothing was written.
        UnreadableWorkbook, WorkbookBusyError, BookBusy: nothing was done.
    """
    with station.only_one(path) as path:
        book = station.book(path, lambda: now)
        book.settle()
        ledger = book.read().ledger
        if holder := book.holder():
            raise NotImported(f"台账由{holder}打开着，没有导入。请关闭后再试。")
        try:
            reviewed = read_review(review.read_bytes())
        except OSError as fault:
            raise NotImported(f"{review.name} 打不开：{reason(fault)}") from fault
        written = plan_import(book.data, ledger, reviewed, station.policies_of(path), now)
        _keep_mapping(reviewed, path.with_name(NAME))
        if written.done.faults or not (written.changes or written.rows):
            return written.done
        report = book.apply_whole(written.changes, written.rows)
        if report.pending:
            raise NotImported(f"没有导入，台账没有改动。{report.pending}")
        return replace(written.done, notices=report.notices)
