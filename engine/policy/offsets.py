"""Slots around a deadline: ``-5h``, ``+1d``, ``-5wd 09:00``, ``-30d 09:00``, each with a name if need be."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.facts.moment import at_clock
from engine.policy.workdays import Workdays

_FORM = re.compile(r"(?:(?P<name>[^=]+)=)?(?P<offset>(?P<count>[+-]\d+)(?P<unit>h|d|wd)(?: (?P<clock>\d\d:\d\d))?)")


@dataclass(frozen=True, slots=True)
class Offset:
    """A time relative to a deadline.

    ``exact`` is a fixed distance; otherwise ``days`` (calendar days, or workdays where ``workdays`` is set) away from
    the deadline's day, at ``clock``.
    """

    name: str
    exact: timedelta | None = None
    days: int = 0
    workdays: bool = False
    clock: time = time(0, 0)

    @property
    def rough_distance(self) -> timedelta:
        """How far from the deadline, workdays taken as days: enough to put slots in order."""
        if self.exact is not None:
            return self.exact
        return timedelta(days=self.days, hours=self.clock.hour, minutes=self.clock.minute)

    @property
    def distance_in_words(self) -> str:
        """How far from the deadline it is: 5小时, 1天, 1个工作日; without the direction."""
        if self.exact is None:
            return f"{abs(self.days)}个工作日" if self.workdays else f"{abs(self.days)}天"
        hours = abs(int(self.exact.total_seconds())) // 3600
        return f"{hours // 24}天" if hours and hours % 24 == 0 else f"{hours}小时"

    @property
    def in_words(self) -> str:
        """When it lies: 到期前5小时, 到期前1个工作日09:00, 当日09:00, 逾期2天."""
        clock = "" if self.exact is not None else f"{self.clock:%H:%M}"
        distance = self.exact if self.exact is not None else timedelta(days=self.days)
        if not distance:
            return f"当日{clock}" if clock else "到期时"
        return f"{'到期前' if distance < timedelta() else '逾期'}{self.distance_in_words}{clock}"

    def time(self, due: datetime, calendar: Workdays) -> datetime:
        """The slot's time for a deadline. Raises YearNotCoveredError where workdays of an unknown year are needed."""
        if self.exact is not None:
            return due + self.exact
        if self.workdays:
            return datetime.combine(calendar.shift(due.date(), self.days), self.clock)
        return at_clock(due + timedelta(days=self.days), self.clock)


def parse_offset(text: str) -> Offset:
    """Read one slot. Raises ValueError for anything else than the four forms above."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"时点“{text}”写法不对，应如 -5h、+1d、-1wd 09:00 或 1日08:00=+8h")
    name, count, unit, clock = form["name"] or form["offset"], int(form["count"]), form["unit"], form["clock"]
    if clock is None:
        if unit == "wd":
            raise ValueError(f"时点“{text}”按工作日计算，必须写明钟点，如 {text} 09:00")
        return Offset(name, timedelta(hours=count) if unit == "h" else timedelta(days=count))
    if unit == "h":
        raise ValueError(f"时点“{text}”按小时计算，不能再写钟点")
    return Offset(name, None, count, unit == "wd", time.fromisoformat(clock))
