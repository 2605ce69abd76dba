"""From a matter's entry in a TOML file to its row in 督办台账, stamped as by the button."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from engine.facts.change import Value
from engine.facts.kinds import Status
from engine.ledger.template.workbook import Row
from engine.sample.office_time import add_month, as_moment, closing, days_later
from engine.sample.people import OFFICE_LEADER, SECRETARY_GENERAL, Leader, deputy_mayor, deputy_secretary
from engine.sample.regimes import Sample
from engine.sample.words import MARKS, Board, Regime, TimeLimit

NODE_FIELDS = {"1天": "node_1_day", "3天": "node_3_days", "7天": "node_7_days", "1个月": "node_1_month"}
DAYS = {"1天": 1, "3天": 3, "7天": 7}


@dataclass(frozen=True, slots=True)
class MatterPlan:
    """A matter of the sample: its entry in the file (``spec``), its number, and what follows from both.

    ``nodes`` is name → deadline, in order; ``long_since`` when it went 持续推进; ``number`` is empty for a draft.
    """

    spec: Mapping[str, Any]
    number: str
    parent: str
    assigned: datetime
    nodes: Mapping[str, datetime]
    regime: Regime

    @property
    def office(self) -> str:
        """立项主体."""
        return str(self.spec["office"])

    @property
    def is_draft(self) -> bool:
        """Approved or not, but not stamped yet."""
        return not self.number

    @property
    def long_since(self) -> datetime | None:
        """When it went 持续推进."""
        if self.spec["limit"] == TimeLimit.LONG:
            return self.assigned
        extension = self.spec.get("extension", {})
        agreed = extension and extension.get("kind", "转持续推进") == "转持续推进" and "refused" not in extension
        return extension_approved(extension["at"]) if agreed else None

    @property
    def completion_due(self) -> datetime | None:
        """The last node, or the date that an agreed change put in its place (BS-8.3)."""
        extension = self.spec.get("extension", {})
        if extension.get("kind") == "调整期限":
            return closing(as_moment(extension["due"]))
        return list(self.nodes.values())[-1] if self.nodes else None

    @property
    def quiet_from(self) -> datetime | None:
        """When its nodes stopped being owed: 持续推进, an application to close out, a withdrawal."""
        ends = (self.long_since, self.spec.get("close", {}).get("at"), self.spec.get("withdrawn"))
        return min((end for end in ends if end), default=None)


def extension_approved(applied: datetime) -> datetime:
    """The afternoon of the day on which it was applied for."""
    return max(datetime.combine(applied.date(), time(16, 0)), applied + timedelta(hours=1))


def plans(specs: list[dict[str, Any]], sample: Sample) -> list[MatterPlan]:
    """Every matter in the order of its assignment, numbered within its board; drafts last, without a number."""
    ordered = sorted(specs, key=lambda spec: (bool(spec.get("draft")), as_moment(spec["assigned"])))
    counts: Counter[str] = Counter()
    numbers: dict[str, str] = {}
    for spec in ordered:
        if not spec.get("draft"):
            mark = MARKS[Board(spec["board"])]
            counts[mark] += 1
            numbers[spec["key"]] = f"{as_moment(spec['assigned']).year}-{mark}-{counts[mark]:04d}"
    regime = Regime(sample.regime)
    return [
        MatterPlan(
            spec,
            numbers.get(spec["key"], ""),
            numbers.get(spec.get("parent", ""), ""),
            as_moment(spec["assigned"]),
            _nodes(spec, regime),
            regime,
        )
        for spec in ordered
    ]


def high_water(matters: list[MatterPlan]) -> Mapping[str, int]:
    """编号高水位: board mark and year → greatest running number given."""
    highest: dict[str, int] = {}
    for plan in matters:
        if plan.number:
            year, mark, running = plan.number.split("-")
            highest[mark + year] = max(highest.get(mark + year, 0), int(running))
    return highest


def _nodes(spec: Mapping[str, Any], regime: Regime) -> dict[str, datetime]:
    """Deadlines up to the limit (readings 2, 3, 22); in 保山 the notice's deadline is the only one (reading 29)."""
    assigned, limit = as_moment(spec["assigned"]), str(spec["limit"])
    if limit == TimeLimit.LONG:
        return {}
    ladder = {name: closing_like(assigned, assigned + timedelta(days=days)) for name, days in DAYS.items()}
    ladder["1个月"] = closing_like(assigned, add_month(assigned))
    if limit == TimeLimit.FIXED_DATE:
        last = closing(as_moment(spec["due"]))
        ladder = {name: due for name, due in ladder.items() if due < last} | {limit: last}
    names = list(ladder)
    wanted = names[: names.index(limit) + 1] if regime is Regime.SHUOZHOU else [limit]
    return {name: ladder[name] for name in wanted}


