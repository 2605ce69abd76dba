"""Moving in (``duban import``, 导入旧台账): a review made of old files, and a reviewed import written into the ledger.

The command and the button differ only in who writes: the file, or the open book.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from engine.facts.change import NewRow
from engine.facts.ledger import Ledger
from engine.files.outputs import Outputs
from engine.ledger.file.concurrent_access import reason
from engine.ledger.file.operation_log import Appended, entry, imported_marks
from engine.ledger.headings.columns import BY_KEY, MATTERS, OPERATIONS
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.patching.first_free_row import first_free_row
from engine.ledger.reading.cells import fields_missing
from engine.ledger.reading.ledger import read_rows
from engine.moving.dictionaries.loading import shipped_dictionaries
from engine.moving.files.review_book import review_bytes
from engine.moving.files.review_reading import read_review, scheme_of
from engine.moving.files.scheme_file import NAME, read_scheme, write_scheme
from engine.moving.files.sources import read_source
from engine.moving.proposals.model import Proposals
from engine.moving.proposals.propose import Scheme, propose
from engine.moving.proposals.reviewed import ReviewedWorkbook
from engine.moving.tables.grid import Grid, WordText
from engine.service.host import Station
from engine.service.import_plan import BUTTON, Imported, ImportTarget, ImportWrites, NotImported, plan_import

REVIEW_NAME = "导入核对.xlsx"


@dataclass(frozen=True, slots=True)
class Reviewable:
    """A review that was made: where it lies, and what it holds."""

    path: Path
    proposals: Proposals


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
        notices = " ".join(proposals.notices) or "文件里没有表格。"
        raise NotImported(
            f"没有找到督办事项，没有生成核对表。{notices}请核对文件，表头里至少要有事项和单位（或时限）两列。"
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


def read_back(review: Path, scheme: Path, ledger_id: str) -> ReviewedWorkbook:
    """The review as a person left it. A mapping that was changed in 列对照 holds for the next reading: it is kept, and
    this review, which was made by the old one, is refused.

    Raises:
        NotImported: it cannot be opened, was made for another ledger, or its mapping was changed.
        NotAReview, UnreadableWorkbook, UnreadableScheme: the file is none of ours, or broken.
    """
    try:
        reviewed = read_review(review.read_bytes())
    except OSError as fault:
        raise NotImported(f"{review.name} 打不开：{reason(fault)}") from fault
    if reviewed.ledger_id != ledger_id:
        raise NotImported("这份核对表是为另一本台账做的。请对着这本台账重新读一次旧台账。")
    known = read_scheme(scheme)
    changed = {name: ours for name, ours in scheme_of(reviewed.columns).items() if known.get(name, ours) != ours}
    if changed:
        write_scheme(scheme, changed)
        named = "、".join(f"“{name}”" for name in changed)
        raise NotImported(f"「列对照」改了{named}，已记入{scheme.name}。请重新读一次旧台账（命令加 --force），再核对。")
    return reviewed


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
        reviewed = read_back(review, path.with_name(NAME), ledger.settings.ledger_id)
        writes = plan_import(target_of(book.data), ledger, reviewed, station.policies_of(path), now)
        if writes.done.faults or writes.is_empty:
            return writes.done
        report = book.apply_whole(writes.changes, (*writes.rows, *log_rows(book.data, writes, now)))
        if report.pending:
            raise NotImported(f"没有导入，台账没有改动。{report.pending}")
        return replace(writes.done, notices=report.notices)


def target_of(data: bytes) -> ImportTarget:
    """What an import needs of the workbook ``data`` besides its facts. Raises NotImported where it lacks 操作日志."""
    try:
        marks = imported_marks(read_rows(data, OPERATIONS.key))
    except UnreadableWorkbook as fault:
        raise NotImported(
            f"台账里没有「{OPERATIONS.name}」，导入后无法撤销。请从台账模板复制这张表，再导入。"
        ) from fault
    return ImportTarget(marks, fields_missing(data, MATTERS))


def log_rows(data: bytes, writes: ImportWrites, now: datetime) -> list[NewRow]:
    """The entry in 操作日志 of an import into the workbook ``data``."""
    by_sheet: dict[str, list[NewRow]] = {}
    for row in writes.rows:
        by_sheet.setdefault(row.sheet, []).append(row)
    appended = tuple(
        Appended(BY_KEY[sheet], first_free_row(data, sheet), tuple(added)) for sheet, added in by_sheet.items()
    )
    return entry(BUTTON, now, writes.changes, appended, writes.marks)
