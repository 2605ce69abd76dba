"""暂行办法第九条（短信告知谁）、第十三条（二）反馈、（三）退回与限期整改 (readings 12, 20)。"""

from dataclasses import replace

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import FollowUp, MessageKind, ReviewResult
from engine.facts.records import Report
from engine.rules.checks import history, procedure, records, reports
from engine.rules.duties import announcements, standing
from engine.sample.words import TimeLimit
from tests.clauses.builders import NUMBER, at, case, duties, findings, ledger, matter, messages, report
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced, schedule_row, taken_out

LEAD, OFFICE = "市教育局", "秘书一科"
HANDED_IN = "2026-03-02 15:00"


def returned(reported_at: str = HANDED_IN, node: str = "1天", **changes: object) -> Report:
    """A report sent back with its reason, follow-up and date."""
    back = {
        "result": ReviewResult.SENT_BACK,
        "reviewer": "李科长",
        "reviewed_at": "2026-03-02 16:00",
        "return_reason": "没有佐证材料",
        "follow_up": FollowUp.KEEP_WORKING,
        "rectification_due": "2026-03-04",
    }
    return report(node, reported_at, **(back | changes))


def told(*reports: Report, moment: str = "2026-03-20 09:00", **changes: object) -> list[tuple[str, str | None, bool]]:
    return [(f.rule, f.place.field, f.is_error) for f in findings(matter(**changes), *reports, moment=moment)]


def sent(*reports: Report, start: str, end: str, **changes: object) -> list[tuple[str, MessageKind, str, str, str]]:
    return [
        (f"{sms.at:%m-%d %H:%M}", sms.kind, sms.to.unit, sms.to.role.value, sms.covers[0].clause)
        for sms in messages(ledger(matter(**changes), *reports), start, end)
    ]


@clause("SZ1-9")
def test_下发通知时告知承办单位具体责任人() -> None:
    assert sent(start="2026-03-02 09:40", end="2026-03-02 12:00", notice_issued_at="2026-03-02 10:00") == [
        ("03-02 10:00", MessageKind.ASSIGNMENT, LEAD, "具体责任人", "SZ1-9")
    ]


@clause("SZ1-9")
def test_没有下发就不告知() -> None:
    assert sent(start="2026-03-02 09:40", end="2026-03-02 12:00") == []


# ---- 第十三条（二） ----


@clause("SZ1-13.2", "SZ1-9")
def test_承办单位报送_短信告知立项主体具体责任人() -> None:
    assert sent(report("1天", HANDED_IN), start="2026-03-02 14:59", end="2026-03-03 04:31") == [
        ("03-02 15:00", MessageKind.REPORT_RECEIVED, OFFICE, "具体责任人", "SZ1-13.2")
    ]


@clause("SZ1-13.2")
def test_同一节点报两次_告知两次() -> None:
    again = report("1天", "2026-03-02 17:00", place=Place("reports", 4))
    found = sent(report("1天", HANDED_IN), again, start="2026-03-02 12:00", end="2026-03-02 18:00")
    assert [when for when, *_ in found] == ["03-02 15:00", "03-02 17:00"]


@clause("SZ1-13.2")
def test_只写日期的报送_按下班时告知() -> None:
    found = sent(report("1天", "2026-03-02"), start="2026-03-02 00:00", end="2026-03-03")
    assert [when for when, *_ in found] == ["03-02 17:30"]


# ---- 第十三条（三） ----


@clause("SZ1-13.3")
def test_退回_通知承办单位_整改期限成为新的期限() -> None:
    assert sent(returned(), start="2026-03-02 15:01", end="2026-03-02 20:00") == [
        ("03-02 16:00", MessageKind.SENT_BACK, LEAD, "具体责任人", "SZ1-13.3")
    ]
    owed = duties(matter(), returned(), moment="2026-03-03 09:00")
    assert (owed["整改 1"].due, owed["整改 1"].owed_by, owed["整改 1"].clause) == (
        at("2026-03-04 17:30"),
        LEAD,
        "SZ1-13.3",
    )


@clause("SZ1-13.3")
def test_退回前的报送仍算按时报送_整改另算(  # reading 12
) -> None:
    owed = duties(matter(), returned(), moment="2026-03-10 09:00")
    assert owed["1天"].fulfilled_at == at(HANDED_IN)
    assert owed["整改 1"].is_overdue(at("2026-03-10 09:00"))


