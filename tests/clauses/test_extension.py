"""暂行办法第十六条：提前2天申请，有落实方案，经同意转入持续跟进，每周提醒、按月报告 (reading 16)。"""

import pytest

from engine.facts.kinds import ExtensionKind, ExtensionResult, MessageKind, Status
from engine.facts.records import Extension
from engine.rules.checks import extension as extension_checks
from engine.rules.checks import procedure
from engine.rules.duties import extension as extension_module
from engine.rules.duties import fulfilment, paragraphs, recurring
from engine.rules.duties.paragraphs import duties_of
from engine.sample.words import Board, TimeLimit
from tests.clauses.builders import (
    at,
    case,
    duties,
    extension,
    findings,
    ledger,
    matter,
    messages,
    policies_with,
    policy_with,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, taken_out

pytestmark = clause("SZ1-16")

SEVEN = {"time_limit": TimeLimit.SEVEN_DAYS}  # 交办 2026-03-02 09:30: 7天 due 03-09 09:30, so apply by 03-07 09:30
NODES_MET = (report("1天", "2026-03-02 15:00"), report("3天", "2026-03-04 15:00"))
LATEST = "2026-03-07 09:30"


def transfer(applied_at: str = LATEST, **changes: object) -> Extension:
    """An agreed application to go 持续推进, with a plan and stage goals."""
    whole = {
        "kind": ExtensionKind.TO_LONG_RUNNING,
        "reason": "工期较长",
        "plan": "逐月推进",
        "stage_goal": "6月底完成主体",
        "approver": "钱某",
        "approved_at": "2026-03-08 16:00",
        "result": ExtensionResult.AGREED,
    }
    return extension(applied_at, **(whole | changes))


def told(*records: object, **changes: object) -> list[tuple[str, str | None, bool]]:
    found = findings(matter(**(SEVEN | changes)), *records, moment="2026-03-20 09:00")
    return [(f.rule, f.place.field, f.is_error) for f in found if f.rule != "new_deadline_not_offered"]


def since(*records: object, moment: str = "2026-03-20 09:00", under: object = None, **changes: object) -> object:
    row = matter(**(SEVEN | changes))
    return case(row, *records, moment=moment, under=under).standing.long_running_since


# ---- 提前2天，算到分 ----


@pytest.mark.parametrize(
    ("applied", "in_time"),
    [("2026-03-07 09:29", True), ("2026-03-07 09:30", True), ("2026-03-07 09:31", False), ("2026-03-09 09:31", False)],
    ids=["四十八小时零一分前", "正好四十八小时前", "差一分", "到期以后"],
)
def test_到期前四十八小时为限(applied: str, in_time: bool) -> None:
    item = transfer(applied, approved_at="2026-03-10 16:00")
    assert (since(*NODES_MET, item) is not None) is in_time
    assert told(*NODES_MET, item) == ([] if in_time else [("applied_too_late", "applied_at", True)])


def test_不予受理的_说明最迟的时间_照常催办() -> None:
    late = transfer("2026-03-07 09:31")
    [found] = findings(matter(**SEVEN), *NODES_MET, late, moment="2026-03-20 09:00")
    assert (found.clause, found.place.sheet, found.place.row) == ("SZ1-16", "extensions", 3)
    assert "2026-03-07 09:30" in found.problem
    assert "不予受理" in found.problem
    sent = messages(ledger(matter(**SEVEN), *NODES_MET, late), "2026-03-09 10:00", "2026-03-09 13:00")
    assert [sms.kind for sms in sent] == [MessageKind.URGING]


@pytest.mark.parametrize(
    ("recorded", "passes", "field"),
    [
        ({"late_approver": "周某", "late_approved_at": "2026-03-08 15:00"}, True, None),
        ({"late_approver": "周某"}, False, "late_approved_at"),
        ({"late_approved_at": "2026-03-08 15:00"}, False, "late_approver"),
    ],
    ids=["领导具名批准", "没有批准时间", "没有批准人"],
)
def test_逾时的_领导具名批准才受理(recorded: dict[str, str], passes: bool, field: str | None) -> None:
    item = transfer("2026-03-07 09:31", late_explanation="临时停工", **recorded)
    assert (since(*NODES_MET, item) is not None) is passes
    assert told(*NODES_MET, item) == ([] if passes else [("applied_too_late", field, True)])


def test_逾时批准要写明原因() -> None:
    item = transfer("2026-03-07 09:31", late_approver="周某", late_approved_at="2026-03-08 15:00")
    assert told(*NODES_MET, item) == [("override_unexplained", "late_explanation", False)]


def test_批准逾时晚于同意的_自批准起生效() -> None:
    item = transfer(
        "2026-03-07 09:31", late_explanation="停工", late_approver="周某", late_approved_at="2026-03-10 15:00"
    )
    assert since(*NODES_MET, item, moment="2026-03-10 14:59") is None
    assert since(*NODES_MET, item) == at("2026-03-10 15:00")


def test_已写明不同意的_不再提示逾时() -> None:
    refused = transfer("2026-03-07 09:31", result=ExtensionResult.REFUSED)
    assert told(*NODES_MET, refused) == []
    assert since(*NODES_MET, refused) is None


def test_读法16_另一种_逾时只提示() -> None:
    warn = "long_running.late_application"
    item = transfer("2026-03-07 09:31")
    assert since(*NODES_MET, item, under=policy_with(warn, "warn")) == at("2026-03-08 16:00")
    row = matter(**SEVEN)
    [found] = findings(row, *NODES_MET, item, moment="2026-03-20 09:00", under=policies_with(warn, "warn"))
    assert (found.rule, found.is_error) == ("applied_too_late", False)


@pytest.mark.parametrize(
    ("limit", "reports", "latest"),
    [
        (TimeLimit.ONE_MONTH, (), "2026-03-07 09:30"),
        (TimeLimit.ONE_MONTH, (report("7天", "2026-03-06 09:00"),), "2026-03-31 09:30"),
        (TimeLimit.ONE_MONTH, (report("3天", "2026-03-04 09:00"),), "2026-03-07 09:30"),
        (TimeLimit.THREE_DAYS, (), "2026-03-03 09:30"),
    ],
    ids=["七天节点未报", "七天节点已报算一个月", "只报了三天节点", "没有七天节点算最后一个"],
)
def test_从下一个未报的七天或一个月节点倒算(limit: TimeLimit, reports: tuple[object, ...], latest: str) -> None:
    minute_later = latest[:-2] + f"{int(latest[-2:]) + 1:02}"
    approved = {"approved_at": "2026-04-01 16:00"}
    for applied, passes in ((latest, True), (minute_later, False)):
        got = since(*reports, transfer(applied, **approved), moment="2026-04-02 09:00", time_limit=limit)
        assert (got is not None) is passes


def test_七天节点提前报了_临近七天再申请也不迟() -> None:
    month, item = {"time_limit": TimeLimit.ONE_MONTH}, transfer("2026-03-08 10:00", approved_at="2026-03-08 16:00")
    assert since(report("7天", "2026-03-06 09:00"), item, **month) == at("2026-03-08 16:00")
    assert since(report("3天", "2026-03-04 09:00"), item, **month) is None


def test_期限经批准改过的_按改后的倒算() -> None:
    first = extension(
        "2026-03-05 10:00",
        kind=ExtensionKind.NEW_DEADLINE,
        new_due="2026-03-30",
        approver="孙某",
        approver_rank="分管副秘书长",
        approved_at="2026-03-05 16:00",
        result=ExtensionResult.AGREED,
    )
    row = {"time_limit": TimeLimit.FIXED_DATE, "fixed_due": "2026-03-20"}
    met = (report("7天", "2026-03-04 15:00"),)
    approved = {"approved_at": "2026-03-29 16:00"}
    for applied, passes in (("2026-03-28 17:30", True), ("2026-03-28 17:31", False)):
        got = since(*met, first, transfer(applied, **approved), moment="2026-04-02 09:00", **row)
        assert (got is not None) is passes


# ---- 方案、目标、同意 ----


@pytest.mark.parametrize(
    ("gap", "rule", "field", "counts"),
    [
        ({"plan": ""}, "plan_missing", "plan", False),
        ({"approver": ""}, "consent_incomplete", "approver", False),
        ({"approved_at": None}, "consent_incomplete", "approved_at", False),
        ({"kind": None}, "extension_kind_missing", "kind", False),
        ({"kind": ExtensionKind.NEW_DEADLINE, "approver_rank": "市长"}, "new_deadline_missing", "new_due", False),
    ],
    ids=["没有方案", "没有同意人", "没有同意时间", "没有申请类型", "调整期限没有新期限"],
)
def test_缺方案_目标_同意的(gap: dict[str, object], rule: str, field: str, counts: bool) -> None:
    item = transfer(**gap)
    assert told(*NODES_MET, item) == [(rule, field, True)]
    assert (since(*NODES_MET, item) is not None) is counts


@pytest.mark.parametrize(("board", "clause"), [(Board.KEY_TASK, "SZ2-4"), (Board.REFORM, "SZ3-4")])
def test_两个专项版块引各自的条款(board: Board, clause: str) -> None:
    source = {Board.KEY_TASK: "政府工作报告", Board.REFORM: "市委市政府部署"}[board]
    row = matter(board=board, source=source, **SEVEN)
    [found] = findings(row, *NODES_MET, transfer(plan=""), moment="2026-03-20 09:00")
    assert (found.rule, found.clause) == ("plan_missing", clause)


# ---- 同意之后 ----


def test_同意前时钟照走_同意时未办节点终止_已逾期的记录保留() -> None:
    item = transfer(approved_at="2026-03-09 16:00")  # the 7天 node was due at 09:30
    before = duties(matter(**SEVEN), *NODES_MET, item, moment="2026-03-09 15:59")["7天"]
    assert before.is_overdue(at("2026-03-09 15:59"))
    after = duties(matter(**SEVEN), *NODES_MET, item, moment="2026-03-09 16:00")["7天"]
    assert (after.ended_at, after.ended_by, after.fulfilled_at) == (at("2026-03-09 16:00"), "SZ1-16", None)
    assert not after.is_open(at("2026-03-09 16:00"))
    assert after.went_overdue(at("2026-03-20 09:00"))


def test_转入以后报送节点_不算已办() -> None:
    late = report("7天", "2026-03-09 10:00")
    owed = duties(matter(**SEVEN), *NODES_MET, transfer(), late, moment="2026-03-20 09:00")
    assert owed["7天"].fulfilled_at is None


def test_转入后状态为持续推进_按月报告_每周提醒_不再催节点() -> None:
    row = matter(**SEVEN)
    standing = case(row, *NODES_MET, transfer(), moment="2026-03-09 09:00").standing
    assert standing.status(at("2026-03-09 09:00")) is Status.LONG_RUNNING
    owed = duties(row, *NODES_MET, transfer(), moment="2026-04-15 09:00")
    assert [name for name in owed if name.startswith("月报")] == ["月报 2026-03", "月报 2026-04"]
    sent = messages(ledger(row, *NODES_MET, transfer()), "2026-03-08 16:00", "2026-03-24")
    weekly = [(f"{sms.at:%m-%d %H:%M}", sms.kind) for sms in sent]
    assert weekly == [(day, MessageKind.WEEKLY) for day in ("03-09 09:00", "03-16 09:00", "03-23 09:00")]


def test_改后的期限_报送算在新期限上_原期限已终止() -> None:
    moved = extension(
        "2026-03-06 10:00",
        kind=ExtensionKind.NEW_DEADLINE,
        old_due="2026-03-09 09:30",
        new_due="2026-03-20",
        approver="孙某",
        approver_rank="分管副秘书长",
        approved_at="2026-03-06 16:00",
        result=ExtensionResult.AGREED,
    )
    handed_in = report("7天", "2026-03-19 10:00")
    row = matter(**SEVEN)
    found = case(row, *NODES_MET, moved, handed_in, moment="2026-03-25 09:00")
    sevens = [duty for duty in duties_of(found) if duty.name == "7天" and not duty.is_announcement]
    assert [(duty.due, duty.ended_at, duty.fulfilled_at) for duty in sevens] == [
        (at("2026-03-09 09:30"), at("2026-03-06 16:00"), None),
        (at("2026-03-20 17:30"), None, at("2026-03-19 10:00")),
    ]


@pytest.mark.parametrize(
    ("old", "expected"), [("2026-03-09 09:30", []), ("2026-03-05 09:30", []), ("2026-03-10", ["old_deadline_differs"])]
)
def test_原期限要与当时的期限相符(old: str, expected: list[str]) -> None:
    moved = transfer(kind=ExtensionKind.NEW_DEADLINE, old_due=old, new_due="2026-03-20", approver_rank="分管副市长")
    assert [rule for rule, *_ in told(*NODES_MET, moved)] == expected


MUTANTS = (
    policy_value("SZ1-16", "long_running.apply_hours_ahead", 47),
    policy_value("SZ1-16", "long_running.apply_hours_ahead", 49),
    policy_value("SZ1-16", "long_running.needs_plan", False),
    replaced("SZ1-16", extension_module, "_late", lambda item, policy, limit: iter(())),
    replaced("SZ1-16", extension_module, "_decision", lambda item, policy: iter(())),
    replaced("SZ1-16", extension_module, "_as_agreed", lambda ladder, at, before, policy: ladder),
    replaced("SZ1-16", extension_module, "_met_before", lambda at, ladder, known: 0),
    replaced("SZ1-16", fulfilment, "_ended", lambda duty, case: duty),
    taken_out("SZ1-16", procedure, "CHECKS", extension_checks.override_explained),
    taken_out("SZ1-16", procedure, "CHECKS", extension_checks.old_deadline_as_it_stood),
    taken_out("SZ1-16", paragraphs, "PARAGRAPHS", recurring.monthly_reports),
    taken_out("SZ1-16", paragraphs, "PARAGRAPHS", recurring.weekly_follow_up),
)
