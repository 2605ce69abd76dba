"""重点督办 and the like: acts whose approval begins a 升级标记, and why others do not (SZ1-14; readings 7, 33)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from engine.facts.duty import Duty
from engine.facts.records import Supervision
from engine.policy.ladders import Rung
from engine.policy.policy import Policy
from engine.rules.duties.case import Case
from engine.rules.duties.fault import Fault

_WANTED = (("approver", "批准人"), ("approver_rank", "批准人职务"), ("approved_at", "批准时间"))


class ApprovedAct(NamedTuple):
    """An act in force, with the rung that it begins and since when."""

    act: Supervision
    rung: Rung
    at: datetime


def approved_acts(case: Case, duties: Iterable[Duty]) -> list[ApprovedAct]:
    """SZ1-14, BS-8.4: the acts whose approval counts, by its time. ``duties`` are those of the matter."""
    if not case.records.supervisions:
        return []
    duties = tuple(duties)
    found = []
    for act in case.records.supervisions:
        rung = case.policy.rung_of_act(act.method)
        if rung and not any(fault.voids for fault in approval_faults(act, case.policy, case.cites.escalation)):
            at = act.approved_at
            if at and not lacks_lateness(rung, at, duties):
                found.append(ApprovedAct(act, rung, at))
    return sorted(found, key=lambda one: one.at)


def lacks_lateness(rung: Rung, at: datetime, duties: Iterable[Duty]) -> bool:
    """Whether the rung begins only once something went overdue, met since or not, and nothing had by the approval."""
    return rung.overdue and not any(duty.passed_unmet(at) for duty in duties if not duty.is_announcement)


def approval_faults(act: Supervision, policy: Policy, clause: str) -> Iterator[Fault]:
    """SZ1-14: who approved it, in which rank, when; the rank is one of those that may."""
    for field, what in _WANTED:
        if not getattr(act, field):
            problem, remedy = f"{act.method}没有填{what}，尚未生效。", f"请先报批，再补填{what}。"
            yield Fault(field, "escalation_not_approved", clause, problem, remedy, voids=True)
    ranks = policy.initiation.ranks
    if act.approver_rank and act.approver_rank not in ranks:
        problem, remedy = f"“{act.approver_rank}”无权批准{act.method}。", f"请报这些负责人批准：{'、'.join(ranks)}。"
        voids = policy.acts.below_rank_is_void
        yield Fault("approver_rank", "escalation_rank_too_low", clause, problem, remedy, voids)
