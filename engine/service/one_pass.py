"""One pass: read, review, claim, send, write back, remember. What could not be done is still different next time.

Each step is a function that is given what earlier ones found, and returns what it found itself: ``pass_review``,
``pass_sending``, ``pass_writing``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from engine.board.figures import BoardFigures
from engine.facts.change import Change
from engine.facts.finding import Finding
from engine.facts.moment import at_clock, to_minute
from engine.facts.service import Seen, Served
from engine.facts.settings import Settings
from engine.guards.permission import Options
from engine.guards.tampering import Watched, after_writing, compare, deadlines_called_for, settle_doubles
from engine.ledger.file.concurrent_access import DAILY_AT
from engine.ledger.file.port import ApplyReport, Snapshot
from engine.ledger.reading.ledger import without_collections
from engine.policy.governing import file_of_ledger, must_be_pinned
from engine.policy.loading import PolicyError
from engine.service.desk import MessageDesk
from engine.service.host import Station
from engine.service.pass_review import Pass, reviewed
from engine.service.pass_sending import SentMessage, dispatched, judged, notices, restore_log_rows, served_now
from engine.service.pass_writing import say_why_held, written
from engine.service.places import place_of

BY_HAND = Options()


@dataclass(frozen=True, slots=True)
class PassResult:
    """What a pass did. ``obstacle`` is why nothing was sent; ``next_at`` when there is something to do again; ``board``
    the figures that it computed for the book, if it came to that.
    """

    at: datetime
    ledger: str
    messages: tuple[SentMessage, ...]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    written: bool
    pending: str | None
    obstacle: str | None
    next_at: datetime | None
    settings: Settings
    board: BoardFigures | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """The ledger as read, its rows as last seen, and what has happened to them since."""

    snapshot: Snapshot
    before: Mapping[str, Seen]
    watched: Watched
    notes: tuple[Finding, ...]


def run_pass(
    path: Path, station: Station, now: datetime, options: Options = BY_HAND, desk: MessageDesk | None = None
) -> PassResult:
    """One pass over one ledger at ``now``, under its lock. With ``desk`` its messages are claimed and left there to be
    sent, without waiting for them.

    Raises:
        UnreadableWorkbook, WorkbookBusyError, BookBusy, SmsError: nothing was done.
        PolicyError: the ledger's regime cannot be used, or is not the file that was taken into use.
    """
    with station.only_one(path) as path:
        return pass_within(path, station, now, options, desk)


def pass_within(path: Path, station: Station, now: datetime, options: Options, desk: MessageDesk | None) -> PassResult:
    """The same for whoever holds the lock of the ledger at this true ``path`` already."""
    now = to_minute(now)
    with without_collections():
        book = station.book(path, (lambda: now) if options.explicit_time else station.clock.now)
        run = Pass(path, book, station, now, options, station.remembrance.of(place_of(path)), station.policies_of(path))
        return _pass(run, desk)


def due_after(result: PassResult) -> datetime:
    """When the next pass over the ledger is due if its file does not change: by 08:00 at the latest, which is when
    lights change with the day.
    """
    eight = at_clock(result.at, DAILY_AT)
    morning = eight if result.at < eight else eight + timedelta(days=1)
    return max(min(morning, result.next_at or morning), result.at + timedelta(minutes=1))


def _pass(run: Pass, desk: MessageDesk | None) -> PassResult:
    """Read, review, send, write, remember."""
    read = _read(run)
    ledger, ledger_id = read.snapshot.ledger, read.snapshot.ledger.settings.ledger_id
    served = served_now(run, ledger, file_of_ledger(ledger, run.policies).regime)
    found = reviewed(run, ledger, served)
    ruling = judged(run, ledger, read.watched, found, served)
    acts = ruling.ruling.ours and not run.options.dry_run
    if read.watched.older and acts:
        restore_log_rows(run, ledger_id)
    sent = dispatched(run, ledger, found, ruling, desk)
    shown = found.review
    if sent.changed and not sent.on_the_way:  # what went out shows in the row at once
        shown = replace(reviewed(run, ledger, ruling.served).review, findings=found.review.findings)
    wrote = written(run, read.snapshot, shown, ruling.ruling, sent)
    if acts:
        _remember(run, read, ruling.served, wrote.report)
    wake = [found.wake_at, *sent.wake, *wrote.wake, *([shown.next_at] if shown.next_at else [])]
    return PassResult(
        run.now,
        ledger_id,
        sent.messages,
        shown.changes,
        (*read.notes, *ruling.notes, *sent.notes, *wrote.notes, *shown.findings),
        wrote.report.pending is None,
        wrote.report.pending,
        ruling.ruling.reason,
        min(wake),
        ledger.settings,
        wrote.board,
    )


def _read(run: Pass) -> Read:
    """The ledger with what an earlier pass left half done put right, doubles settled, and tampering noted."""
    notes = () if run.options.dry_run else tuple(notices(run.book.settle()))
    snapshot = run.book.read()
    try:
        must_be_pinned(snapshot.ledger, run.policies)
    except PolicyError as fault:
        say_why_held(run, snapshot.ledger.settings, str(fault))
        raise
    before = run.station.journal.seen(snapshot.ledger.settings.ledger_id)
    ledger = settle_doubles(snapshot.ledger, before)
    due = partial(deadlines_called_for, ledger, run.policies, run.now)
    watched = compare(ledger.matters, before, due, run.remembered.marks)
    ledger = replace(ledger, findings=(*ledger.findings, *watched.findings))
    return Read(replace(snapshot, ledger=ledger), before, watched, notes)


def _remember(run: Pass, read: Read, served: Served, report: ApplyReport) -> None:
    rows = after_writing(read.watched.rows, report.applied)
    changed = {number: row for number, row in rows.items() if read.before.get(number) != row}
    run.station.journal.remember(served.ledger, changed, read.watched.gone)
    run.station.journal.save(replace(served, last_pass_at=run.now))
