"""The sending step of a pass: whether it may send at all, claiming, and sending or leaving it to the service's desk."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from engine.facts.finding import Finding, Place, error, hint
from engine.facts.kinds import SmsSwitch
from engine.facts.ledger import Ledger
from engine.facts.message import Message, Missed
from engine.facts.points import Quarter
from engine.facts.service import Served
from engine.guards.permission import DRY, SWITCHED_OFF, Ruling, Situation, judge
from engine.guards.tampering import Watched
from engine.ledger.file.concurrent_access import reason
from engine.ledger.headings.columns import MATTERS, SETTINGS
from engine.service.adoption import obstacle, outdated_journal
from engine.service.desk import MessageDesk
from engine.service.lease import BUSY, COPIED, UNPROTECTED, Lease, Renewal
from engine.service.outgoing import as_message, missed_covers, outgoing, settlements
from engine.service.owed import StillOwed
from engine.service.pass_review import Pass, Reviewed, starts
from sms.admission import Refusal, admitted, marks_before
from sms.gateways.templates import ASK_EVERY
from sms.limits import number_full
from sms.lock import SenderBusy
from sms.store.keys import number_of
from sms.store.model import STATE_WORD, SendReport, State, StoredMessage

NOTICE = "notice"
"""The rule of a finding that is no fault of the ledger: a notice about this pass."""
OFF_REASON = "短信发送为停"
REFUSED = "网关不收"
"""The state of a message that no gateway would take: it is not claimed, and stays owed until it is stale."""
RETRY = timedelta(minutes=5)
"""When a write that could not be made, or a sender that was busy, is tried again without anything having changed."""
OPEN = (State.PENDING, State.SUBMITTING, State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of this pass with its number in the outbox (``None``: not claimed) and its state in words."""

    message: Message
    id: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Judged:
    """The ruling, the ledger's state of service under it, and its notices for people."""

    ruling: Ruling
    served: Served
    notes: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What became of a pass's messages. ``fresh``: the obligations first recorded in this pass, which cannot stand in
    the book yet. ``changed``: messages went out, so that rows show something else. ``on_the_way``: the service's sender
    has them.
    """

    messages: tuple[SentMessage, ...]
    fresh: frozenset[str] = frozenset()
    changed: bool = False
    on_the_way: bool = False
    notes: tuple[Finding, ...] = ()
    wake: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sent:
    report: SendReport = field(default_factory=SendReport)
    on_the_way: bool = False
    notes: tuple[Finding, ...] = ()
    wake: tuple[datetime, ...] = ()


def judged(run: Pass, ledger: Ledger, watched: Watched, found: Reviewed, served: Served) -> Judged:
    """Whether this pass may send, with what holds it back recorded."""
    known = served if served.path else None
    lease = run.station.lease(run.path, ledger.settings.ledger_id)
    foreign = obstacle(ledger.settings, known, run.station, run.path) or (COPIED if lease.is_copied() else None)
    case = Situation(
        run.now,
        ledger.settings,
        served,
        foreign or outdated_journal(ledger, run.book, run.station, found.history),
        found.review,
        len(watched.gone),
        watched.alarming,
        run.station.reaches_phones,
    )
    ruling, notes = _leased(run, judge(case, run.options), lease, found)
    if ruling.reason:
        notes = (*notes, error(Place(SETTINGS.key), "not_sending", "", ruling.reason, "处理好后自动恢复。"))
    if not ruling.hold:
        return Judged(ruling, served.released(), notes)
    held = served.held(ruling.hold, run.now, ruling.reason or "")
    if not run.options.dry_run:
        run.station.journal.save(held)
    return Judged(ruling, held, notes)


def _leased(run: Pass, ruling: Ruling, lease: Lease, found: Reviewed) -> tuple[Ruling, tuple[Finding, ...]]:
    """The ruling, after a pass that is about to send has made sure that no copy of this journal sends too."""
    waiting = bool(found.review.messages) or bool(run.station.outbox.count(lease.ledger, *OPEN))
    if ruling.state or run.options.dry_run or not waiting:
        return ruling, ()
    try:
        renewal = lease.renew()
    except OSError as fault:
        return ruling, tuple(notices([UNPROTECTED.format(reason(fault))]))
    if renewal is Renewal.DONE:
        return ruling, ()
    return Ruling(DRY, str(renewal.value), ours=False), ()


def restore_log_rows(run: Pass, ledger_id: str) -> None:
    """Restore in a book that went back to an older copy the SMS that it lacks: they are evidence.

    Not those of quarters before its oldest: they were moved to a yearly file.
    """
    log = [row for row in run.book.message_log() if row.get("number")]
    oldest = min((at for row in log if isinstance(at := row.get("at"), datetime)), default=run.now)
    since = datetime.combine(Quarter.of(min(oldest, run.now)).first, time())
    run.station.outbox.restore_rows(ledger_id, {str(row["number"]): str(row.get("state")) for row in log}, since)


def dispatched(run: Pass, ledger: Ledger, found: Reviewed, ruling: Judged, desk: MessageDesk | None) -> Dispatched:
    """Claim and send, or leave the sending to ``desk``; or return the state in which the messages stay."""
    settings, review, state = ledger.settings, found.review, ruling.ruling.state
    if desk and state:
        desk.hold(settings.ledger_id)
    if run.options.dry_run or state not in ("", SWITCHED_OFF):
        wake = (run.now + RETRY,) if ruling.ruling.reason == BUSY else ()
        return Dispatched(tuple(SentMessage(message, None, state or DRY) for message in review.messages), wake=wake)
    off = state == SWITCHED_OFF
    unsent = [Missed(slot, OFF_REASON) for message in review.messages for slot in message.covers] if off else []
    missed = missed_covers([*review.missed, *unsent], settings.ledger_id)
    mobile = settings.trial_mobile if settings.sms is SmsSwitch.TRIAL else None
    made = [] if off else [outgoing(message, settings.ledger_id, mobile) for message in review.messages]
    claimed, refused = admitted(run.station.gateways, made)
    covers = [*(one.cover for one in missed), *(cover for message in claimed for cover in message.covers)]
    fresh = frozenset(number_of(cover.key) for cover in covers)
    settled = settlements(review.settled, settings.ledger_id) | marks_before(refused)
    ids = run.station.outbox.claim(settings.ledger_id, claimed, missed, settled, run.now)
    if off:
        return Dispatched(tuple(SentMessage(message, None, SWITCHED_OFF) for message in review.messages), fresh)
    owed = StillOwed(ledger, run.policies, frozenset(ids), starts(ledger, ruling.served))
    sent = _left_to(desk, run, settings.ledger_id, owed, ids) if desk else _sent(run, ledger, owed)
    messages = _shown(run, review.messages, ids, sent.report, {one.message.token for one in refused})
    notes = (*_questions(refused), *sent.notes)
    again = (*sent.wake, run.now + ASK_EVERY) if refused else sent.wake
    return Dispatched(messages, fresh, bool(ids or sent.report.sent), sent.on_the_way, notes, again)


def _questions(refused: Iterable[Refusal]) -> list[Finding]:
    """The question about messages that no gateway would take: once a fault, with how many it holds up."""
    counts = Counter(one.objection for one in refused)
    place = Place(SETTINGS.key)
    return [
        error(place, "refused_by_gateways", "", f"有{count}条短信没有发出：{one.problem}", one.remedy)
        for one, count in counts.items()
    ]


def _left_to(desk: MessageDesk, run: Pass, ledger_id: str, owed: StillOwed, ids: list[str]) -> _Sent:
    """The sender's thread goes on with it; whatever is still open then is handled by a later pass."""
    still_open = run.station.outbox.counts(ledger_id, *OPEN)
    desk.admit(ledger_id, owed, still_open[State.PENDING])
    return _Sent(on_the_way=bool(ids), wake=(run.now + RETRY,) if still_open else ())


