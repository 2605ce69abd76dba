"""One pass: read, review, claim, send, write back, remember. What could not be done is still different next time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path

from engine.board.figures import Board
from engine.facts.change import Change
from engine.facts.finding import Finding, Place, error, hint
from engine.facts.kinds import SmsSwitch
from engine.facts.ledger import Ledger
from engine.facts.message import Message, Missed
from engine.facts.moment import to_minute
from engine.facts.points import Quarter
from engine.facts.service import Seen, Served
from engine.files.outputs import OutputRefused
from engine.guards.permission import DRY, SWITCHED_OFF, Options, Ruling, Situation, judge
from engine.guards.tampering import Watched, after_writing, compare, deadlines_called_for, settle_doubles
from engine.ledger.file.concurrent_access import LEAST_INTERVAL, long_open, reason, worth_writing
from engine.ledger.file.port import ApplyReport
from engine.ledger.headings.columns import MATTERS, SETTINGS
from engine.ledger.reading.ledger import without_collections
from engine.policy.governing import file_of_ledger, policy_of_ledger
from engine.review.ledger_review import Review, review
from engine.review.morning import Overnight, morning_at, morning_report
from engine.service.adoption import behind, obstacle
from engine.service.board_page import board_of, changes_of_forms, write_page
from engine.service.book import ServedBook
from engine.service.host import Station
from engine.service.outgoing import missed_covers, outgoing, settlements
from engine.service.owed import StillOwed
from engine.service.places import place_of
from sms.lock import SenderBusy
from sms.store.keys import number_of
from sms.store.model import STATE_WORD, State, StoredMessage

BY_HAND = Options()
DAY = timedelta(days=1)
NOTHING = Overnight(0, 0, 0, book_open=False)
WENT_OUT = (State.ACCEPTED, State.DELIVERED, State.UNDELIVERED, State.EXPIRED)
NOTICE = "notice"
"""The rule of a finding that is no fault of the ledger: something that a person should know of this pass."""
OFF_REASON = "短信发送为停"
RETRY = timedelta(minutes=5)
"""When a write that could not be made, or a sender that was busy, is tried again without anything having changed."""


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of this pass with its number in the outbox (``None``: not claimed) and its state in words."""

    message: Message
    id: str | None
    state: str


@dataclass(frozen=True, slots=True)
class PassResult:
    """What a pass did. ``obstacle`` says why nothing was sent; ``next_at`` when there is something to do again."""

    at: datetime
    ledger: str
    messages: tuple[SentMessage, ...]
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    written: bool
    pending: str | None
    obstacle: str | None
    next_at: datetime | None


def run_pass(path: Path, station: Station, now: datetime, options: Options = BY_HAND) -> PassResult:
    """One pass over one ledger at ``now``, under its lock.

    Raises:
        UnreadableWorkbook, WorkbookBusyError, BookBusy, SmsError: nothing was done.
    """
    now = to_minute(now)
    with station.only_one(path) as path:
        book = station.book(path, (lambda: now) if options.explicit_time else station.clock.now)
        return _Pass(path, book, station, now, options).run()