@clause("SZ1-13.3")
def test_整改有自己的提醒和催办() -> None:
    row = {"time_limit": TimeLimit.ONE_DAY}
    found = sent(returned(), start="2026-03-04", end="2026-03-04 23:00", **row)
    assert [(when, kind) for when, kind, *_ in found] == [
        ("03-04 12:30", MessageKind.REMINDER),
        ("03-04 20:30", MessageKind.URGING),
        ("03-04 22:30", MessageKind.REMINDER),
    ]


@clause("SZ1-13.3")
@pytest.mark.parametrize(
    ("reported", "late"), [("2026-03-04 17:30", False), ("2026-03-04 17:31", True)], ids=["期限当分", "期限后一分"]
)
def test_整改报送以整改期限为准(reported: str, late: bool) -> None:
    again = report("整改", reported, period="1", place=Place("reports", 4))
    owed = duties(matter(), returned(), again, moment="2026-03-10 09:00")["整改 1"]
    assert owed.fulfilled_at == at(reported)
    assert owed.went_overdue(at("2026-03-10 09:00")) is late


@clause("SZ1-13.3")
def test_再次退回_逐次编号_各有期限() -> None:
    second = returned(
        "2026-03-03 15:00",
        "整改",
        period="1",
        reviewed_at="2026-03-03 16:00",
        rectification_due="2026-03-06",
        place=Place("reports", 4),
    )
    owed = duties(matter(), returned(), second, moment="2026-03-10 09:00")
    assert {name: duty.due for name, duty in owed.items() if "整改" in name} == {
        "整改 1": at("2026-03-04 17:30"),
        "整改 2": at("2026-03-06 17:30"),
    }
    ordinals = [back.ordinal for back in case(matter(), returned(), second, moment="2026-03-10 09:00").standing.returns]
    assert ordinals == [1, 2]
    found = messages(ledger(matter(), returned(), second), "2026-03-03 15:30", "2026-03-03 16:01")
    assert ["第2次" in sms.text for sms in found if sms.kind is MessageKind.SENT_BACK] == [True]


@clause("SZ1-13.3")
@pytest.mark.parametrize("way", FollowUp)
def test_退回写全了_三种后续方式都可以(way: FollowUp) -> None:
    assert told(returned(follow_up=way)) == []


@clause("SZ1-13.3")
@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("return_reason", "return_reason_missing"),
        ("follow_up", "follow_up_missing"),
        ("rectification_due", "rectification_date_missing"),
    ],
)
def test_退回要有原因_后续方式_整改期限(field: str, rule: str) -> None:
    bare = returned(**{field: "" if field == "return_reason" else None})
    assert told(bare) == [(rule, field, True)]
    assert [f.clause for f in findings(matter(), bare, moment="2026-03-20 09:00")] == ["SZ1-13.3"]


@clause("SZ1-13.3")
@pytest.mark.parametrize("result", [None, ReviewResult.PENDING, ReviewResult.ACCEPTED])
def test_没有退回却填了退回的内容(result: ReviewResult | None) -> None:
    odd = returned(result=result)
    fields = ("return_reason", "follow_up", "rectification_due")
    assert told(odd) == [("return_contradicted", field, True) for field in fields]


@clause("SZ1-13.3")
def test_审核没有时间_提示按报送时间计() -> None:
    assert told(returned(reviewed_at=None)) == [("review_undated", "reviewed_at", False)]


# ---- 常见的填错 ----


