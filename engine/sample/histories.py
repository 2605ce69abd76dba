"""The records of each matter of the sample: reports at every node or as the file states, and the other sheets."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from engine.facts.change import Value
from engine.facts.kinds import ReviewResult
from engine.ledger.template.workbook import Row
from engine.sample import DEMO_NOW
from engine.sample.matters import MatterPlan, closing_steps, extension_approved, finalizer
from engine.sample.office_time import (
    add_month,
    as_moment,
    days_later,
    last_weekday,
    months_between,
    shortly_before,
)
from engine.sample.people import Contacts, deputy_secretary
from engine.sample.words import Board, Regime

NODE_TEXTS = {
    "1天": ("已明确分管负责人和经办科室，制定推进计划。", "已召开专题会安排，责任分解到科室和县区。"),
    "3天": ("底数已经摸清，形成问题清单和责任清单。", "已现场查看，需协调的问题另行报告。"),
    "7天": ("主要措施已落实，剩余问题列出完成时间。", "阶段任务完成，相关资料已归档备查。"),
    "1个月": ("任务基本完成，正在核验资料。", "按要求落实到位，附进展情况报告。"),
    "指定日期": ("按期完成，附办理情况报告。", "已办理完毕，报请审核。"),
    "月报": (
        "本月按计划推进，主要指标与时序进度相符。",
        "本月完成序时任务，下月重点解决堵点问题。",
        "本月进展正常，个别项目受天气影响。",
    ),
    "季报": ("本季度进展、存在问题和下步打算见书面小结。",),
    "整改": ("已按退回意见补正，逐项附佐证材料。",),
    "协办意见": ("已将本单位办理情况书面函告牵头单位。",),
}
EXTENSION_REASONS = (
    "涉及多个部门和年度资金安排，7天或1个月内难以办结，需长期推进。",
    "工程类任务工期较长，须分阶段实施。",
)
EXTENSION_PLANS = (
    "分阶段推进：明确每月任务、责任人和完成时间，按月报送进展。",
    "倒排工期，逐月调度，遇到问题随时报告。",
)


def reports(plan: MatterPlan, contacts: Contacts) -> Iterator[Row]:
    """反馈记录 of one matter, without numbers: as the file states, else as a punctual unit hands them in."""
    spoken_for = set(plan.spec.get("missing", ()))
    for entry in plan.spec.get("reports", ()):
        spoken_for.add(entry["node"])
        yield _report(plan, contacts, entry["at"], entry["node"], entry.get("period", ""), entry)
    for node, at in _kept_nodes(plan):
        if node not in spoken_for:
            yield _report(plan, contacts, at, node)
    if plan.long_since:
        yield from _monthly(plan, contacts, plan.long_since)
        if plan.spec["board"] in (Board.KEY_TASK, Board.REFORM):
            yield from _quarterly(plan, contacts, plan.long_since)


def _kept_nodes(plan: MatterPlan) -> Iterator[tuple[str, datetime]]:
    late = plan.spec.get("late", {})
    for index, (node, due) in enumerate(plan.nodes.items()):
        if plan.quiet_from and plan.quiet_from < due and node not in late:
            continue
        if node in late:
            yield node, late[node]
        elif due <= DEMO_NOW:
            yield node, max(shortly_before(due, 2 + index), plan.assigned + timedelta(hours=2))


def _monthly(plan: MatterPlan, contacts: Contacts, since: datetime) -> Iterator[Row]:
    """By the month's end, in 保山 by the 25th; the month of an application to close out needs none."""
    late, missing = plan.spec.get("late_months", {}), plan.spec.get("missing_months", ())
    until = min(DEMO_NOW, plan.spec.get("close", {}).get("at", DEMO_NOW))
    goal = plan.spec.get("goal")  # stated in the first report (BS-8.2)
    for month in months_between(since, until):
        period, usual = f"{month:%Y-%m}", last_weekday(month) - timedelta(days=1, hours=1)
        if plan.regime is Regime.BAOSHAN:
            usual = month.replace(day=23, hour=15)
        at = late.get(period, max(usual, since + timedelta(hours=17)))
        if period not in missing and at < add_month(month) + timedelta(days=3):
            yield _report(plan, contacts, at, "月报", period, {"goal": goal})
            goal = None


def _quarterly(plan: MatterPlan, contacts: Contacts, since: datetime) -> Iterator[Row]:
    until = min(DEMO_NOW, plan.spec.get("close", {}).get("at", DEMO_NOW))
    for month in months_between(since, until):
        due = last_weekday(month)
        period = f"{month.year}Q{month.month // 3}"
        if month.month % 3 == 0 and due > since and period not in plan.spec.get("missing_quarters", ()):
            at = max(due - timedelta(days=1, hours=2), since + timedelta(hours=17))
            yield {**_report(plan, contacts, at, "季报", period), "forwarded_at": days_later(at, 1, time(10, 0))}


