"""延期申请: which agreed applications count, and why others do not (SZ1-16, SZ2-4, SZ3-4, BS-8.3; reading 16)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.facts.finding import Severity
from engine.facts.kinds import LONG, ExtensionKind, ExtensionResult
from engine.facts.ledger import Records
from engine.facts.matter import Matter
from engine.facts.moment import MIDNIGHT, at_clock, precedes
from engine.facts.records import Extension
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays
from engine.rules.duties import deadlines
from engine.rules.duties.fault import Fault


@dataclass(frozen=True, slots=True)
class JudgedApplication:
    """One application, what is wrong with it, and whether its consent has an effect."""

    item: Extension
    faults: tuple[Fault, ...]
    counts: bool

    @property
    def agreed_at(self) -> datetime | None:
        """From when an application that counts has its effect: the consent, or the later leave to be late; one applied
        for on a bare date is known at close of office.
        """
        moments = [at for at in (self.item.applied_at, self.item.approved_at, self.item.late_approved_at) if at]
        return max(moments) if self.counts else None


def judge(matter: Matter, known: Records, policy: Policy, workdays: Workdays) -> tuple[JudgedApplication, ...]:
    """Every application in the order of its time; a date agreed earlier is the one that a later one is measured by."""
    found: list[JudgedApplication] = []
    if not known.extensions:
        return ()
    ladder = deadlines.nodes(matter, policy, workdays)
    for item in known.extensions:
        if item.applied_at is None:
            continue
        limit = _latest(item.applied_at, _as_agreed(ladder, item.applied_at, found, policy), known, policy)
        faults = tuple(_faults(item, matter, policy, limit))
        in_turn = item.approved_at is not None and not precedes(item.approved_at, _as_written(item.applied_at, policy))
        agreed = item.result is ExtensionResult.AGREED and item.kind is not ExtensionKind.EXPLANATION
        found.append(JudgedApplication(item, faults, agreed and in_turn and not any(fault.voids for fault in faults)))
    return tuple(found)


def _as_written(applied_at: datetime, policy: Policy) -> datetime:
    """Close of office is what a bare date was read as (reading 2): a consent of that very day is none before it."""
    return at_clock(applied_at, MIDNIGHT) if applied_at.time() == policy.office.close else applied_at


def _as_agreed(
    ladder: tuple[deadlines.Node, ...], at: datetime, before: Sequence[JudgedApplication], policy: Policy
) -> tuple[deadlines.Node, ...]:
    """The nodes as they stood at ``at``: the last one moved to the date agreed by then (BS-8.3)."""
    moved = [
        deadlines.fixed_due(one.item.new_due, policy)
        for one in before
        if one.item.kind is ExtensionKind.NEW_DEADLINE and one.item.new_due and one.agreed_at and one.agreed_at <= at
    ]
    return (*ladder[:-1], deadlines.Node(ladder[-1].name, moved[-1])) if moved and ladder else ladder


def _latest(at: datetime, ladder: tuple[deadlines.Node, ...], known: Records, policy: Policy) -> datetime | None:
    """Until when to apply: the required hours before the next unmet 7天, 1个月 or fixed deadline, or before the last of
    all where none of these lies ahead. ``None`` for a matter without nodes.
    """
    if not ladder:
        return None
    unmet = ladder[_met_before(at, ladder, known) :]
    ahead = [node for node in unmet if node.name in policy.long_running.apply_before and node.due >= at]
    return (ahead[0] if ahead else ladder[-1]).due - timedelta(hours=policy.long_running.apply_hours_ahead)


def _met_before(at: datetime, ladder: tuple[deadlines.Node, ...], known: Records) -> int:
    """How many rungs reports had met by then: a named one with all before it, an unnamed the next (reading 20)."""
    names = [node.name for node in ladder]
    met = 0
    for report in known.reports:
        if report.reported_at and report.reported_at <= at:
            met = max(met, names.index(report.node) + 1) if report.node in names else met + (not report.node)
    return min(met, len(ladder))


def _faults(item: Extension, matter: Matter, policy: Policy, limit: datetime | None) -> Iterator[Fault]:
    yield from _late(item, policy, limit)
    yield from _plan(item, matter, policy)
    yield from _short_limit(item, matter, policy)
    yield from _decision(item, policy)
    yield from _new_deadline(item, policy)


def _late(item: Extension, policy: Policy, limit: datetime | None) -> Iterator[Fault]:
    """SZ1-16, BS-8.3: the required hours before is in time; a leader's override by name lets a late one pass."""
    overridden = bool(item.late_approver and item.late_approved_at)
    late = limit is not None and item.applied_at is not None and item.applied_at > limit
    if not late or limit is None or overridden or item.result is ExtensionResult.REFUSED:
        return
    hours, clause = policy.long_running.apply_hours_ahead, policy.clauses["long_running.apply_hours_ahead"]
    ahead = (
        f"须在到期前{hours}小时（即 {limit:%Y-%m-%d %H:%M}）之前提出"
        if hours
        else f"须在 {limit:%Y-%m-%d %H:%M} 前提出"
    )
    refused = policy.long_running.late_application == "refuse"
    field = "late_approver" if item.late_approved_at else "late_approved_at" if item.late_approver else "applied_at"
    problem = f"申请时间 {item.applied_at:%Y-%m-%d %H:%M} 已迟，{ahead}，{'不予受理' if refused else '请注意'}。"
    remedy = "确需受理的，请由领导批准，并填逾时受理说明、逾时批准人和逾时批准时间；否则结果填不同意。"
    severity = Severity.ERROR if refused else Severity.HINT
    yield Fault(field, "applied_too_late", clause, problem, remedy, refused, severity)


