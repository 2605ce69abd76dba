"""上报省政府: when a result went up, and who waits for it (SZ1-10.3; readings 33, 35)."""

from dataclasses import replace
from datetime import datetime

from engine.facts.matter import Matter
from engine.facts.moment import precedes
from engine.policy.policy import Policy


def is_awaited(matter: Matter, policy: Policy) -> bool:
    """Whether the matter closes only after its result went up; a sub-item's goes up with its parent's."""
    return matter.board == policy.province.board and not matter.parent and policy.province.closes_after_submission


def as_it_counts(matter: Matter) -> Matter:
    """The row without a submission that lacks its approvals: it has no effect (reading 33)."""
    return replace(matter, submitted_at=None) if matter.submitted_at and not submitted_at(matter) else matter


def submitted_at(matter: Matter) -> datetime | None:
    """When the result went up; ``None`` unless 办公厅分管领导 and then the city leader had approved it by then."""
    by_office = matter.office_approved_at if matter.office_approver else None
    by_leader = matter.city_leader_approved_at if matter.city_leader_approver else None
    at = matter.submitted_at
    if not (at and by_office and by_leader) or precedes(by_leader, by_office) or precedes(at, by_leader):
        return None
    return at
