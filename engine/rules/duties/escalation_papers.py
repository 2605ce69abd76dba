"""Rungs of the ladder that are papers (督查单): each issue sets the unit a deadline of its own."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.records import Supervision
from engine.policy.spans import parse_span
from engine.rules.duties import deadlines
from engine.rules.duties.approved_acts import ApprovedAct
from engine.rules.duties.case import Case
from engine.rules.duties.deadlines import Node


def paper_duties(case: Case, approved: Iterable[ApprovedAct]) -> Iterator[Duty]:
    """What the papers issued so far demand of the unit, each from its approval on. A matter stands under one paper: the
    next one takes the place of the one before, whose lateness stays.

    Raises YearNotCoveredError where a deadline needs a year without calendar.
    """
    papers, ordinals = case.policy.papers, Counter[str]()
    issued = [one for one in approved if one.rung.mark in papers and case.known(one.at)]
    for (act, rung, at), following in zip_longest(issued, issued[1:]):
        ordinals[rung.mark] += 1
        limit = _limit(act, rung.mark, at, papers[rung.mark].within, case)
        yield Duty(
            case.matter.number,
            DutyKind.SUPERVISION_PAPER,
            rung.mark,
            act.unit or case.owner,
            deadlines.handling_begins(case.matter, at),
            limit.due,
            case.policy.clause(f"papers.{rung.mark}.within"),
            ordinal=ordinals[rung.mark],
            ended_at=following and following.at,
            ended_by=following.rung.clause if following else "",
            provisional=limit.provisional,
        )


def _limit(act: Supervision, mark: str, at: datetime, within: str, case: Case) -> Node:
    """By when it must be answered: the time that the leader set, where it lies ahead of the approval, else the
    policy's.
    """
    set_by_leader = act.due and deadlines.fixed_due(act.due, case.policy)
    if set_by_leader and set_by_leader > at:
        return Node(mark, set_by_leader)
    return deadlines.ended(at, mark, parse_span(within), case.policy, case.workdays)


def stands(one: ApprovedAct, case: Case, duties: Sequence[Duty]) -> bool:
    """Whether the mark of an approved act still shows: that of a paper which does not last until its duty is closed."""
    if one.rung.lasting or one.rung.mark not in case.policy.papers:
        return True
    return any(duty.name == one.rung.mark and duty.starts_at >= one.at and duty.is_open(case.at) for duty in duties)


def reason_ends(duty: Duty, case: Case) -> bool:
    """Whether a reason recognised since the paper was issued keeps its lateness from climbing."""
    paper = case.policy.papers.get(duty.name) if duty.kind is DutyKind.SUPERVISION_PAPER else None
    if paper is None or not paper.reason_ends:
        return False
    row, at = case.matter, case.known(case.matter.reason_recognized_at)
    return bool(row.overdue_reason and row.reason_recognizer and at and at >= duty.starts_at)
