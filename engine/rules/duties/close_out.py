"""办结审核: whether an application is valid, and whether a close-out is (SZ1-15, 17, 18; BS-7.2).

The same faults void a record and are reported: the checks judge nothing a second time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from engine.facts.kinds import CompletionResult, Verdict
from engine.facts.ledger import Records
from engine.facts.matter import Matter
from engine.facts.moment import precedes
from engine.facts.records import Completion
from engine.policy.policy import Policy
from engine.rules.duties import deadlines, submission
from engine.rules.duties.fault import Fault


@dataclass(frozen=True, slots=True)
class Application:
    """A stretch during which a close-out application stands: from handing in until it is sent back (reading 20)."""

    since: datetime
    until: datetime | None


class _Step(NamedTuple):
    """One step of SZ1-18 by its word: who took it, in which rank, when."""

    word: str
    who: str
    rank: str
    at: str


_STEPS = (
    _Step("提请", "requester", "", "requested_at"),
    _Step("审核", "reviewer", "reviewer_rank", "reviewed_at"),
    _Step("审定", "finalizer", "finalizer_rank", "finalized_at"),
)
# SZ1-15: what must have happened, in this order, where the 服务对象 does not agree.
_WITHOUT_CONSENT = (
    ("written_report_at", "书面报告立项主体的时间"),
    ("office_agreed_at", "立项主体同意时间"),
    ("verified_at", "核验时间"),
    ("service_object_told_at", "反馈服务对象时间"),
)


def rejections(item: Completion, matter: Matter, policy: Policy) -> Iterator[Fault]:
    """SZ1-15 (BS-7.2 needs no consent): why the application is rejected. Without a 服务对象 there is nothing to ask;
    its consent is enough.
    """
    needed, clause = policy.close_out.talks, policy.clauses["close_out.talks"]
    if not needed or not matter.service_object or item.service_object_agrees:
        return
    if item.service_object_agrees is None:
        problem = f"事项有服务对象“{matter.service_object}”，没有填其意见，办结申请不予受理。"
        remedy = "请先征求服务对象意见，再填同意或不同意。"
        yield Fault("service_object_agrees", "service_object_not_asked", clause, problem, remedy, voids=True)
        return
    if (item.talks or 0) < needed:
        problem = f"服务对象不同意，沟通{item.talks or 0}次，不足{needed}次，办结申请不予受理。"
        yield Fault("talks", "too_few_talks", clause, problem, f"请沟通{needed}次以上后再申请。", voids=True)
    yield from _steps_without_consent(item, clause)


def _steps_without_consent(item: Completion, clause: str) -> Iterator[Fault]:
    for field, what in (*_WITHOUT_CONSENT, ("verification", "核验方式"), ("verdict", "核验结论")):
        if not getattr(item, field):
            problem = f"服务对象不同意，没有填{what}，办结申请不予受理。"
            remedy = "请依次完成沟通、书面报告、立项主体同意、核验、反馈服务对象，再补填。"
            yield Fault(field, "consent_step_missing", clause, problem, remedy, voids=True)
    if item.verdict and item.verdict != Verdict.FIT_TO_CLOSE:
        problem, remedy = f"经核实验证为{item.verdict}，办结申请不予受理。", "请承办单位继续办理，具备条件后另行申请。"
        yield Fault("verdict", "verified_not_fit", clause, problem, remedy, voids=True)
    taken = [(field, what, at) for field, what in _WITHOUT_CONSENT if (at := getattr(item, field))]
    for (_, before, earlier), (field, what, later) in pairwise(taken):
        if precedes(later, earlier):
            problem = f"{what}早于{before}，次序不对，办结申请不予受理。"
            remedy = "次序是：书面报告、立项主体同意、核验、反馈服务对象。请核对这几个时间。"
            yield Fault(field, "consent_step_out_of_order", clause, problem, remedy, voids=True)


def valid_since(item: Completion, matter: Matter, policy: Policy) -> datetime | None:
    """From when an application stands: its 申请时间 or the last step that SZ1-15 wants; ``None``: it is refused."""
    if item.applied_at is None or any(rejections(item, matter, policy)):
        return None
    asked = matter.service_object and policy.close_out.talks and not item.service_object_agrees
    steps = [getattr(item, field) for field, _ in _WITHOUT_CONSENT] if asked else []
    return max(deadlines.fixed_due(at, policy) for at in (item.applied_at, *steps))


def grading_faults(item: Completion, matter: Matter, policy: Policy) -> Iterator[Fault]:
    """SZ1-17, SZ2-5.2, SZ3-5.2, BS-3, 7.2: a grade is proposed by 立项主体 and approved by the ranks of the board;
    不合格 goes back.
    """
    clause = policy.cites(matter.board).grading
    if item.grade in policy.close_out.sent_back_grades and item.result is CompletionResult.COMPLETED:
        problem, remedy = f"评为{item.grade}，不能办结。", "请把结果改为退回，并填整改期限。"
        failing = policy.clauses["close_out.sent_back_grades"]
        yield Fault("result", "failed_but_closed", failing, problem, remedy, voids=True)
    yield from _below_grading_rank(item, matter, policy)
    if item.result is CompletionResult.COMPLETED:
        for field, what in _missing_in_grading(item, policy):
            remedy = "请由立项主体提出等级，报分管副秘书长或办公厅分管领导审定后补填。"
            yield Fault(field, "grading_missing", clause, f"结果为办结，没有填{what}。", remedy)
    if item.grade_approved_at and item.finalized_at and precedes(item.finalized_at, item.grade_approved_at):
        problem, remedy = "等级审定时间晚于审定时间，办结前应先评定等级。", "请核对这两个时间。"
        yield Fault("grade_approved_at", "grading_after_close_out", clause, problem, remedy)


def _below_grading_rank(item: Completion, matter: Matter, policy: Policy) -> Iterator[Fault]:
    ranks = policy.close_out.grade_ranks.get(matter.board, ()) if matter.board else ()
    if item.grade_approver_rank and ranks and item.grade_approver_rank not in ranks:
        problem = f"“{item.grade_approver_rank}”无权审定评估等级，等级不起作用。"
        remedy = f"请报{ranks[0]}以上负责人审定；职务填错的请改为：{'、'.join(ranks)}。"
        own = policy.clauses[f"close_out.grade_ranks.{matter.board}"]
        yield Fault("grade_approver_rank", "grade_rank_too_low", own, problem, remedy)


_GRADING = (
    ("grade", "评估等级"),
    ("grader", "评估人"),
    ("grade_approver", "等级审定人"),
    ("grade_approver_rank", "等级审定人职务"),
    ("grade_approved_at", "等级审定时间"),
)


def _missing_in_grading(item: Completion, policy: Policy) -> list[tuple[str, str]]:
    """What a grade lacks, where the policy knows the steps of 13710."""
    graded = len(policy.close_out.steps) > 1
    return [(field, what) for field, what in _GRADING if graded and not getattr(item, field)]


def grade_counts(item: Completion, matter: Matter, policy: Policy) -> bool:
    """Whether a grade was approved by who may (SZ1-17; reading 33): the close-out does not hang on it, points do."""
    if item.grade is None or _missing_in_grading(item, policy):
        return False
    below_rank = any(_below_grading_rank(item, matter, policy))
    return not (below_rank and policy.acts.below_rank_is_void)


def failed_at(item: Completion, matter: Matter, policy: Policy) -> datetime | None:
    """When a 不合格 was approved; ``None`` while it was not, and for any other grade."""
    failed = item.grade in policy.close_out.sent_back_grades and grade_counts(item, matter, policy)
    return item.grade_approved_at or item.finalized_at if failed else None


def approval_faults(item: Completion, policy: Policy) -> Iterator[Fault]:
    """SZ1-18: written request, review, approval, each by who may; BS-7.2 knows only the last."""
    steps = [step for step in _STEPS if step.word in policy.close_out.steps]
    closed = item.result is CompletionResult.COMPLETED
    for index, step in enumerate(steps):
        later = [after.word for after in steps[index + 1 :] if getattr(item, after.at)]
        if closed or later:
            yield from _missing(item, step, later[0] if later else "办结", policy)
    ranks = {
        "审核": (policy.close_out.review_ranks, policy.clauses["close_out.review_ranks"]),
        "审定": (policy.close_out.final_ranks, policy.clauses["close_out.final_ranks"]),
    }
    for step in steps:
        allowed, clause = ranks.get(step.word, ((), ""))
        held = getattr(item, step.rank) if step.rank else ""
        if held and held not in allowed:
            remedy = f"请报有权的负责人{step.word}；职务填错的请改为：{'、'.join(allowed)}。"
            problem = f"“{held}”无权{step.word}办结。"
            voids = policy.acts.below_rank_is_void
            yield Fault(step.rank, "close_out_rank", clause, problem, remedy, voids)


def _missing(item: Completion, step: _Step, then: str, policy: Policy) -> Iterator[Fault]:
    wanted = [(step.who, f"{step.word}人"), (step.at, f"{step.word}时间")]
    if step.rank:
        wanted.append((step.rank, f"{step.word}人职务"))
    for field, what in wanted:
        if not getattr(item, field):
            problem = f"没有填{what}，不能{then}。"
            remedy = f"次序是：{'、'.join(policy.close_out.steps)}。请补填，未办的请先办。"
            yield Fault(field, "close_out_step_missing", policy.clauses["close_out.steps"], problem, remedy, voids=True)


def sending_back_faults(item: Completion, policy: Policy) -> Iterator[Fault]:
    """SZ1-17, BS-7.2: what is sent back gets a date; what is graded 不合格 is sent back."""
    clause, failed = policy.clauses["close_out.sent_back_grades"], item.grade in policy.close_out.sent_back_grades
    if item.result is CompletionResult.SENT_BACK and not item.rectification_due:
        problem, remedy = "结果为退回，没有填整改期限，承办单位没有新的期限。", "请填整改期限。"
        yield Fault("rectification_due", "rectification_date_missing", clause, problem, remedy)
    elif item.result is not CompletionResult.SENT_BACK and item.rectification_due:
        problem, remedy = "填了整改期限，结果却不是退回，整改期限不起作用。", "退回的请把结果填为退回；否则请清空。"
        yield Fault("rectification_due", "rectification_date_unused", clause, problem, remedy)
    if failed and item.grade_approved_at and item.result is None:
        problem, remedy = f"已评为{item.grade}，还没有退回。", "请把结果填为退回，并填整改期限。"
        yield Fault("result", "failed_not_sent_back", clause, problem, remedy)


def faults(item: Completion, matter: Matter, policy: Policy) -> Iterator[Fault]:
    """All that is wrong with one application, in the order of the law. The order of the steps in time stands in
    ``transitions``.
    """
    yield from rejections(item, matter, policy)
    yield from grading_faults(item, matter, policy)
    yield from approval_faults(item, policy)
    yield from sending_back_faults(item, policy)


def is_valid(item: Completion, matter: Matter, policy: Policy) -> bool:
    """Whether a close-out counts: its application stands, no step is missing or taken out of turn, the ranks may."""
    if item.result is not CompletionResult.COMPLETED or item.finalized_at is None:
        return False
    times = [at for step in _STEPS if step.word in policy.close_out.steps and (at := getattr(item, step.at))]
    in_turn = not any(precedes(later, earlier) for earlier, later in pairwise(times))
    return in_turn and not any(fault.voids for fault in faults(item, matter, policy))


def closed_at(records: Records, matter: Matter, policy: Policy) -> datetime | None:
    """When the matter was closed out: by its approval, not before its sub-items have all ended (SZ1-10.1), nor, for a
    matter of the province, before its result went up (reading 35). What stands in the row alone is no record (reading
    33).
    """
    approved = approved_at(records, matter, policy)
    if approved is None:
        return None
    awaited = [ended_at(papers, child, policy) for child, papers in records.children]
    if submission.is_awaited(matter, policy):
        awaited.append(submission.submitted_at(matter))
    return None if None in awaited else max([approved, *(at for at in awaited if at)])


def ended_at(records: Records, matter: Matter, policy: Policy) -> datetime | None:
    """When a matter was closed out or withdrawn."""
    ends = (closed_at(records, matter, policy), withdrawn_at(matter))
    return min((at for at in ends if at), default=None)


def withdrawn_at(matter: Matter) -> datetime | None:
    """When the matter was withdrawn; ``None`` where nobody is named who agreed to it (SZ1-12; reading 33)."""
    return matter.withdrawn_at if matter.withdrawal_approver else None


def approved_at(records: Records, matter: Matter, policy: Policy) -> datetime | None:
    """When the close-out was finally approved: the first valid 审定; with ``final_by`` both, when the second of mayor
    and deputy had agreed, each in an application of its own (SZ1-18).
    """
    if not records.completions:
        return None
    valid = [item for item in records.completions if is_valid(item, matter, policy)]
    finals = [(item.finalized_at, item.finalizer_rank) for item in valid if item.finalized_at]
    if policy.close_out.final_by == "either":
        return min((at for at, _ in finals), default=None)
    mayors, deputies = policy.initiation.mayor_ranks, policy.initiation.deputy_mayor_ranks
    by_mayor = [at for at, rank in finals if rank in mayors]
    by_deputy = [at for at, rank in finals if rank in deputies]
    return max(min(by_mayor), min(by_deputy)) if by_mayor and by_deputy else None


def decided_at(item: Completion) -> datetime | None:
    """When an application was decided: its 审定, or for one sent back earlier, the last step taken."""
    if item.result is CompletionResult.COMPLETED:
        return item.finalized_at
    return item.finalized_at or item.reviewed_at or item.grade_approved_at or item.applied_at


def applications(known: Records, matter: Matter, policy: Policy) -> tuple[Application, ...]:
    """The stretches during which an application stood; a refused one is none (SZ1-15)."""
    found = []
    for item in known.completions:
        since = valid_since(item, matter, policy)
        if since:
            sent_back = item.result is CompletionResult.SENT_BACK or failed_at(item, matter, policy)
            found.append(Application(since, decided_at(item) if sent_back else None))
    return tuple(found)