def _plan(item: Extension, matter: Matter, policy: Policy) -> Iterator[Fault]:
    """SZ1-16, SZ2-4, SZ3-4, BS-8.2, 8.3: a transfer rests on a plan with stage goals; a new deadline names its date."""
    cites = policy.cites(matter.board)
    if item.kind is None:
        problem, remedy = "没有填申请类型，这份申请不起作用。", "请选转持续推进、调整期限或情况说明。"
        yield Fault("kind", "extension_kind_missing", cites.extension, problem, remedy)
    if item.kind is ExtensionKind.NEW_DEADLINE and not item.new_due:
        problem, remedy = "申请调整期限，没有填新期限。", "请填新期限。"
        yield Fault("new_due", "new_deadline_missing", cites.extension, problem, remedy, voids=True)
    transfer = item.kind is ExtensionKind.TO_LONG_RUNNING and item.result is not ExtensionResult.REFUSED
    if not transfer or not policy.long_running.needs_plan:
        return
    if not item.plan:
        problem, remedy = "申请转持续推进，没有填落实方案，不予受理。", "请补填落实方案。"
        yield Fault("plan", "plan_missing", cites.long_running, problem, remedy, voids=True)
    if not item.stage_goal and matter.board in policy.long_running.stage_goal_boards:
        problem, remedy = "申请转持续推进，没有填阶段目标。", "请补填各阶段的目标和时间节点。"
        yield Fault("stage_goal", "stage_goal_missing", cites.long_running, problem, remedy)


def _decision(item: Extension, policy: Policy) -> Iterator[Fault]:
    """SZ1-16, BS-8.3: nothing changes without a consent with its giver and its time."""
    if item.kind is ExtensionKind.EXPLANATION or item.result is None:
        return
    clause = policy.citations.extension
    for field, what in (("approver", "同意人"), ("approved_at", "同意时间")):
        if item.result is ExtensionResult.AGREED and not getattr(item, field):
            problem, remedy = f"结果为同意，没有填{what}，申请尚未生效。", f"请补填{what}。"
            yield Fault(field, "consent_incomplete", clause, problem, remedy, voids=True)


def _short_limit(item: Extension, matter: Matter, policy: Policy) -> Iterator[Fault]:
    """SZ1-16, BS-8.3: what cannot be finished by its 7天 or 1个月 node is extended; no text names a shorter limit."""
    limits = policy.long_running.apply_before
    asked = item.kind in (ExtensionKind.TO_LONG_RUNNING, ExtensionKind.NEW_DEADLINE)
    if not asked or item.result is ExtensionResult.REFUSED or matter.time_limit in (None, LONG, *limits):
        return
    problem = f"办理时限是{matter.time_limit}，条文只说{'、'.join(limits)}内无法办结的可以申请延期。"
    remedy = "请核对是否确需延期；时限填错的请改正。"
    clause = policy.clauses["long_running.apply_before"]
    yield Fault("kind", "short_limit_extended", clause, problem, remedy, severity=Severity.HINT)


def _new_deadline(item: Extension, policy: Policy) -> Iterator[Fault]:
    """BS-8.3: a new deadline takes the consent of a leader; SZ1-16 offers 转持续推进 instead."""
    rules, clauses = policy.long_running, policy.clauses
    if item.kind is not ExtensionKind.NEW_DEADLINE or item.result is ExtensionResult.REFUSED:
        return
    if not rules.offers_new_deadline:
        problem, remedy = "条文没有调整期限，只有转持续推进。", "请核对是否应转持续推进；确经领导同意调整的不必处理。"
        clause = clauses["long_running.offers_new_deadline"]
        yield Fault("kind", "new_deadline_not_offered", clause, problem, remedy, severity=Severity.HINT)
    ranks = rules.new_deadline_ranks
    if ranks and item.result is ExtensionResult.AGREED and item.approver_rank not in ranks:
        held = f"“{item.approver_rank}”无权同意调整期限" if item.approver_rank else "没有填同意人职务"
        problem = f"{held}，期限没有变。"
        remedy = f"请报{ranks[0]}以上负责人审批后补填同意人和职务：{'、'.join(ranks)}。"
        voids = policy.acts.below_rank_is_void or not item.approver_rank
        clause = clauses["long_running.new_deadline_ranks"]
        yield Fault("approver_rank", "new_deadline_rank", clause, problem, remedy, voids)
