"""A ledger's points as they count: entries, scores, and what was left out. Reads nothing and writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.facts.points import PointEntry, Quarter
from engine.policy.loading import Policies
from engine.rules.points.account import Account
from engine.rules.points.checks import check_points
from engine.scores.publishing import Past, digest_of, past_findings, settled


@dataclass(frozen=True)
class Scorebook:
    """``entries`` are those that count; ``findings`` what is wrong with what was entered, with the reasons why some of
    it was left out.
    """

    account: Account
    past: Past
    entries: tuple[PointEntry, ...]
    findings: tuple[Finding, ...]

    def of(self, quarter: Quarter) -> tuple[PointEntry, ...]:
        """The entries of one quarter."""
        return tuple(entry for entry in self.entries if entry.quarter == quarter)

    def digest(self, quarter: Quarter) -> str:
        """The digest of one quarter: for a published one, that of its publication."""
        return self.past[quarter].digest if quarter in self.past else digest_of(self.of(quarter))


def scorebook(ledger: Ledger, policies: Policies, now: datetime, past: Past) -> Scorebook:
    """The points of a ledger at ``now``; ``past`` are the published quarters."""
    account = Account(ledger, policies, now)
    found = (*check_points(account), *past_findings(account, past), *account.calendar_gaps())
    return Scorebook(account, past, settled(account, past), found)


def of_unit(ledger: Ledger, unit: str, policies: Policies, now: datetime, past: Past) -> Scorebook:
    """The same for one unit alone: only the matters that concern it are computed. Other units have no entries."""
    matters = tuple(matter for matter in ledger.matters if _concerns(matter, unit))
    numbers = {matter.number for matter in matters}
    items = tuple(item for item in ledger.point_items if item.unit == unit or item.matter in numbers)
    exclusions = tuple(one for one in ledger.point_exclusions if one.matter in numbers)
    narrow = replace(ledger, matters=matters, point_items=items, point_exclusions=exclusions)
    own = {quarter: replace(one, entries=_own(one.entries, unit, ledger)) for quarter, one in past.items()}
    account = Account(narrow, policies, now)
    return Scorebook(account, past, tuple(e for e in settled(account, own) if e.unit == unit), ())


def of_matter(ledger: Ledger, matter: Matter, policies: Policies, now: datetime) -> tuple[PointEntry, ...]:
    """The entries of one matter by today's facts; the quarter as a whole (未被催办) is no matter's."""
    items = tuple(item for item in ledger.point_items if item.matter == matter.number)
    account = Account(replace(ledger, matters=(matter,), point_items=items), policies, now)
    return tuple(entry for entry in account.entries if entry.matter)


def _concerns(matter: Matter, unit: str) -> bool:
    return unit in (matter.lead_unit, matter.handling_office, *matter.cooperating_units)


def _own(entries: Iterable[PointEntry], unit: str, ledger: Ledger) -> tuple[PointEntry, ...]:
    """The entries of a unit, whatever its name was when they were published."""
    found = ((entry, ledger.directory.find(entry.unit)) for entry in entries)
    return tuple(entry for entry, known in found if (known.name if known else entry.unit) == unit)