class _Pass:
    """The steps of one pass; each leaves what the next one needs."""

    def __init__(self, path: Path, book: ServedBook, station: Station, now: datetime, options: Options) -> None:
        self.path, self.book, self.station, self.now, self.options = path, book, station, now, options
        self.notes: list[Finding] = []
        self.wake: list[datetime] = []
        self.fresh: frozenset[str] = frozenset()
        self.remembered = station.remembrance.of(place_of(path))

    def run(self) -> PassResult:
        """Read, review, send, write, remember."""
        if not self.options.dry_run:
            self._note(self.book.settle())
        snapshot = self.book.read()
        ledger, self.version = snapshot.ledger, snapshot.version
        self.id = ledger.settings.ledger_id
        before = self.station.journal.seen(self.id)
        ledger = settle_doubles(ledger, before)
        due = partial(deadlines_called_for, ledger, self.station.policies, self.now)
        watched = compare(ledger.matters, before, due, self.remembered.marks)
        self.ledger = replace(ledger, findings=(*ledger.findings, *watched.findings))
        self.served = self._served()
        reviewed = self._review()
        verdict = self._judge(reviewed, watched)
        if watched.older and verdict.ours and not self.options.dry_run:
            self._put_back()
        sent = self._dispatch(reviewed, verdict)
        if any(one.id for one in sent):
            reviewed = replace(self._review(), findings=reviewed.findings)  # what went out shows in the row at once
        shown = board_of(self.ledger, reviewed, self.station)
        forms = changes_of_forms(self.book.forms, self.ledger, reviewed, shown, self.station)
        report = self._write([*reviewed.changes, *forms], verdict)
        if verdict.ours and self.options.throttled and not self.options.dry_run:
            self._publish(shown, report)
        if verdict.ours and not self.options.dry_run:
            self._remember(before, watched, report)
        if reviewed.next_at:
            self.wake.append(reviewed.next_at)
        return PassResult(
            self.now,
            self.id,
            sent,
            reviewed.changes,
            (*self.notes, *reviewed.findings),
            report.pending is None,
            report.pending,
            verdict.reason,
            min(self.wake, default=None),
        )

    def _served(self) -> Served:
        """The ledger's state of service, with a change of regime noted: what fell before it is not sent."""
        regime = file_of_ledger(self.ledger, self.station.policies).regime
        known = self.station.journal.served(self.id)
        if known is None:
            return Served(self.id, "", regime=regime)
        return known if known.regime == regime else replace(known, regime=regime, regime_since=self.now)

    def _review(self) -> Review:
        """The rules' review, with the morning report of the day if it is due."""
        self.history, since = self.station.outbox.history(self.id), starts(self.ledger, self.served)
        with without_collections():
            reviewed = review(self.ledger, self.history, self.station.policies, self.now, since, self.remembered.looks)
        policy = policy_of_ledger(self.ledger, self.station.policies, self.now)
        morning = morning_at(self.now)
        self.wake.append(morning if self.now < morning else morning + DAY)
        if since is None or not since <= morning <= self.now:
            return reviewed
        told = partial(morning_report, self.ledger, reviewed.shown, sent=self.history, policy=policy, now=self.now)
        if told(NOTHING) is None:
            return reviewed  # the night is counted once a day, not at every pass
        report = told(self._overnight())
        return replace(reviewed, messages=(*reviewed.messages, report)) if report else reviewed

    def _overnight(self) -> Overnight:
        tally = self.station.outbox.tally(self.id, self.now - DAY)
        return Overnight(
            sent=sum(tally[state] for state in WENT_OUT),
            undelivered=tally[State.UNDELIVERED] + tally[State.FAILED],
            needs_person=tally[State.NEEDS_HUMAN],
            book_open=self.book.holder() is not None,
            conflicts=len(self.book.unmerged),
        )

    def _judge(self, reviewed: Review, watched: Watched) -> Ruling:
        known = self.station.journal.served(self.id)
        foreign = obstacle(self.ledger.settings, known, self.station, self.path)
        case = Situation(
            self.now,
            self.ledger.settings,
            self.served,
            foreign or behind(self.ledger, self.book, self.station, self.history),
            reviewed,
            len(watched.gone),
            watched.alarming,
            self.station.reaches_phones,
        )
        verdict = judge(case, self.options)
        if verdict.reason:
            self.notes.append(error(Place(SETTINGS.key), "not_sending", "", verdict.reason, "处理好后自动恢复。"))
        if verdict.hold:
            self.served = self.served.held(verdict.hold, self.now, verdict.reason or "")
            if not self.options.dry_run:
                self.station.journal.save(self.served)
        else:
            self.served = self.served.released()
        return verdict

    def _put_back(self) -> None:
        """Let a book that went back to an older copy have again the SMS that it lacks: they are evidence.

        Not those of quarters before its oldest: they were moved to a yearly file.
        """
        log = [row for row in self.book.message_log() if row.get("number")]
        oldest = min((at for row in log if isinstance(at := row.get("at"), datetime)), default=self.now)
        since = datetime.combine(Quarter.of(min(oldest, self.now)).first, time())
        self.station.outbox.put_back(self.id, {str(row["number"]): str(row.get("state")) for row in log}, since)

    def _dispatch(self, reviewed: Review, verdict: Ruling) -> tuple[SentMessage, ...]:
        """Claim and send; or say in which state the messages stay."""
        settings = self.ledger.settings
        if self.options.dry_run or verdict.state not in ("", SWITCHED_OFF):
            return tuple(SentMessage(message, None, verdict.state or DRY) for message in reviewed.messages)
        outbox, settled = self.station.outbox, settlements(reviewed.settled, self.id)
        off = verdict.state == SWITCHED_OFF
        unsent = [Missed(slot, OFF_REASON) for message in reviewed.messages for slot in message.covers] if off else []
        missed = missed_covers([*reviewed.missed, *unsent], self.id)
        mobile = settings.trial_mobile if settings.sms is SmsSwitch.TRIAL else None
        claimed = [] if off else [outgoing(message, self.id, mobile) for message in reviewed.messages]
        covers = [*(one.cover for one in missed), *(cover for message in claimed for cover in message.covers)]
        self.fresh = frozenset(number_of(cover.key) for cover in covers)
        ids = outbox.claim(self.id, claimed, missed, settled, self.now)
        if off:
            return tuple(SentMessage(message, None, SWITCHED_OFF) for message in reviewed.messages)
        self._send(frozenset(ids))
        stored = {one.token: one for one in map(outbox.message, ids) if one}
        return tuple(_as_sent(message, stored.get(message.token)) for message in reviewed.messages)

    def _send(self, fresh: frozenset[str]) -> None:
        outbox, station, demo = self.station.outbox, self.station, self.ledger.settings.demonstration
        clock = (lambda: self.now) if self.options.explicit_time else station.clock.now
        owed = StillOwed(self.ledger, station.policies, fresh, starts(self.ledger, self.served))
        try:
            report = outbox.send(self.id, clock, station.gateways, owed, refuse_network=demo)
        except SenderBusy as busy:
            self._note([str(busy)])
            self.wake.append(self.now + RETRY)
            return
        self._note(f"短信网关“{name}”已停用：{reason}" for name, reason in report.stopped.items())
        if any(True for _ in outbox.messages(self.id, State.PENDING, State.UNKNOWN)):
            self.wake.append(report.next_at or self.now + RETRY)

    def _publish(self, shown: Board, report: ApplyReport) -> None:
        """看板.html, where anything on it may have changed."""
        if report.applied or self.remembered.page_of != self.version:
            try:
                write_page(self.path, self.ledger, shown, self.station)
            except (OutputRefused, OSError) as fault:
                told = reason(fault) if isinstance(fault, OSError) else str(fault)
                self._note([f"看板.html 未能更新：{told}"])
            self.remembered.page_of = self.version

    def _write(self, changes: Sequence[Change], verdict: Ruling) -> ApplyReport:
        """Bring the workbook to what it should show, if it can be had and is worth disturbing people."""
        if self.options.dry_run:
            return ApplyReport(pending="试算，未写入。")
        if not verdict.ours:
            return ApplyReport(pending=verdict.reason)
        rows = list(self.station.outbox.log_rows(self.id))
        updates, fresh = self.book.log_differences(rows, self.fresh)
        wanted = [*changes, *updates]
        written = self.book.last_written()
        if self.options.throttled and (wanted or fresh) and not worth_writing(wanted, fresh, self.now, written):
            again = (written or self.now) + LEAST_INTERVAL
            if again <= self.now:
                return ApplyReport()  # only what may wait for 08:00
            self.wake.append(again)
            try:
                self.book.postpone(fresh)  # whoever opens the book meanwhile finds the new rows beside it
            except OSError as fault:
                self._note([f"待同步文件未能更新：{reason(fault)}"])
            return ApplyReport(pending="刚写过工作簿，稍后一并写入。")
        report = self.book.apply(wanted, fresh)
        self._note(report.notices)
        if report.pending:
            self.wake.append(self.now + RETRY)
            left_open = long_open(self.book.holder(), self.now)
            self._note([left_open.problem] if left_open else [])
        else:
            lost = {one.change.matter for one in report.dropped}
            self.station.outbox.confirm_log(row for row in rows if row["number"] not in lost)
        return report

    def _remember(self, before: Mapping[str, Seen], watched: Watched, report: ApplyReport) -> None:
        rows = after_writing(watched.rows, report.applied)
        changed = {number: row for number, row in rows.items() if before.get(number) != row}
        self.station.journal.remember(self.id, changed, watched.gone)
        self.station.journal.save(replace(self.served, last_pass_at=self.now))

    def _note(self, sentences: Iterable[str]) -> None:
        self.notes += (hint(Place(MATTERS.key), NOTICE, "", sentence, "请尽快处理。") for sentence in sentences)


def _as_sent(message: Message, stored: StoredMessage | None) -> SentMessage:
    return SentMessage(message, stored.id, STATE_WORD[stored.state]) if stored else SentMessage(message, None, "")


def starts(ledger: Ledger, served: Served | None) -> datetime | None:
    """From when on slots are ours: 启用时间, or the later time at which another regime was switched to."""
    since = [ledger.settings.enabled_from, served.regime_since if served else None]
    return max((at for at in since if at), default=None)
