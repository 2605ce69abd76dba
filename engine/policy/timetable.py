"""The rows of a policy laid out for look-up: which slots a duty has between two times, found by bisection."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.policy.offsets import Offset
from engine.policy.schedule import Schedule
from engine.policy.workdays import Workdays, YearNotCoveredError


@dataclass(frozen=True, slots=True)
class Slot:
    """One entry: an offset of a row, and its number among the slots of its wording (第8次)."""

    row: Schedule
    offset: Offset
    count: int
    clause: str

    def time(self, due: datetime, workdays: Workdays) -> datetime | None:
        """The slot's time for a deadline; ``None`` where its workdays cannot be determined."""
        try:
            return self.offset.time(due, workdays)
        except YearNotCoveredError:
            return None


@dataclass(frozen=True, slots=True)
class Timetable:
    """The slots of one kind of duty on one board: exact offsets sorted, those by clock or workday apart;
    ``raising`` are those of both that raise a flag.
    """

    exact: tuple[Slot, ...]
    distances: tuple[timedelta, ...]
    by_clock: tuple[Slot, ...]
    raising: tuple[Slot, ...]

    @classmethod
    def of(cls, rows: Iterable[Schedule], board: str | None) -> "Timetable":
        """Lay out the rows, numbering the slots that share a wording in the order of their distance."""
        pairs = [(row, offset) for row in rows for offset in row.offsets]
        pairs.sort(key=lambda pair: pair[1].rough_distance)
        counts: Counter[str] = Counter()
        slots: list[Slot] = []
        for row, offset in pairs:
            counts[row.text] += 1
            slots.append(Slot(row, offset, counts[row.text], row.clause_for(board)))
        exact = [(slot, slot.offset.exact) for slot in slots if slot.offset.exact is not None]
        return cls(
            tuple(slot for slot, _ in exact),
            tuple(distance for _, distance in exact),
            tuple(slot for slot in slots if slot.offset.exact is None),
            tuple(slot for slot in slots if slot.row.flag),
        )

    def between(
        self, due: datetime, after: datetime, until: datetime, workdays: Workdays
    ) -> Iterator[tuple[datetime, Slot]]:
        """The slots of a deadline later than ``after`` and not later than ``until``; exact ones in order of time.

        A slot by workdays of an unknown year is left out (see ``Workdays.missing``).
        """
        first = bisect_right(self.distances, after - due)
        for index in range(first, bisect_right(self.distances, until - due)):
            yield due + self.distances[index], self.exact[index]
        for slot in self.by_clock:
            at = slot.time(due, workdays)
            if at and after < at <= until:
                yield at, slot

    def is_silent_at(self, due: datetime, moment: datetime) -> bool:
        """Whether certainly no slot of the deadline is due by then: a cheap test for duties far ahead."""
        if self.by_clock:
            return False
        return not self.distances or moment < due + self.distances[0]

    def next_after(self, due: datetime, moment: datetime, workdays: Workdays) -> datetime | None:
        """The first slot later than ``moment``, if any."""
        index = bisect_right(self.distances, moment - due)
        exact = due + self.distances[index] if index < len(self.distances) else None
        if not self.by_clock:
            return exact
        later = [at for at in (slot.time(due, workdays) for slot in self.by_clock) if at and at > moment]
        return min([*later, exact] if exact else later, default=None)
