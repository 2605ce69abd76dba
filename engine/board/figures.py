"""The figures of the board: lights by board, unit and leader, what is overdue and due soon, the trend, who was urged.

They are added up from what the review found of each matter, and from nothing else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.facts.ledger import Ledger
from engine.facts.matter import Flags, Matter
from engine.policy.ladders import LightBand
from engine.policy.policy import Policy
from engine.review.ledger_review import Review
from engine.review.matter_figures import MatterFigures
from engine.review.statistics import Figures, added
from sms.numbers import mask_numbers

SOON = timedelta(days=7)
MONTHS = 12
NOBODY = "（未填）"


@dataclass(frozen=True, slots=True)
class ReviewedMatter:
    """One numbered matter with what the review found of it. ``unit`` owes its reports."""

    matter: Matter
    shown: Flags
    figures: MatterFigures

    @property
    def unit(self) -> str:
        """承办单位."""
        return self.figures.groups[0]

    @property
    def section(self) -> str:
        """版块."""
        return self.figures.groups[2]

    @property
    def leader(self) -> str:
        """责任领导."""
        return self.matter.responsible_leader or self.matter.assigning_leader or NOBODY

    @property
    def content(self) -> str:
        """事项内容 on one line, without any mobile number."""
        return mask_numbers(" ".join(self.matter.content.split()))

    @property
    def light(self) -> str:
        """预警灯."""
        return self.shown.light or ""


@dataclass(frozen=True, slots=True)
class Lights:
    """How many open matters of one group show each light, in the order of the policy's lights; how many are overdue."""

    name: str
    counts: tuple[int, ...]
    overdue: int

    @property
    def open(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the trend: matters taken in, and closed out."""

    name: str
    taken_in: int
    closed: int


@dataclass(frozen=True, slots=True)
class Urged:
    """How often a unit was urged, and how many of its duties went overdue, over all its matters."""

    unit: str
    urgings: int
    overdue: int


@dataclass(frozen=True, slots=True)
class BoardFigures:
    """One ledger at ``at``. ``total`` are the figures of SZ1-21 for all its numbered matters; the lights are those of
    the open ones, ``bands`` names them. ``overdue`` has the longest overdue first, ``due_soon`` what falls due within 7
    days.
    """

    office: str
    at: datetime
    bands: tuple[LightBand, ...]
    total: Figures
    lights: Lights
    by_board: tuple[Lights, ...]
    by_unit: tuple[Lights, ...]
    by_leader: tuple[Lights, ...]
    months: tuple[Month, ...]
    urged: tuple[Urged, ...]
    overdue: tuple[ReviewedMatter, ...]
    due_soon: tuple[ReviewedMatter, ...]
    matters: tuple[ReviewedMatter, ...]

    @property
    def this_month(self) -> Month:
        """What was taken in and closed out in the month of ``at``."""
        return self.months[-1]


def board(ledger: Ledger, reviewed: Review, policy: Policy) -> BoardFigures:
    """Add up the review of ``ledger``; ``policy`` is the one in force. What should not be in the ledger (密级) is left
    out.
    """
    at, bands = reviewed.at, policy.lights
    found = tuple(_reviewed(ledger, reviewed))
    still_open = [one for one in found if one.light != policy.closed_light]
    dated = sorted((one for one in still_open if one.shown.current_due), key=_urgency)
    overdue = tuple(one for one in dated if _due(one) < at)
    soon = tuple(one for one in dated if at <= _due(one) <= at + SOON)
    return BoardFigures(
        ledger.settings.office_name,
        at,
        bands,
        added("", [one.figures for one in found]),
        _lights("", still_open, bands),
        _by(still_open, lambda one: one.section, bands),
        _by(still_open, lambda one: one.unit, bands),
        _by(still_open, lambda one: one.leader, bands),
        tuple(_months(found, at)),
        tuple(_urged(found)),
        overdue,
        soon,
        found,
    )


def _reviewed(ledger: Ledger, reviewed: Review) -> Iterator[ReviewedMatter]:
    for matter in ledger.matters:
        figures = reviewed.figures.get(matter.number)
        if figures and matter.secrecy in ("", "非密"):
            yield ReviewedMatter(matter, reviewed.shown.get(matter.number, Flags()), figures)


def _due(one: ReviewedMatter) -> datetime:
    return one.shown.current_due or datetime.max


def _urgency(one: ReviewedMatter) -> tuple[datetime, str]:
    return _due(one), one.matter.number


def _lights(name: str, found: Iterable[ReviewedMatter], bands: Sequence[LightBand]) -> Lights:
    counts = dict.fromkeys((band.word for band in bands), 0)
    for one in found:
        if one.light in counts:
            counts[one.light] += 1
    late = sum(counts[band.word] for band in bands if is_late(band))
    return Lights(name, tuple(counts.values()), late)


def is_late(band: LightBand) -> bool:
    """Whether the light means that the deadline has passed."""
    return band.from_hours is not None and band.from_hours >= 0


def _by(
    found: Iterable[ReviewedMatter], group: Callable[[ReviewedMatter], str], bands: Sequence[LightBand]
) -> tuple[Lights, ...]:
    """The groups with an open matter, the worst first."""
    groups: dict[str, list[ReviewedMatter]] = {}
    for one in found:
        groups.setdefault(group(one), []).append(one)
    lights = [_lights(name, members, bands) for name, members in groups.items()]
    return tuple(sorted(lights, key=lambda one: (-one.overdue, *(-count for count in reversed(one.counts)), one.name)))


def _months(found: Iterable[ReviewedMatter], at: datetime) -> Iterator[Month]:
    names = [f"{month // 12}-{month % 12 + 1:02d}" for month in _last_months(at)]
    taken_in, closed = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for one in found:
        if one.figures.groups[4] in taken_in:
            taken_in[one.figures.groups[4]] += 1
        done = one.figures.closed_at
        if done and f"{done:%Y-%m}" in closed:
            closed[f"{done:%Y-%m}"] += 1
    return (Month(name, taken_in[name], closed[name]) for name in names)


def _last_months(at: datetime) -> range:
    """The last ``MONTHS`` months, counted from year 0."""
    this = at.year * 12 + at.month - 1
    return range(this - MONTHS + 1, this + 1)


def _urged(found: Iterable[ReviewedMatter]) -> list[Urged]:
    counts: dict[str, tuple[int, int]] = {}
    for one in found:
        urgings, overdue = counts.get(one.unit, (0, 0))
        counts[one.unit] = urgings + (one.shown.urging_count or 0), overdue + (one.shown.overdue_count or 0)
    urged = [Urged(unit, urgings, overdue) for unit, (urgings, overdue) in counts.items() if urgings]
    return sorted(urged, key=lambda one: (-one.urgings, -one.overdue, one.unit))
