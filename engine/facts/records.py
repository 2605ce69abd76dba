"""What people recorded about a matter after its initiation: one frozen class a record sheet."""

from dataclasses import dataclass
from datetime import datetime

from engine.facts.finding import Place
from engine.facts.kinds import (
    CompletionResult,
    ExtensionKind,
    ExtensionResult,
    FollowUp,
    ReviewResult,
    SupervisionMethod,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Report:
    """反馈记录: a report handed in, and how the initiating office judged it.

    ``node`` empty means the earliest open duty (reading 20); ``period`` is ``2026-03``, ``2026Q1`` or, for 整改,
    the number of the return.
    """

    place: Place
    matter: str
    number: str = ""
    unit: str = ""
    node: str = ""
    period: str = ""
    reported_at: datetime | None = None
    content: str = ""
    reporter: str = ""
    stage_goal: str = ""
    result: ReviewResult | None = None
    reviewer: str = ""
    reviewed_at: datetime | None = None
    forwarded_at: datetime | None = None
    return_reason: str = ""
    follow_up: FollowUp | None = None
    rectification_due: datetime | None = None
    registrar: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """延期申请: an application to extend, to go long-running, or an explanation (SZ1-16, BS-8.3)."""

    place: Place
    matter: str
    applied_at: datetime | None = None
    kind: ExtensionKind | None = None
    reason: str = ""
    plan: str = ""
    stage_goal: str = ""
    old_due: datetime | None = None
    new_due: datetime | None = None
    approver: str = ""
    approver_rank: str = ""
    approved_at: datetime | None = None
    result: ExtensionResult | None = None
    late_explanation: str = ""
    late_approver: str = ""
    late_approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """办结审核: one application to close out, and its way to approval (SZ1-15, 17, 18)."""

    place: Place
    matter: str
    applied_at: datetime | None = None
    service_object_agrees: bool | None = None
    talks: int | None = None
    written_report_at: datetime | None = None
    office_agreed_at: datetime | None = None
    verification: str = ""
    verified_at: datetime | None = None
    verdict: Verdict | None = None
    service_object_told_at: datetime | None = None
    grade: str | None = None
    grader: str = ""
    grade_approver: str = ""
    grade_approver_rank: str = ""
    grade_approved_at: datetime | None = None
    requester: str = ""
    requested_at: datetime | None = None
    reviewer: str = ""
    reviewer_rank: str = ""
    reviewed_at: datetime | None = None
    finalizer: str = ""
    finalizer_rank: str = ""
    finalized_at: datetime | None = None
    result: CompletionResult | None = None
    rectification_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Supervision:
    """督办记录: one act of supervision (SZ1-13, 14, BS-7.3); 重点督办 begins with its approval (reading 7).

    ``due``: by when the paper that it issues must be answered, where the leader who approved it set a time.
    """

    place: Place
    matter: str
    at: datetime | None = None
    method: SupervisionMethod | str | None = None
    unit: str = ""
    node: str = ""
    handler: str = ""
    approver: str = ""
    approver_rank: str = ""
    approved_at: datetime | None = None
    due: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class PointItem:
    """积分事项: an event for the points that people enter (SZ4-9.1, 10.1, 10.3; BS-9)."""

    place: Place
    date: datetime | None = None
    unit: str = ""
    role: str = ""
    item: str = ""
    level: str = ""
    quantity: int | None = None
    discretionary_points: float | None = None
    matter: str = ""
    document: str = ""
    case: str = ""
    explanation: str = ""
    scorer: str = ""
    registrar: str = ""


@dataclass(frozen=True, slots=True)
class PointExclusion:
    """积分剔除: a lateness that a person excludes from the points, with the reason."""

    place: Place
    matter: str
    node: str = ""
    period: str = ""
    reason: str = ""
    approver: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnitGrade:
    """单位年度评价: one grade per unit, board and year (SZ2-5.1, SZ3-5.1)."""

    place: Place
    year: int | None = None
    unit: str = ""
    board: str = ""
    grade: str | None = None
    grader: str = ""
    approver: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clue:
    """问责线索: one clue to accountability and its way through the steps of SZ5-9, or the direct route of SZ5-10."""

    place: Place
    number: str = ""
    found_at: datetime | None = None
    unit: str = ""
    persons: str = ""
    matter: str = ""
    clause: str = ""
    evidence: str = ""
    origin: str = ""
    agreed_by: str = ""
    agreed_at: datetime | None = None
    route: str = ""
    handed_over_at: datetime | None = None
    handed_over_document: str = ""
    department: str = ""
    verified_at: datetime | None = None
    verified_document: str = ""
    opinion_at: datetime | None = None
    opinion_document: str = ""
    reviewed_at: datetime | None = None
    re_examined_at: datetime | None = None
    re_examination: str = ""
    carried_out_at: datetime | None = None
    carried_out_document: str = ""
    unit_mode: str = ""
    person_modes: str = ""
    result_agreed_at: datetime | None = None
    applied_at: datetime | None = None
    applied_document: str = ""
    outcome: str = ""
    registrar: str = ""
