"""The burden of supervision on people (为基层减负): SMS by person and day, nights, days off, reports demanded of units.

It adds up what was sent in one month, and shows what a switch of the ledger would have spared. It decides nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from heapq import nsmallest
from typing import NamedTuple

from engine.facts.change import Value
from engine.facts.kinds import DayType, MessageKind
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.policy.policy import Policy
from engine.policy.sections import Sending
from engine.policy.workdays import Workdays
from engine.review.home_hours import HomeHours

MOST_LISTED = 20
"""Persons, units and matters in each list, those with most first."""
ASKING = frozenset(
    (MessageKind.REMINDER, MessageKind.URGING, MessageKind.WEEKLY, MessageKind.MONTHLY_URGING, MessageKind.SENT_BACK)
)
"""Kinds of SMS that demand a report of a unit; the others only inform."""
LEFT_THE_OFFICE = frozenset(("已提交", "已送达", "未送达"))
"""States of 短信记录 in which an SMS has reached, or may have reached, a person."""
_LOWEST_DIGEST = 2


class SentObligation(NamedTuple):
    """One obligation that an SMS covered: who got it when, about what. Obligations of one SMS have its ``sms`` alike;
    ``mobile`` is masked. A tuple, for a month has tens of thousands.
    """

    sms: object
    at: datetime
    unit: str
    name: str
    mobile: str
    kind: str
    matter: str
    node: str
    period: str

    @property
    def person(self) -> "Person":
        """Who got it."""
        return self[2:5]


Person = tuple[str, str, str]
"""Unit, name and masked number."""


@dataclass(frozen=True, slots=True)
class PersonBurden:
    """The SMS of one person in the month; ``most`` on one day, of ``days`` days with any."""

    unit: str
    name: str
    messages: int
    days: int
    most: int
    nights: int
    days_off: int


@dataclass(frozen=True, slots=True)
class UnitBurden:
    """How many reports were demanded of a unit (a node or period of a matter each), by how many SMS."""

    unit: str
    asked: int
    messages: int


@dataclass(frozen=True, slots=True)
class MatterBurden:
    """How many reports were demanded on one matter in the month, by how many SMS, and how many were handed in."""

    number: str
    content: str
    asked: int
    messages: int
    handed_in: int


@dataclass(frozen=True, slots=True)
class Sparing:
    """What a switch would have changed: by ``switch``, ``spared`` SMS fewer, ``moved`` ones not at night."""

    switch: str
    spared: int
    moved: int


@dataclass(frozen=True, slots=True)
class Burden:
    """The month from ``since`` to ``until`` (exclusive). ``daily`` is the mean of SMS of a person on a day that brought
    any, ``digests`` how many SMS held several matters.
    """

    since: datetime
    until: datetime
    messages: int
    persons: int
    daily: float | None
    most: int
    nights: int
    days_off: int
    digests: int
    by_person: tuple[PersonBurden, ...]
    by_unit: tuple[UnitBurden, ...]
    by_matter: tuple[MatterBurden, ...]
    hints: tuple[Sparing, ...]

    @property
    def digest_share(self) -> float | None:
        """Percent of all SMS, ``None`` of none."""
        return round(100 * self.digests / self.messages, 1) if self.messages else None


def month_of(day: date) -> tuple[datetime, datetime]:
    """The month that holds ``day``: its beginning, and that of the next."""
    first = datetime(day.year, day.month, 1)
    return first, datetime(first.year + first.month // 12, first.month % 12 + 1, 1)


def obligations_of(rows: Iterable[Mapping[str, Value]]) -> list[SentObligation]:
    """What left the office, from rows of 短信记录. Rows without time or telephone number are left out."""
    found = []
    for row in rows:
        at = row.get("at")
        if row.get("state") not in LEFT_THE_OFFICE or not isinstance(at, datetime):
            continue
        unit, name, mobile, kind, matter, node, period = (
            str(row.get(field) or "") for field in ("unit", "recipient", "mobile", "kind", "matter", "node", "period")
        )
        sms = (at, mobile, row.get("text"))
        found.append(SentObligation(sms, at, unit, name, mobile, kind, matter, node, period))
    return found


class CountBasis(NamedTuple):
    """What a month's SMS are counted by, apart from the SMS: two counts of the same SMS by equal bases are equal."""

    month: date
    sending: Sending
    quiet_hours: bool
    day_overrides: Mapping[date, DayType]

    @classmethod
    def of(cls, ledger: Ledger, policy: Policy, day: date) -> "CountBasis":
        """The month that holds ``day``; ``policy`` is the one in force, for its nights and its digests."""
        return cls(month_of(day)[0].date(), policy.sending, ledger.settings.quiet_hours, ledger.day_overrides)


class Count(NamedTuple):
    """A month's SMS as counted, before the ledger's matters are listed; ``asked``: the reports demanded on each matter,
    and the SMS that demanded them.
    """

    burden: Burden
    asked: Mapping[str, tuple[int, int]]


def burden(ledger: Ledger, sent: Iterable[SentObligation], policy: Policy, day: date) -> Burden:
    """The month that holds ``day``; ``policy`` is the one in force, for its nights and its digests."""
    return with_matters(counted(sent, CountBasis.of(ledger, policy, day)), ledger)


