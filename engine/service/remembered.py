"""What a running service remembers of its workbooks from one pass to the next. After a restart it is found anew."""

from dataclasses import dataclass, field
from threading import Lock

from engine.guards.tampering import Marks
from engine.ledger.reading.known_rows import KnownRows
from engine.review.burden import Count, CountBasis
from engine.review.cache import ReviewCache
from sms.store.log import Standing

MOST_MATTERS = 50_000
"""Some 300 MB. Workbooks beyond it are read and reviewed anew in every pass; nothing else changes."""


@dataclass
class KnownCount:
    """A month's SMS as last counted for 看板.html, and the basis and standing of the SMS that it was counted from."""

    counted_from: tuple[CountBasis, Standing] | None = None
    count: Count | None = None


@dataclass
class Remembered:
    """One workbook: its rows as read, as fingerprinted for the journal, and as reviewed; the SMS of its page.

    ``page_of``: the version of the file from which 看板.html was last made.
    """

    rows: KnownRows = field(default_factory=KnownRows)
    marks: Marks = field(default_factory=Marks)
    looks: ReviewCache = field(default_factory=ReviewCache)
    sms: KnownCount = field(default_factory=KnownCount)
    page_of: str = ""


class Remembrance:
    """All workbooks of a station; those unused for longest go once all together hold more than ``MOST_MATTERS``."""

    def __init__(self) -> None:
        self._books: dict[str, Remembered] = {}
        self._lock = Lock()

    def of(self, place: str) -> Remembered:
        """What is remembered of the workbook at this place, for the pass that comes now."""
        with self._lock:  # a worker of a fleet passes over several ledgers at once
            book = self._books.pop(place) if place in self._books else Remembered()
            self._books[place] = book  # the newest stands last
            held = sum(len(one.marks) for one in self._books.values())
            for name in [*self._books][:-1]:
                if held <= MOST_MATTERS:
                    break
                held -= len(self._books.pop(name).marks)
        return book
