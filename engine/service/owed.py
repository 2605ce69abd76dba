"""Whether a message is still owed at the moment of sending (reading 23)."""

from datetime import datetime

from engine.facts.duty import Duty
from engine.facts.kinds import Role
from engine.facts.ledger import Ledger
from engine.facts.message import ObligationKey
from engine.policy.loading import Policies
from engine.policy.workdays import YearNotCoveredError
from engine.rules.duties.case import Case, closed_in_row_only
from engine.rules.duties.cases import Cases
from engine.rules.duties.inspection_reports import report_duties
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages.obligations import obligations
from sms.store.model import Cover, StoredMessage


class StillOwed:
    """Answers for messages that an earlier pass claimed, by the facts of this reading. Those of this pass are owed;
    what fell before ``since`` (启用时间, which may have been moved meanwhile) is not.
    """

    def __init__(
        self, ledger: Ledger, policies: Policies, fresh: frozenset[str], since: datetime | None = None
    ) -> None:
        self._ledger = ledger
        self._policies = policies
        self._fresh = fresh
        self._since = since or datetime.min
        self._matters = {matter.number: matter for matter in ledger.matters if matter.number}

    def __call__(self, message: StoredMessage, now: datetime) -> bool:
        """Whether one of its covers is still owed; ``fresh`` ids were judged a moment ago."""
        return message.id in self._fresh or any(self._owed(cover, now) for cover in message.covers)

    def _owed(self, cover: Cover, now: datetime) -> bool:
        """The duty stands and is open, and no newer slot of it is due to the same person."""
        key = ObligationKey(*cover.key[1:])
        if cover.at < self._since:
            return False
        if not key.matter:
            return True  # 晨报: owed until it expires, which the outbox sees to
        matter = self._matters.get(key.matter)
        if matter is None:
            return self._owed_of_report(cover, key, now)
        case = Cases(self._ledger, self._policies, now).of(matter)
        try:
            duties = duties_of(case)
        except YearNotCoveredError:
            return False
        duty = next((duty for duty in duties if duty.key == cover.duty[1:]), None)
        if duty is None or closed_in_row_only(case) or not (duty.is_announcement or duty.is_open(case.at)):
            return False
        return _is_newest(duty, case, cover, key, now)

    def _owed_of_report(self, cover: Cover, key: ObligationKey, now: datetime) -> bool:
        """The same for the report of an inspection (SZ6-14)."""
        for case, duty in report_duties(Cases(self._ledger, self._policies, now)):
            if duty.key == cover.duty[1:]:
                return duty.is_open(case.at) and _is_newest(duty, case, cover, key, now)
        return False


def _is_newest(duty: Duty, case: Case, cover: Cover, key: ObligationKey, now: datetime) -> bool:
    """Whether no newer slot of the duty is due to the same person."""
    newer = obligations(duty, case, cover.at, now)
    return not any((slot.key.unit, Role(slot.key.role)) == (key.unit, Role(key.role)) for slot in newer)
