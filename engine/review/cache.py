"""Results of earlier reviews, each reused for as long as nothing that it depends on can have changed."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from engine.facts.ledger import NO_RECORDS, Records
from engine.facts.matter import Matter
from engine.facts.message import Sent
from engine.review.matter_review import MatterReview, ReviewContext, review_matter

Reviewer = Callable[[Matter, Records], MatterReview]


class _Past(NamedTuple):
    """What a review takes of the journal about one matter."""

    urgings: int
    last_sent_at: datetime | None
    acknowledged_at: datetime | None

    @classmethod
    def of(cls, number: str, sent: Sent) -> "_Past":
        return cls(sent.urgings(number), sent.last_sent_at(number), sent.acknowledged_at(number))


class _Cached(NamedTuple):
    """A result with everything that it was found from."""

    matter: Matter
    records: Records
    past: _Past
    found: MatterReview


class ReviewCache:
    """The latest results of one ledger's matters, by 事项编号.

    Cached is what only the clock or another fact can change: a matter that owes nothing right now, that stands alone
    (a parent depends on its children's rows), and whose workdays are known. Everything is dropped when something
    changes that all matters share (参数设置, 单位通讯录, 节假日, 启用时间, policies), or when the clock runs back.
    """

    def __init__(self) -> None:
        self._cached: dict[str, _Cached] = {}
        self._shared: tuple[object, ...] = ()
        self._at = datetime.min

    def __len__(self) -> int:
        return len(self._cached)

    def reviewer(self, context: ReviewContext) -> Reviewer:
        """How to review a matter in ``context``: from the cache where it is valid. Drops matters that have gone."""
        cases, window = context.cases, context.window
        ledger = cases.ledger
        shared = (ledger.settings, ledger.directory, ledger.day_overrides, cases.policies, window.effective_from)
        before = self._cached if shared == self._shared and self._at <= window.now else {}
        self._cached, self._shared, self._at = {}, shared, window.now

        def review(matter: Matter, records: Records) -> MatterReview:
            cached = before.get(matter.number)
            if cached is None or not _is_valid(cached, matter, records, context):
                found = review_matter(matter, records, context)
                if not _is_cacheable(matter, records, found, context):
                    return found
                cached = _Cached(matter, records, _Past.of(matter.number, context.sent), found)
            self._cached[matter.number] = cached
            return cached.found

        return review


def _is_valid(cached: _Cached, matter: Matter, records: Records, context: ReviewContext) -> bool:
    return (
        context.window.now < cached.found.valid_until
        and (cached.matter is matter or cached.matter == matter)
        and cached.records == records
        and cached.past == _Past.of(matter.number, context.sent)
    )


def _is_cacheable(matter: Matter, records: Records, found: MatterReview, context: ReviewContext) -> bool:
    if not matter.number or matter.parent or found.settled:
        return False
    return (records is NO_RECORDS or not records.children) and not context.cases.workdays.missing