def counted(sent: Iterable[SentObligation], basis: CountBasis) -> Count:
    """The SMS of the month, which is all that takes long."""
    since, until = month_of(basis.month)
    workdays = Workdays(basis.day_overrides)
    covered = [one for one in sent if since <= one.at < until and one.kind != MessageKind.TEST]
    messages, asked = _messages(covered), _asked(covered)
    home = HomeHours(basis.sending.quiet_from, basis.sending.quiet_until, cache(workdays.is_workday))
    persons = _persons(messages, home)
    days = sum(one.days for one in persons)
    found = Burden(
        since,
        until,
        len(messages),
        len(persons),
        round(len(messages) / days, 1) if days else None,
        max((one.most for one in persons), default=0),
        sum(one.nights for one in persons),
        sum(one.days_off for one in persons),
        sum(len(one) > 1 and len({part.matter for part in one}) > 1 for one in messages),
        tuple(persons[:MOST_LISTED]),
        tuple(_units(asked)[:MOST_LISTED]),
        (),
        tuple(_hints(messages, basis, home)),
    )
    return Count(found, _matters(asked))


def with_matters(count: Count, ledger: Ledger) -> Burden:
    """The count with the matters on which most was demanded, as the ledger has them now."""
    found, asked = count
    shown = (one for one in ledger.matters if one.number in asked and one.secrecy in ("", "非密"))
    most = nsmallest(MOST_LISTED, shown, lambda one: (*(-times for times in asked[one.number]), one.number))
    return replace(found, by_matter=tuple(_handed_in(ledger, one, count) for one in most))


def _handed_in(ledger: Ledger, matter: Matter, count: Count) -> MatterBurden:
    times = (report.reported_at for report in ledger.records_of(matter.number).reports)
    handed_in = sum(count.burden.since <= at < count.burden.until for at in times if at)
    return MatterBurden(matter.number, " ".join(matter.content.split()), *count.asked[matter.number], handed_in)


Sms = Sequence[SentObligation]
"""The obligations that one SMS covered."""


def _messages(covered: Iterable[SentObligation]) -> list[Sms]:
    found: dict[object, list[SentObligation]] = defaultdict(list)
    for one in covered:
        found[one.sms].append(one)
    return [*found.values()]


def _persons(messages: Iterable[Sms], home: HomeHours) -> list[PersonBurden]:
    by_person: dict[Person, list[datetime]] = defaultdict(list)
    for one in messages:
        by_person[one[0].person].append(one[0].at)
    found = []
    for (unit, name, _), times in by_person.items():
        a_day = Counter(at.date() for at in times)
        nights, off = sum(map(home.is_night, times)), sum(map(home.is_off, times))
        found.append(PersonBurden(unit, name, len(times), len(a_day), max(a_day.values()), nights, off))
    return sorted(found, key=lambda one: (-one.messages, -one.most, one.unit, one.name))


def _asked(covered: Iterable[SentObligation]) -> list[SentObligation]:
    return [one for one in covered if one.kind in ASKING and one.matter]


def _units(asked: Iterable[SentObligation]) -> list[UnitBurden]:
    reports: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    sms: dict[str, set[object]] = defaultdict(set)
    for one in asked:
        reports[one.unit].add((one.matter, one.node, one.period))
        sms[one.unit].add(one.sms)
    found = [UnitBurden(unit, len(of_unit), len(sms[unit])) for unit, of_unit in reports.items()]
    return sorted(found, key=lambda one: (-one.asked, -one.messages, one.unit))


def _matters(asked: Iterable[SentObligation]) -> dict[str, tuple[int, int]]:
    reports: dict[str, set[tuple[str, str]]] = defaultdict(set)
    sms: dict[str, set[object]] = defaultdict(set)
    for one in asked:
        reports[one.matter].add((one.node, one.period))
        sms[one.matter].add(one.sms)
    return {number: (len(of_matter), len(sms[number])) for number, of_matter in reports.items()}


def _hints(messages: Sequence[Sms], basis: CountBasis, home: HomeHours) -> Iterable[Sparing]:
    sending = basis.sending
    at_night = [one for one in messages if home.is_night(one[0].at)]
    if at_night and not basis.quiet_hours:
        yield Sparing("免打扰", len(at_night) - _merged_by_morning(at_night, sending, home), len(at_night))
    if sending.digest_from > _LOWEST_DIGEST:
        together = Counter((one[0].person, one[0].at) for one in messages)
        spared = sum(count - 1 for count in together.values() if count >= _LOWEST_DIGEST)
        if spared:
            yield Sparing("汇总", spared, 0)


def _merged_by_morning(at_night: Iterable[Sms], sending: Sending, home: HomeHours) -> int:
    """How many SMS would go out in the mornings: of one duty only the newest, and a digest from the policy's count."""
    duties: dict[tuple[Person, int], set[tuple[str, str, str]]] = defaultdict(set)
    for sms in at_night:
        for one in sms:
            duties[one.person, home.morning_after(one.at)].add((one.matter, one.node, one.period))
    return sum(1 if len(owed) >= sending.digest_from else len(owed) for owed in duties.values())
