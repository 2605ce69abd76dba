"""What earlier reviews found of each matter, for as long as nothing that it depends on can have changed."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from engine.facts.ledger import NO_RECORDS, Records
from engine.facts.matter import Matter
from engine.review.matter_review import MatterReview, Surroundings, review_matter

Look = Callable[[Matter, Records], MatterReview]


class _Kept(NamedTuple):
    """A finding of the past with all that it was found from."""

    matter: Matter
    records: Records
    urgings: int
    last_sent_at: datetime | None
    found: MatterReview


class Memory:
    """The matters of one ledger as they were last looked at.

    Remembered is what only the clock or another fact can change: a matter that owes nothing right now, that stands
    alone (a parent depends on its children's rows), and whose workdays could be told. Everything is forgotten when
    something changes that all matters share (参数设置, 单位通讯录, 节假日, 启用时间, policies), or the clock runs back.
    """

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._shared: tuple[object, ...] = ()
        self._at = datetime.min

    def __len__(self) -> int:
        return len(self._kept)

    def around(self, around: Surroundings) -> Look:
        """How to look at a matter in this review: in memory first, then anew. Forgets what is no longer there."""
        ledger, window = around.ledger, around.window
        overrides = ledger.day_overrides
        shared = (ledger.settings, ledger.directory, overrides, around.policies, window.effective_from)
        before = self._kept if shared == self._shared and self._at <= window.now else {}
        self._kept, self._shared, self._at = {}, shared, window.now

        def look(matter: Matter, records: Records) -> MatterReview:
            kept = before.get(matter.number)
            if kept is None or not _still_stands(kept, matter, records, around):
                found = review_matter(matter, records, around)
                if not _is_worth_keeping(matter, records, found, around):
                    return found
                sent = around.sent
                kept = _Kept(matter, records, sent.urgings(matter.number), sent.last_sent_at(matter.number), found)
            self._kept[matter.number] = kept
            return kept.found

        return look


def _still_stands(kept: _Kept, matter: Matter, records: Records, around: Surroundings) -> bool:
    number, sent = matter.number, around.sent
    return (
        around.window.now < kept.found.lasts_until
        and (kept.matter is matter or kept.matter == matter)
        and kept.records == records
        and kept.urgings == sent.urgings(number)
        and kept.last_sent_at == sent.last_sent_at(number)
    )


def _is_worth_keeping(matter: Matter, records: Records, found: MatterReview, around: Surroundings) -> bool:
    if not matter.number or matter.parent or found.settled:
        return False
    return (records is NO_RECORDS or not records.children) and not around.workdays.missing