def _report(
    plan: MatterPlan, contacts: Contacts, at: datetime, node: str, period: str = "", entry: dict[str, Any] | None = None
) -> Row:
    entry = entry or {}
    unit = entry.get("unit", plan.spec.get("lead") or plan.spec.get("handling", ""))
    texts = NODE_TEXTS[node]
    row: dict[str, Value] = {
        "matter": plan.number,
        "unit": unit,
        "node": node,
        "period": period or None,
        "reported_at": at,
        "content": entry.get("text", texts[int(plan.number[-2:]) % len(texts)]),
        "reporter": contacts.contact_of[unit],
        "stage_goal": entry.get("goal"),
        "registrar": contacts.contact_of[plan.office],
    }
    if at >= datetime.combine(DEMO_NOW.date(), time()) - timedelta(days=1):
        return row | {"result": ReviewResult.PENDING.value}
    reviewed = days_later(at, 0, at.time()) + timedelta(hours=2) if at.hour < 15 else days_later(at, 1, time(9, 30))
    row |= {
        "result": entry.get("result", ReviewResult.ACCEPTED.value),
        "reviewer": contacts.contact_of[plan.office],
        "reviewed_at": reviewed,
    }
    if plan.spec["board"] == Board.PROVINCE and node == list(plan.nodes)[-1]:
        row["forwarded_at"] = reviewed + timedelta(hours=1)
    if "reason" in entry:
        row |= {
            "return_reason": entry["reason"],
            "follow_up": entry["follow"],
            "rectification_due": as_moment(entry["due"]),
        }
    return row


def extensions(plan: MatterPlan) -> Iterator[Row]:
    """延期申请 of one matter (SZ1-16, BS-8.3)."""
    entry = plan.spec.get("extension")
    if not entry:
        return
    kind, pick = entry.get("kind", "转持续推进"), int(plan.number[-2:]) % 2
    leader = finalizer(plan) if plan.regime is Regime.BAOSHAN else deputy_secretary(plan.office)
    row: dict[str, Value] = {
        "matter": plan.number,
        "applied_at": entry["at"],
        "kind": kind,
        "reason": entry.get("reason", EXTENSION_REASONS[pick]),
        "plan": None if kind == "情况说明" else EXTENSION_PLANS[pick],
        "stage_goal": entry.get("goal"),
        "old_due": next((due for due in plan.nodes.values() if due > entry["at"]), None),
        "new_due": as_moment(entry["due"]) if "due" in entry else None,
    }
    if kind != "情况说明":
        row |= {
            "approver": leader.name,
            "approver_rank": leader.rank,
            "approved_at": extension_approved(entry["at"]),
            "result": "不同意" if "refused" in entry else "同意",
            "late_explanation": entry.get("late", entry.get("refused")),
        }
    if "late" in entry:
        row |= {
            "late_approver": leader.name,
            "late_approved_at": extension_approved(entry["at"]) - timedelta(minutes=30),
        }
    yield row


def completions(plan: MatterPlan, contacts: Contacts) -> Iterator[Row]:
    """办结审核 of one matter: the steps in their order, as far as they have gone (SZ1-15, 17, 18)."""
    close = plan.spec.get("close")
    if not close:
        return
    steps, clerk, reviewer = closing_steps(plan), contacts.contact_of[plan.office], deputy_secretary(plan.office)
    sent_back = "send_back_due" in close
    row: dict[str, Value] = {
        "matter": plan.number,
        "service_object_agrees": close.get("service"),
        "grade": close["grade"],
        "grader": clerk,
        "grade_approver": reviewer.name,
        "grade_approver_rank": reviewer.rank,
    }
    if close.get("service") == "不同意":
        row |= {"talks": 3, "verification": "专家论证", "verdict": "可办结"}
    if sent_back:
        steps = {field: at for field, at in steps.items() if field in ("applied_at", "grade_approved_at")}
        row |= {"result": "退回", "rectification_due": as_moment(close["send_back_due"])}
    else:
        row |= {"requester": clerk, "reviewer": reviewer.name, "reviewer_rank": reviewer.rank}
        if "until" in close:
            del steps["finalized_at"]
        else:
            last = finalizer(plan)
            row |= {"finalizer": last.name, "finalizer_rank": last.rank, "result": "办结"}
    yield row | steps


_BY_A_LEADER = ("重点督办", "通报", "协调")


def supervisions(plan: MatterPlan, contacts: Contacts) -> Iterator[Row]:
    """督办记录 of one matter; 重点督办, 通报 and 协调 carry their leader (SZ1-14)."""
    leader = deputy_secretary(plan.office)
    for entry in plan.spec.get("supervisions", ()):
        approved_at = entry.get("approved", entry["at"])
        approved = {"approver": leader.name, "approver_rank": leader.rank, "approved_at": approved_at}
        yield {
            "matter": plan.number,
            "at": entry["at"],
            "method": entry["method"],
            "unit": entry.get("unit", plan.spec.get("lead")),
            "node": entry.get("node"),
            "handler": contacts.contact_of["督查室" if "approved" in entry else plan.office],
            "outcome": entry["outcome"],
            **(approved if entry["method"] in _BY_A_LEADER else {}),
        }
