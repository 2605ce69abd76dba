"""Writing what ``stamp`` decides, under the workbook's lock, and letting the journal know that it was us."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.facts.change import Change
from engine.facts.finding import Finding
from engine.journal import Seen
from engine.ledger.addresses import Letters
from engine.stamp import stamp
from engine.station import Station
from engine.watch import after_writing


@dataclass(frozen=True, slots=True)
class Stamped:
    """The cells written; the findings, with the reasons of rows left alone; why nothing was written, if so."""

    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    letters: Letters
    pending: str | None


def run_stamp(path: Path, station: Station, now: datetime) -> Stamped:
    """Stamp one ledger.

    Raises:
        UnreadableWorkbook, WorkbookBusyError, BookBusy: nothing was done.
    """
    with station.only_one(path):
        book = station.book(path, lambda: now)
        book.settle()
        ledger = book.read().ledger
        stamping = stamp(ledger, station.policies, now)
        report = book.apply(stamping.changes, stamping.rows)
        seen = station.journal.seen(ledger.settings.ledger_id)
        ours = {change.matter: seen[change.matter] for change in report.applied if change.matter in seen}
        written: dict[str, Seen] = after_writing(ours, report.applied)
        station.journal.remember(ledger.settings.ledger_id, written)
    return Stamped(report.applied, stamping.findings, ledger.letters, report.pending)
