"""Duties of the 暂行办法: nodes, rectifications, the province's deadline."""

from collections.abc import Iterator
from datetime import timedelta

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.rules.duties import deadlines
from engine.rules.duties.case import Case, Paragraph


def node_reports(case: Case) -> Iterator[Duty]:
    """SZ1-13.1, BS-5.2: a report at each node up to the matter's limit; a changed final deadline replaces it (SZ1-16,
    BS-8.3).

    Reminded by SZ1-13.1, BS-6.4; urged and escalated by SZ1-14, BS-8.2, 8.4: the rows of the timetable.
    """
    began = case.standing.started_at
    ladder = deadlines.nodes(case.matter, case.policy, case.workdays)
    if began is None or not ladder:
        return
    clause = case.cites.nodes
    readings = (1, 2, 3, 22)
    began = deadlines.handling_begins(case.matter, began)
    for node in ladder:
        yield Duty(
            case.matter.number,
            DutyKind.NODE,
            node.name,
            case.owner,
            began,
            node.due,
            clause,
            readings=readings,
            provisional=node.provisional,
        )
    for ordinal, change in enumerate(case.standing.new_deadlines, start=2):
        yield Duty(
            case.matter.number,
            DutyKind.NODE,
            ladder[-1].name,
            case.owner,
            change.at,
            change.due,
            case.cites.extension,
            ordinal=ordinal,
            readings=(2, 26),
        )


def rectifications(case: Case) -> Iterator[Duty]:
    """SZ1-13.3, SZ1-17, BS-8.2: a return with a date opens a duty of its own (reading 12).

    Reminded by SZ1-13.1, BS-6.4; urged and escalated by SZ1-14, BS-8.2, 8.4: the rows of the timetable.
    """
    for sent_back in case.standing.returns:
        if sent_back.due:
            yield Duty(
                case.matter.number,
                DutyKind.RECTIFICATION,
                "整改",
                case.owner,
                sent_back.at,
                sent_back.due,
                sent_back.clause,
                period=str(sent_back.ordinal),
                readings=(12,),
            )


def province_deadline(case: Case) -> Iterator[Duty]:
    """SZ1-10.3: the result goes up before the province's deadline. The initiating office owes that alone; the unit owes
    its nodes (reading 35). Our own deadline before it reminds, so that approval and submission still find time; it is
    nobody's lateness.
    """
    began, due = case.standing.started_at, case.matter.province_due
    if began is None or due is None:
        return
    due = deadlines.fixed_due(due, case.policy)
    began = deadlines.handling_begins(case.matter, began)
    internal = due - timedelta(days=case.policy.province.internal_days_ahead)
    office = case.matter.initiating_office or case.policy.initiation.supervision_office
    kind, owner = DutyKind.INTERNAL_DEADLINE, office
    if case.policy.province.submitted_by == "lead_unit_too":
        kind, owner = DutyKind.PROVINCE_DEADLINE, case.owner
    number, clause, went_up = case.matter.number, case.cites.submission, case.known(case.matter.submitted_at)
    yield Duty(number, kind, "省级期限", owner, began, internal, clause, ended_at=went_up, readings=(35,))
    kind = DutyKind.PROVINCE_DEADLINE
    yield Duty(number, kind, "上报省政府", office, began, due, clause, readings=(35,))


PARAGRAPHS: tuple[Paragraph, ...] = (
    province_deadline,  # SZ1-10.3
    node_reports,  # SZ1-13.1
    rectifications,  # SZ1-13.3, 17
)