def closing_like(assigned: datetime, due: datetime) -> datetime:
    """Due at close of office where the assignment was a bare date, else at its clock."""
    return closing(due) if assigned.time() == time() else due


_CHAIRED = {("常务会议议定事项", "专题会议")}


def matter_row(plan: MatterPlan, sample: Sample, order: int) -> Row:
    """The row of 督办台账. ``order`` numbers the notice."""
    spec = plan.spec
    row: dict[str, Value] = {
        "number": plan.number or None,
        "board": spec["board"],
        "source": spec["source"],
        "source_number": spec["document"],
        "source_date": as_moment(spec["document_date"]),
        "meeting_chair": "市长" if (spec["board"], spec["source"]) in _CHAIRED else None,
        "content": spec["content"],
        "requirement": spec["requirement"],
        "responsible_leader": _field_leader(plan).name,
        "initiating_office": plan.office,
        "lead_unit": spec.get("lead"),
        "cooperating_units": spec.get("cooperating"),
        "secrecy": spec.get("secrecy"),
        "passively_included": "是" if spec.get("passive") else None,
        "parent": plan.parent or None,
        "directly_responsible": spec.get("directly_responsible") or _directly_responsible(plan),
        "handling_office": spec.get("handling"),
        "assigned_at": plan.assigned,
        "time_limit": spec["limit"],
        "fixed_due": as_moment(spec["due"]) if "due" in spec else None,
        "service_object": spec.get("service_object"),
        "note": _note(spec),
    }
    row |= _approval(plan) | _province(plan)
    if not plan.is_draft:
        row |= _stamps(plan, sample, order) | _ending(plan) | _reason(spec)
    return row


def _note(spec: Mapping[str, Any]) -> str | None:
    return f"示例：此行故意留错，校验会按{spec['breaks']}提示。" if "breaks" in spec else spec.get("note")


def _field_leader(plan: MatterPlan) -> Leader:
    return deputy_mayor(str(plan.spec.get("handling", plan.office)))


def _directly_responsible(plan: MatterPlan) -> str | None:
    """BS-4: the deputy secretary-general who follows the field."""
    if plan.regime is not Regime.BAOSHAN:
        return None
    return deputy_secretary(str(plan.spec.get("handling", plan.office))).name


def _approval(plan: MatterPlan) -> dict[str, Value]:
    """Whose matter it is, and who let it in (SZ1-12, SZ3-3.1, BS-5.2)."""
    spec = plan.spec
    leader = deputy_mayor("督查室") if spec.get("leader") == "市长" else _field_leader(plan)
    row: dict[str, Value] = {
        "assigning_leader": leader.name,
        "assigning_leader_rank": leader.rank,
        "transferring_office": "督查室" if spec.get("transferred") else None,
    }
    if spec.get("no_approval"):
        return row
    approver = SECRETARY_GENERAL if plan.regime is Regime.BAOSHAN else deputy_secretary(plan.office)
    if spec.get("approver_rank") == OFFICE_LEADER.rank or spec["board"] == Board.PROVINCE:
        approver = OFFICE_LEADER
    bare = plan.assigned.time() == time()
    return row | {
        "approver": approver.name,
        "approver_rank": approver.rank,
        "approved_at": plan.assigned + (timedelta(hours=9) if bare else -timedelta(minutes=30)),
    }