def _sent(run: Pass, ledger: Ledger, owed: StillOwed) -> _Sent:
    """Send now, as a pass by hand does."""
    outbox, station, settings = run.station.outbox, run.station, ledger.settings
    clock = (lambda: run.now) if run.options.explicit_time else station.clock.now
    try:
        report = outbox.send(settings.ledger_id, clock, station.gateways, owed, refuse_network=settings.demonstration)
    except SenderBusy as busy:
        return _Sent(notes=tuple(notices([str(busy)])), wake=(run.now + RETRY,))
    still_open = outbox.count(settings.ledger_id, State.PENDING, State.UNKNOWN)
    wake = (report.next_at or run.now + RETRY,) if still_open else ()
    return _Sent(report, notes=tuple(notices(sentences_of(report))), wake=wake)


def sentences_of(report: SendReport) -> list[str]:
    """The notices of a call of ``send``, with the remedy."""
    stopped = [f"短信网关“{name}”已停用：{reason}" for name, reason in report.stopped.items()]
    return [*stopped, *(number_full(mobile, count) for mobile, count in report.full.items()), *report.code_questions]


def _shown(
    run: Pass, reviewed: tuple[Message, ...], ids: list[str], report: SendReport, refused: set[str]
) -> tuple[SentMessage, ...]:
    """The messages of this pass, then those that an earlier, interrupted one had claimed and this one sent.
    ``refused``: the tokens of those that no gateway would take.
    """
    known, own_ids = run.station.outbox.messages_of([*ids, *report.sent, *report.failed]), {*ids}
    stored = {one.token: one for one in known if one.id in own_ids}
    own = tuple(
        SentMessage(message, None, REFUSED)
        if message.token in refused
        else _as_sent(message, stored.get(message.token))
        for message in reviewed
    )
    return (*own, *(_as_sent(as_message(one), one) for one in known if one.id not in own_ids))


def _as_sent(message: Message, stored: StoredMessage | None) -> SentMessage:
    return SentMessage(message, stored.id, STATE_WORD[stored.state]) if stored else SentMessage(message, None, "")


def notices(sentences: Iterable[str]) -> list[Finding]:
    """Sentences that people should read, as findings of the whole ledger."""
    return [hint(Place(MATTERS.key), NOTICE, "", sentence, "请尽快处理。") for sentence in sentences]


def served_now(run: Pass, ledger: Ledger, regime: str) -> Served:
    """The ledger's state of service, with a change of regime noted: what fell before it is not sent."""
    known = run.station.journal.served(ledger.settings.ledger_id)
    if known is None:
        return Served(ledger.settings.ledger_id, "", regime=regime)
    return known if known.regime == regime else replace(known, regime=regime, regime_since=run.now)
