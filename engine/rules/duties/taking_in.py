"""立项: whether a matter was taken in by the approval that the text demands (SZ1-12, SZ2-3.1, SZ3-3.1, BS-5.2)."""

from engine.facts.matter import Matter
from engine.policy.policy import Policy


def is_taken_in(matter: Matter, policy: Policy) -> bool:
    """Whether approver, rank and time are on record, and the rank may approve matters of the board. Without, nothing
    of the matter is in force: no deadline, no notice, no points (reading 33).
    """
    if policy.initiation.unapproved == "runs":
        return True
    if not (matter.approver and matter.approver_rank and matter.approved_at):
        return False
    ranks = policy.initiation.approvers.get(matter.board or "", ())
    return not ranks or matter.approver_rank in ranks or not policy.acts.below_rank_is_void
