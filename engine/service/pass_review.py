"""The review step of a pass: the rules' review of the ledger as read, and the day's morning report."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from engine.facts.ledger import Ledger
from engine.facts.service import Served
from engine.guards.permission import Options
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.review.ledger_review import Review, review
from engine.review.morning import Overnight, morning_at, morning_report
from engine.service.book import ServedBook
from engine.service.host import Station
from engine.service.remembered import Remembered
from sms.store.history import History
from sms.store.model import State

DAY = timedelta(days=1)
NOTHING = Overnight(0, 0, 0, book_open=False)
WENT_OUT = (State.ACCEPTED, State.DELIVERED, State.UNDELIVERED, State.EXPIRED)


@dataclass(frozen=True, slots=True)
class Pass:
    """The context of every step of one pass: the workbook, its station, the time and the options."""

    path: Path
    book: ServedBook
    station: Station
    now: datetime
    options: Options
    remembered: Remembered
    policies: Policies


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The review, and the history that it was made with. ``wake_at``: when the next morning report is due."""

    review: Review
    history: History
    wake_at: datetime


def reviewed(run: Pass, ledger: Ledger, served: Served) -> Reviewed:
    """The rules' review, with the morning report of the day if it is due."""
    history, since = run.station.outbox.history(ledger.settings.ledger_id), starts(ledger, served)
    found = review(ledger, history, run.policies, run.now, since, run.remembered.looks)
    morning = morning_at(run.now)
    wake_at = morning if run.now < morning else morning + DAY
    if since is not None and since <= morning <= run.now:
        found = _with_morning_report(run, ledger, found, history)
    return Reviewed(found, history, wake_at)


def _with_morning_report(run: Pass, ledger: Ledger, found: Review, history: History) -> Review:
    policy = policy_of_ledger(ledger, run.policies, run.now)
    report_of = partial(morning_report, ledger, found.shown, sent=history, policy=policy, now=run.now)
    if report_of(NOTHING) is None:
        return found  # the night is counted once a day, not at every pass
    report = report_of(_overnight(run, ledger.settings.ledger_id))
    return replace(found, messages=(*found.messages, report)) if report else found


def _overnight(run: Pass, ledger_id: str) -> Overnight:
    tally = run.station.outbox.tally(ledger_id, run.now - DAY)
    return Overnight(
        sent=sum(tally[state] for state in WENT_OUT),
        undelivered=tally[State.UNDELIVERED] + tally[State.FAILED],
        needs_person=tally[State.NEEDS_HUMAN],
        book_open=run.book.holder() is not None,
        conflicts=len(run.book.unmerged),
    )


def starts(ledger: Ledger, served: Served | None) -> datetime | None:
    """From when on slots are sent: 启用时间, or the later time at which another regime was switched to."""
    since = [ledger.settings.enabled_from, served.regime_since if served else None]
    return max((at for at in since if at), default=None)