@clause("SZ1-13.1", "SZ1-13.3")
@pytest.mark.parametrize(
    ("handed_in", "changes", "rule", "field", "is_error"),
    [
        (report("7天", HANDED_IN), {}, "node_not_owed", "node", True),
        (report("1天", HANDED_IN), {"time_limit": TimeLimit.LONG}, "node_not_owed", "node", True),
        (report("月报", HANDED_IN, period="2026-03"), {}, "period_not_owed", "period", True),
        (report("季报", HANDED_IN, period="2026Q1"), {}, "period_not_owed", "period", True),
        (report("整改", HANDED_IN, period="1"), {}, "period_not_owed", "period", True),
        (
            report("月报", HANDED_IN, period="2026-02"),
            {"time_limit": TimeLimit.LONG},
            "period_not_owed",
            "period",
            True,
        ),
        (
            report("月报", HANDED_IN, period="2026-04"),
            {"time_limit": TimeLimit.LONG},
            "period_not_owed",
            "period",
            True,
        ),
        (report("月报", HANDED_IN), {"time_limit": TimeLimit.LONG}, "period_missing", "period", False),
        (report("1天", HANDED_IN, unit="市住建局"), {}, "report_of_a_stranger", "unit", True),
        (report("1天", "2026-03-02 08:59"), {}, "impossible_history", "reported_at", True),
        (replace(report("1天", HANDED_IN), reported_at=None), {}, "time_missing", "reported_at", True),
    ],
    ids=[
        "办理时限没有的节点",
        "长期事项没有节点",
        "没有转持续推进却报月报",
        "没有季报的版块",
        "没有退回过却报整改",
        "转入以前的月份",
        "还没到的月份",
        "月报没填期次",
        "别的单位报送",
        "交办以前报送",
        "没有报送时间",
    ],
)
def test_报送填错的(handed_in: Report, changes: dict[str, object], rule: str, field: str, is_error: bool) -> None:
    found = findings(matter(**changes), handed_in, moment="2026-03-20 09:00")
    assert [(f.rule, f.place.sheet, f.place.row, f.place.field, f.is_error, f.matter) for f in found] == [
        (rule, "reports", 3, field, is_error, NUMBER)
    ]
    assert found[0].problem.endswith("。")
    assert found[0].remedy.endswith("。")


@clause("SZ1-13.1")
def test_期次和节点填对的_没有话说() -> None:
    long = {"time_limit": TimeLimit.LONG}
    assert told(report("月报", HANDED_IN, period="2026-03"), **long) == []
    again = report("整改", "2026-03-03 10:00", period="1", place=Place("reports", 4))
    assert told(returned(), again) == []
    assert told(report("", HANDED_IN)) == []
    assert told(report("1天", HANDED_IN, unit="市住建局"), cooperating_units=("市住建局",)) == []


@clause("SZ1-13.3")
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (ReviewResult.ACCEPTED, ReviewResult.SENT_BACK, {"contradictory_rows", "impossible_history"}),
        (ReviewResult.ACCEPTED, ReviewResult.ACCEPTED, {"repeated_row", "impossible_history"}),
        (None, None, {"repeated_row"}),
    ],
    ids=["通过的又退回", "两行都是通过", "两行都没审"],
)
def test_同一次报送登了两行(first: ReviewResult | None, second: ReviewResult | None, expected: set[str]) -> None:
    one = report("1天", HANDED_IN, result=first, reviewed_at="2026-03-02 16:00" if first else None)
    other = report(
        "1天",
        HANDED_IN,
        result=second,
        reviewed_at="2026-03-02 17:00" if second else None,
        place=Place("reports", 4),
        **(
            {"return_reason": "x", "follow_up": FollowUp.INTERVIEW, "rectification_due": "2026-03-05"}
            if second is ReviewResult.SENT_BACK
            else {}
        ),
    )
    found = findings(matter(), one, other, moment="2026-03-20 09:00")
    assert {f.rule for f in found} == expected
    assert {f.place.row for f in found} == {4}
    owed = duties(matter(), one, other, moment="2026-03-20 09:00")
    assert owed["1天"].fulfilled_at == at(HANDED_IN)


@clause("SZ1-13.3")
def test_坏行不连累别的行() -> None:
    right = report("3天", "2026-03-03 09:00", place=Place("reports", 4))
    owed = duties(matter(), report("7天", HANDED_IN), right, moment="2026-03-10 09:00")
    assert owed["3天"].fulfilled_at == owed["1天"].fulfilled_at == at("2026-03-03 09:00")


MUTANTS = (
    schedule_row("SZ1-9", duty="交办"),
    taken_out("SZ1-13.1", procedure, "CHECKS", reports.by_a_unit_of_the_matter),
    taken_out("SZ1-13.1", procedure, "CHECKS", reports.report_meets_a_duty),
    schedule_row("SZ1-13.2", duty="反馈"),
    replaced("SZ1-13.2", announcements, "_reports_received", lambda case, duties: iter(())),
    schedule_row("SZ1-13.3", duty="退回"),
    schedule_row("SZ1-13.3", duty="整改", kind="提醒", slots=["-5h"]),
    schedule_row("SZ1-13.3", duty="整改", kind="催办"),
    *(
        taken_out("SZ1-13.3", procedure, "CHECKS", check)
        for check in (reports.returns_lead_somewhere, reports.reviews_are_dated, records.recorded_once, records.dated)
    ),
    taken_out("SZ1-13.3", procedure, "CHECKS", history.possible),
    replaced("SZ1-13.3", standing, "returns", lambda known, policy: ()),
)
