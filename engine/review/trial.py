"""``policy try``: what the same facts call for under today's rules and under others: SMS, lights and points, each."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from engine.facts.duty import DutyKey
from engine.facts.ledger import Ledger
from engine.facts.message import Message, ObligationKey
from engine.facts.points import PointEntry, in_order
from engine.policy.loading import Policies
from engine.policy.workdays import YearNotCoveredError
from engine.review.simulate import simulate
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.flags import flags
from engine.rules.points.account import Account

Naming = Callable[[Message], str]


class NothingRecorded:
    """A journal without a past: a trial compares rules, not histories."""

    def __contains__(self, key: ObligationKey) -> bool:
        return False

    def settled_through(self, duty: DutyKey) -> datetime | None:
        """Nothing is settled."""
        del duty
        return None

    def is_acknowledged(self, key: ObligationKey) -> bool:
        """Nobody has replied."""
        del key
        return False

    def urgings(self, matter: str) -> int:
        """None went out."""
        del matter
        return 0

    def last_sent_at(self, matter: str) -> datetime | None:
        """None went out."""
        del matter
        return None

    def acknowledged_at(self, matter: str) -> datetime | None:
        """Nobody has replied."""
        del matter
        return None


@dataclass(frozen=True, slots=True)
class Compared:
    """One recipient, unit or light: how many now, how many under the other rules."""

    name: str
    now: int
    then: int


class RegimeOutcome(NamedTuple):
    """What a ledger calls for under one regime: the SMS of the span, the lights at its end, the entries of its days."""

    messages: Sequence[Message]
    lights: Counter[str]
    entries: Sequence[PointEntry]


@dataclass(frozen=True, slots=True)
class PointsCompared:
    """One unit's tenths of a point: now and under the other rules, what these add and what goes with them."""

    unit: str
    now: int
    then: int
    added: int
    gone: int


@dataclass(frozen=True, slots=True)
class Trial:
    """Two regimes over one span. ``added`` and ``gone`` are the SMS that only one of them sends, in order of time;
    ``entries_added`` and ``entries_gone`` the entries of points that only one of them has.
    """

    persons: tuple[Compared, ...]
    units: tuple[Compared, ...]
    lights: tuple[Compared, ...]
    added: tuple[Message, ...]
    gone: tuple[Message, ...]
    points: tuple[PointsCompared, ...]
    entries_added: tuple[PointEntry, ...]
    entries_gone: tuple[PointEntry, ...]


def sent_under(ledger: Ledger, policies: Policies, regime: str, since: datetime, until: datetime) -> Iterator[Message]:
    """Every SMS from ``since`` up to ``until``, as if the ledger ran under ``regime``."""
    return simulate(under(ledger, regime), policies, since, until)


def under(ledger: Ledger, regime: str) -> Ledger:
    """The same facts under another regime, all of them: which matters run under an earlier one does not matter."""
    return replace(ledger, settings=replace(ledger.settings, regime=regime, earlier_policies=()))


def points_under(ledger: Ledger, policies: Policies, regime: str, since: datetime, until: datetime) -> list[PointEntry]:
    """Every entry of points of the days from ``since`` up to ``until``, as seen at its end."""
    entries = Account(under(ledger, regime), policies, until).entries
    return [entry for entry in entries if since.date() <= entry.date and entry.date < until.date()]


def compared(now: RegimeOutcome, then: RegimeOutcome) -> Trial:
    """What two outcomes of the same facts differ in."""
    ours, theirs = {_same(one) for one in now.messages}, {_same(one) for one in then.messages}
    lights = dict.fromkeys((*now.lights, *then.lights))
    have, would = ({(one.key, one.tenths) for one in side.entries} for side in (now, then))
    added = in_order([one for one in then.entries if (one.key, one.tenths) not in have])
    gone = in_order([one for one in now.entries if (one.key, one.tenths) not in would])
    return Trial(
        _counted(now.messages, then.messages, lambda one: f"{one.to.unit} {one.to.role} {one.to.name}"),
        _counted(now.messages, then.messages, lambda one: one.to.unit),
        tuple(Compared(word, now.lights[word], then.lights[word]) for word in lights),
        tuple(one for one in then.messages if _same(one) not in ours),
        tuple(one for one in now.messages if _same(one) not in theirs),
        _scored(now.entries, then.entries, added, gone),
        tuple(added),
        tuple(gone),
    )


def lights_under(ledger: Ledger, policies: Policies, regime: str, at: datetime) -> Counter[str]:
    """How many matters show each light at ``at``."""
    found: Counter[str] = Counter()
    cases, sent = Cases(under(ledger, regime), policies, at), NothingRecorded()
    for matter in ledger.matters:
        if not matter.number:
            continue
        try:
            case = cases.of(matter)
            duties = duties_of(case)
        except YearNotCoveredError:
            continue
        if duties:
            found[flags(case, duties, sent, at).light or ""] += 1
    return found


def _same(message: Message) -> tuple[object, ...]:
    covers = tuple(sorted((one.key.matter, one.key.duty, one.key.period) for one in message.covers))
    return message.at, message.to.unit, message.to.role, covers, message.text[: message.text.rfind("编号")]


def _scored(*sides: Sequence[PointEntry]) -> tuple[PointsCompared, ...]:
    sums = []
    for entries in sides:
        of_units: Counter[str] = Counter()
        for entry in entries:
            of_units[entry.unit] += entry.tenths
        sums.append(of_units)
    units = sorted({entry.unit for entries in sides for entry in entries})
    return tuple(PointsCompared(unit, *(of_units[unit] for of_units in sums)) for unit in units)


def _counted(now: Sequence[Message], then: Sequence[Message], name: Naming) -> tuple[Compared, ...]:
    before, after = Counter(map(name, now)), Counter(map(name, then))
    rows = [Compared(who, before[who], after[who]) for who in dict.fromkeys((*before, *after))]
    return tuple(sorted(rows, key=lambda row: (-abs(row.then - row.now), row.name)))
