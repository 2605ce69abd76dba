"""Writing what ``stamp`` decides, under the workbook's lock, and recording in the journal that the program wrote it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from engine.facts.change import Change
from engine.facts.finding import Finding, error
from engine.facts.ledger import Ledger
from engine.facts.service import Seen
from engine.guards.tampering import after_writing, compare, deadlines_called_for, lost_numbers
from engine.ledger.headings.columns import MATTERS
from engine.ledger.headings.finding_text import Letters
from engine.review.stamp import stamp
from engine.service.host import Station

_REMEDY = "请打开台账看看：行在表格区域之外的，拖动表格右下角把它包括进来；然后再盖一次。"


@dataclass(frozen=True, slots=True)
class Stamped:
    """The cells written; the findings, with the reasons of rows left alone; why nothing was written, if so."""

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    letters: Letters
    pending: str | None


def changed_since(ledger: Ledger, path: Path, station: Station, now: datetime) -> tuple[Finding, ...]:
    """The findings of a pass about rows gone, numbers changed and stamps edited since the last one."""
    seen = station.journal.seen(ledger.settings.ledger_id)
    due = partial(deadlines_called_for, ledger, station.policies_of(path), now)
    return compare(ledger.matters, seen, due).findings


def run_stamp(path: Path, station: Station, now: datetime) -> Stamped:
    """Stamp one ledger.

    Raises:
        UnreadableWorkbook, WorkbookBusyError, BookBusy: nothing was done.
    """
    with station.only_one(path) as path:
        book = station.book(path, lambda: now)
        book.settle()
        ledger = book.read().ledger
        seen = station.journal.seen(ledger.settings.ledger_id)
        stamping = stamp(ledger, station.policies_of(path), now, lost_numbers(ledger, seen))
        report = book.apply([change for change in stamping.changes if change.place.sheet == MATTERS.key], ())
        if any(change.field == "number" for change in report.applied):
            # After the numbers, and only with them: a row that cannot be written must not use up a number each time.
            book.apply([change for change in stamping.changes if change.place.sheet != MATTERS.key], stamping.rows)
        ours = {change.matter: seen[change.matter] for change in report.applied if change.matter in seen}
        written: dict[str, Seen] = after_writing(ours, report.applied)
        station.journal.remember(ledger.settings.ledger_id, written)
    dropped = {one.change.place.row: one for one in report.dropped}.values()
    left = [error(one.change.place, "not_stamped", "", f"没有盖上：{one.reason}。", _REMEDY) for one in dropped]
    pending = f"{report.pending}没有编号盖时限，请处理好后再运行一次 duban stamp。" if report.pending else None
    return Stamped(report.applied, (*stamping.findings, *left), ledger.letters, pending)
