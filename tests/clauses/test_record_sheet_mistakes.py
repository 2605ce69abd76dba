"""反馈记录、延期申请、办结审核、督办记录里常见的填错：指出哪一格、怎么改，别的行照常办理。"""

from datetime import datetime, timedelta

import pytest

from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.ledger.headings.finding_text import render
from engine.ledger.reading.ledger import FACT_SHEETS, build_ledger
from engine.ledger.reading.sheet_cells import SheetCells
from engine.ledger.template.workbook import setting_rows
from engine.policy.loading import shipped_policies
from engine.policy.workdays import Workdays
from engine.review.check import check
from engine.rules.duties.paragraphs import duties_of, open_case
from tests.clauses.builders import policy
from tests.service.office import LEDGER_ID, T0, UNITS, Row, matter_row, report_row

NUMBER, LONG = "2026-日-0001", "2026-日-0002"
NOW = datetime(2026, 3, 20, 9, 0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MATTERS = [
    matter_row(NUMBER, notice_issued_at=T0 + HOUR, approved_at=T0 - HOUR),
    matter_row(LONG, limit="长期", notice_issued_at=T0 + HOUR, approved_at=T0 - HOUR, status="持续推进"),
]
GOOD = report_row(NUMBER, "3天", T0 + DAY)
AGREED = {
    "matter": NUMBER,
    "applied_at": T0 + HOUR,
    "kind": "转持续推进",
    "reason": "工期长",
    "plan": "方案",
    "stage_goal": "目标",
    "approver": "钱某",
    "approved_at": T0 + 2 * HOUR,
    "result": "同意",
}
APPLIED = {"matter": NUMBER, "applied_at": T0 + 5 * HOUR}
CALL = {"matter": NUMBER, "at": T0 + 30 * HOUR, "method": "电话催办", "unit": "市教育局"}


def book(**sheets: list[Row]) -> Ledger:
    """The ledger that these rows make, by the parser of the file and of the open book."""
    settings = {"台账标识": LEDGER_ID, "制度方案": "朔州", "短信签名": "市政府督查室", "联系电话": "0349-2020000"}
    rows = {"matters": MATTERS, "units": UNITS, "settings": setting_rows(settings), **sheets}
    return build_ledger(
        {
            sheet.key: SheetCells.from_rows(
                sheet.name,
                [
                    [column.heading for column in sheet.columns],
                    *([row.get(column.field) for column in sheet.columns] for row in rows.get(sheet.key, ())),
                ],
            )
            for sheet in FACT_SHEETS
        }
    )


def found(**sheets: list[Row]) -> list[Finding]:
    """What a check finds in these sheets. The good report stands behind the bad rows."""
    ledger = book(**(sheets | {"reports": [*sheets.get("reports", []), GOOD]}))
    owed = duties_of(open_case(ledger.matters[0], ledger.records_of(NUMBER), policy(), Workdays(), NOW))
    met = next(duty for duty in owed if duty.name == "3天" and not duty.is_announcement)
    assert met.fulfilled_at, "a bad row must not stall the good one"
    findings = [one for one in check(ledger, shipped_policies(), NOW) if one.place.sheet in ("reports", *sheets)]
    for one in findings:
        line = render(one, ledger.letters)
        assert one.problem.endswith("。")
        assert one.remedy.endswith("。")
        assert f"第{one.place.row}行" in line or f"{one.place.row}「" in line
    return findings


def rules(findings: list[Finding], row: int = 2) -> set[tuple[str, str | None]]:
    return {(one.rule, one.place.field) for one in findings if one.place.row == row}


REPORTED = {"matter": NUMBER, "unit": "市教育局", "node": "1天", "reported_at": T0 + HOUR, "result": "待审核"}


@pytest.mark.parametrize(
    ("bad", "rule", "field"),
    [
        ({"matter": "2026-日-0009"}, "unknown_matter", "matter"),
        ({"matter": ""}, "unknown_matter", "matter"),
        ({"matter": LONG, "node": "月报", "period": "2026-13"}, "period_unreadable", "period"),
        ({"matter": LONG, "node": "月报", "period": "3月"}, "period_unreadable", "period"),
        ({"matter": LONG, "node": "月报", "period": "2026-3"}, "period_form", "period"),
        ({"matter": LONG, "node": "月报", "period": "2026-02"}, "period_not_owed", "period"),
        ({"matter": LONG, "node": "季报", "period": "2026Q1"}, "period_not_owed", "period"),
        ({"reported_at": T0 - HOUR}, "impossible_history", "reported_at"),
        ({"reported_at": "收到了"}, None, "reported_at"),
        ({"reported_at": None}, "time_missing", "reported_at"),
        ({"node": "10天"}, None, "node"),
        ({"node": "1个月"}, "node_not_owed", "node"),
        ({"result": "退回"}, "return_reason_missing", "return_reason"),
        ({"rectification_due": T0 + DAY}, "return_contradicted", "rectification_due"),
        ({"unit": "没有的局"}, None, "unit"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_反馈记录(bad: Row, rule: str | None, field: str) -> None:
    told = rules(found(reports=[REPORTED | bad]))
    assert (rule, field) in told if rule else field in {where for _, where in told}


@pytest.mark.parametrize(
    ("bad", "rule", "field"),
    [
        ({"matter": "2026-日-0009"}, "unknown_matter", "matter"),
        ({"applied_at": T0 - HOUR}, "impossible_history", "applied_at"),
        ({"applied_at": "上周"}, None, "applied_at"),
        ({"applied_at": None}, "time_missing", "applied_at"),
        ({"approved_at": T0 + HOUR / 2}, "impossible_history", "approved_at"),
        ({"approved_at": "已同意"}, None, "approved_at"),
        ({"approver": ""}, "consent_incomplete", "approver"),
        ({"plan": ""}, "plan_missing", "plan"),
        ({"kind": ""}, "extension_kind_missing", "kind"),
        ({"kind": "延期"}, None, "kind"),
        ({"kind": "调整期限"}, "new_deadline_missing", "new_due"),
        ({"applied_at": T0 + 25 * HOUR, "approved_at": T0 + 26 * HOUR}, "applied_too_late", "applied_at"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_延期申请(bad: Row, rule: str | None, field: str) -> None:
    # the transfer would end the node that the good report meets; here only what is wrong with it matters
    row = AGREED | {"approved_at": T0 + 48 * HOUR} | bad
    told = rules(found(extensions=[row]))
    assert (rule, field) in told if rule else field in {where for _, where in told}


def test_延期申请_又同意又不同意() -> None:
    refused = AGREED | {"approved_at": T0 + 48 * HOUR, "result": "不同意"}
    told = rules(found(extensions=[AGREED | {"approved_at": T0 + 48 * HOUR}, refused]), row=3)
    assert ("contradictory_rows", "result") in told


@pytest.mark.parametrize(
    ("bad", "rule", "field"),
    [
        ({"matter": "2026-日-0009"}, "unknown_matter", "matter"),
        ({"applied_at": T0 - HOUR}, "impossible_history", "applied_at"),
        ({"applied_at": "近日"}, None, "applied_at"),
        ({"talks": "三次多"}, None, "talks"),
        ({"result": "办结"}, "close_out_step_missing", "finalized_at"),
        ({"result": "退回"}, "rectification_date_missing", "rectification_due"),
        ({"finalizer": "孙某", "finalizer_rank": "科长"}, None, "finalizer_rank"),
        ({"grade": "不合格", "result": "办结"}, "failed_but_closed", "result"),
        ({"rectification_due": T0 + 9 * DAY}, "rectification_date_unused", "rectification_due"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_办结审核(bad: Row, rule: str | None, field: str) -> None:
    told = rules(found(completions=[APPLIED | bad]))
    assert (rule, field) in told if rule else field in {where for _, where in told}


def test_办结审核_同一申请两个结果() -> None:
    sent_back = APPLIED | {"result": "退回", "rectification_due": T0 + 9 * DAY}
    told = rules(found(completions=[APPLIED, sent_back]), row=3)
    assert ("contradictory_rows", "result") in told


@pytest.mark.parametrize(
    ("bad", "rule", "field"),
    [
        ({"matter": "2026-日-0009"}, "unknown_matter", "matter"),
        ({"at": T0 - HOUR}, "impossible_history", "at"),
        ({"at": "下午"}, None, "at"),
        ({"at": None}, "time_missing", "at"),
        ({"method": "骂了一顿"}, None, "method"),
        ({"method": "重点督办"}, "escalation_not_approved", "approver"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_督办记录(bad: Row, rule: str | None, field: str) -> None:
    told = rules(found(supervisions=[CALL | bad]))
    assert (rule, field) in told if rule else field in {where for _, where in told}


def test_督办记录_登了两遍() -> None:
    assert ("repeated_row", "at") in rules(found(supervisions=[CALL, CALL]), row=3)


def test_填对的没有话说() -> None:
    good = found(reports=[REPORTED], supervisions=[CALL], extensions=[AGREED | {"approved_at": T0 + 48 * HOUR}])
    assert [finding.rule for finding in good] == ["short_limit_extended"]  # the matter has three days