def _province(plan: MatterPlan) -> dict[str, Value]:
    """The approvals of a matter that the province assigned (SZ1-10)."""
    spec = plan.spec
    if not spec.get("approved_chain"):
        return {}
    row: dict[str, Value] = {
        "province_due": as_moment(spec["province_due"]) if "province_due" in spec else None,
        "decomposition_approver": _field_leader(plan).name,
        "decomposition_approved_at": plan.assigned - timedelta(minutes=30),
    }
    if "submitted" in spec:
        submitted: datetime = spec["submitted"]
        row |= {
            "office_approver": OFFICE_LEADER.name,
            "office_approved_at": submitted - timedelta(hours=6),
            "city_leader_approver": _field_leader(plan).name,
            "city_leader_approved_at": submitted - timedelta(hours=2),
            "submitted_at": submitted,
        }
    return row


def _stamps(plan: MatterPlan, sample: Sample, order: int) -> dict[str, Value]:
    """What 编号盖时限 and 下发通知 stamp."""
    bare = plan.assigned.time() == time()
    stamped = plan.assigned + (timedelta(hours=10) if bare else timedelta(minutes=5))
    notice = plan.spec.get("notice", stamped + timedelta(minutes=20) if plan.regime is Regime.SHUOZHOU else None)
    row: dict[str, Value] = {field: plan.nodes.get(name) for name, field in NODE_FIELDS.items()}
    return row | {
        "completion_due": plan.completion_due,
        "initiated_at": stamped,
        "notice_number": f"{sample.notice_prefix}〔{stamped.year}〕{order}号" if notice else None,
        "notice_issued_at": notice,
        "status": _status(plan).value,
    }


def _status(plan: MatterPlan) -> Status:
    close = plan.spec.get("close")
    if "withdrawn" in plan.spec:
        return Status.WITHDRAWN
    if close and "send_back_due" not in close:
        return Status.AWAITING_APPROVAL if "until" in close else Status.COMPLETED
    return Status.LONG_RUNNING if plan.long_since else Status.IN_PROGRESS


def _ending(plan: MatterPlan) -> dict[str, Value]:
    spec = plan.spec
    row: dict[str, Value] = {}
    if plan.long_since:
        extension = spec.get("extension", {})
        row |= {
            "long_running_since": plan.long_since,
            "stage_goal": extension.get("goal", spec.get("goal")),
            "target_due": as_moment(extension["due"]) if extension else None,
        }
    if "withdrawn" in spec:
        row |= {"withdrawn_at": spec["withdrawn"], "withdrawal_approver": deputy_secretary(plan.office).name}
    if _status(plan) is Status.COMPLETED:
        steps = closing_steps(plan)
        row |= {
            "grade": spec["close"]["grade"],
            "finalizer": finalizer(plan).name,
            "completed_at": steps["finalized_at"] + timedelta(minutes=30),
        }
    return row


def finalizer(plan: MatterPlan) -> Leader:
    """Who gives the last word (SZ1-18): the mayor for the mayor's matters, else the deputy mayor in charge."""
    return deputy_mayor("督查室") if plan.spec.get("leader") == "市长" else _field_leader(plan)


def closing_steps(plan: MatterPlan) -> dict[str, datetime]:
    """The times of a close-out in the order that SZ1-15, 17 and 18 demand."""
    close = plan.spec["close"]
    applied: datetime = close["at"]
    steps, start = {"applied_at": applied}, applied
    if close.get("service") == "不同意":
        for field, days in (("written_report_at", 1), ("office_agreed_at", 2), ("verified_at", 5)):
            steps[field] = days_later(applied, days, time(10, 0))
        start = steps["service_object_told_at"] = days_later(applied, 6, time(10, 0))
    steps["grade_approved_at"] = days_later(start, 1, time(11, 0))
    steps["requested_at"] = days_later(start, 1, time(15, 0))
    steps["reviewed_at"] = days_later(start, 2, time(10, 30))
    steps["finalized_at"] = days_later(start, 3, time(16, 0))
    return steps


def _reason(spec: Mapping[str, Any]) -> dict[str, Value]:
    reason = spec.get("overdue_reason")
    if not reason:
        return {}
    return {
        "overdue_reason": reason["text"],
        "reason_recognizer": reason["by"],
        "reason_recognized_at": reason["at"],
    }
