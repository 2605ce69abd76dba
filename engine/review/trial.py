"""``policy try``: what the same facts call for under today's rules and under others, SMS by SMS and light by light."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from engine.facts.duty import DutyKey
from engine.facts.ledger import Ledger
from engine.facts.message import Message, ObligationKey
from engine.policy.loading import Policies
from engine.policy.workdays import YearNotCoveredError
from engine.review.simulate import simulate
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.flags import flags

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


@dataclass(frozen=True, slots=True)
class Compared:
    """One recipient, unit or light: how many now, how many under the other rules."""

    name: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Trial:
    """Two regimes over one span. ``added`` and ``gone`` are the SMS that only one of them sends, in order of time."""

    persons: tuple[Compared, ...]
    units: tuple[Compared, ...]
    lights: tuple[Compared, ...]
    added: tuple[Message, ...]
    gone: tuple[Message, ...]


def sent_under(ledger: Ledger, policies: Policies, regime: str, since: datetime, until: datetime) -> Iterator[Message]:
    """Every SMS from ``since`` up to ``until``, as if the ledger ran under ``regime``."""
    return simulate(under(ledger, regime), policies, since, until)


def under(ledger: Ledger, regime: str) -> Ledger:
    """The same facts under another regime, all of them: which matters run under an earlier one does not matter."""
    return replace(ledger, settings=replace(ledger.settings, regime=regime, earlier_policies=()))


def compared(now: list[Message], then: list[Message], lights: tuple[Counter[str], Counter[str]]) -> Trial:
    """What two lists of SMS and two counts of lights differ in."""
    ours, theirs = {_same(one) for one in now}, {_same(one) for one in then}
    return Trial(
        _counted(now, then, lambda one: f"{one.to.unit} {one.to.role} {one.to.name}"),
        _counted(now, then, lambda one: one.to.unit),
        tuple(Compared(word, lights[0][word], lights[1][word]) for word in dict.fromkeys((*lights[0], *lights[1]))),
        tuple(one for one in then if _same(one) not in ours),
        tuple(one for one in now if _same(one) not in theirs),
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


def _counted(now: list[Message], then: list[Message], name: Naming) -> tuple[Compared, ...]:
    before, after = Counter(map(name, now)), Counter(map(name, then))
    rows = [Compared(who, before[who], after[who]) for who in dict.fromkeys((*before, *after))]
    return tuple(sorted(rows, key=lambda row: (-abs(row.then - row.now), row.name)))
