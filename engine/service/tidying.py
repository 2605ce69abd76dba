"""``tidy``: an old ledger brought into the new order of its columns, with a backup first."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.facts.faults import DubanError
from engine.facts.ledger import Ledger
from engine.ledger.file import backups
from engine.ledger.file.disk import Disk
from engine.ledger.file.file_options import Collaborators, FileOptions
from engine.ledger.file.workbook_file import WorkbookFile
from engine.ledger.headings.columns import MATTERS
from engine.ledger.tidying.tidy import TidyBook, tidied, tidy_patch
from engine.service.host import Station


class NotTidied(DubanError):
    """The book could not be written now; the message states why."""


@dataclass(frozen=True)
class TidyResult:
    """What became of the book; ``backup`` is the file as it was before, ``None`` where nothing had to change."""

    book: TidyBook
    backup: Path | None


def planned(data: bytes, ledger: Ledger) -> TidyBook:
    """What ``tidy`` would make of a workbook. Raises a RefusedError where it cannot be brought into the new order."""
    return tidied(data, _title(ledger))


def tidy(path: Path, station: Station, now: datetime) -> TidyResult:
    """Bring the book into the new order, whole or not at all.

    Raises: NotTidied: it is open, or of last year, or something on it depends on the old order; the message states
    what. BookBusy: another process is working on it.
    """
    with station.only_one(path) as true:
        names = station.places.names(true)
        options = FileOptions(names, backup_count=station.config.backups, secret=station.journal.secret)
        return tidy_file(true, now, options)


def tidy_file(path: Path, now: datetime, options: FileOptions) -> TidyResult:
    """The same for whoever has the file to himself, by its true path."""
    title, made = "", list[TidyBook]()
    patch = tidy_patch(lambda: title, made.append)
    file = WorkbookFile(path, lambda: now, options, Collaborators(patch=patch))
    ledger = file.read().ledger
    if ledger.settings.carried_over:
        raise NotTidied("这是旧年度的台账，已经结转，只供查阅，不再整理。请整理新年度的台账。")
    title = _title(ledger)
    report = file.apply_whole((), ())
    if report.pending:
        raise NotTidied(f"台账没有改动。{report.pending}")
    return TidyResult(made[-1], _newest_backup(path) if made[-1].parts else None)


def _title(ledger: Ledger) -> str:
    """〈单位名称〉〈年度〉督办台账, as a new book has it."""
    years = [matter.number[:4] for matter in ledger.matters if matter.number[:4].isdigit()]
    return f"{ledger.settings.office_name}{f'{max(years)}年' if years else ''}{MATTERS.name}".replace("&", "&&")


def _newest_backup(book: Path) -> Path | None:
    found = backups.marked(Disk(), book, "")
    return max(found.values())[1] if found else None
