"""责任追究办法：线索由程序发现或由人登记，步骤依次进行；处理由人决定。保山第九条。"""

from typing import Any

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import ReviewResult
from engine.facts.records import Clue
from engine.rules.points import accountability
from engine.rules.points.accountability import check_clues, clues
from engine.sample.words import Board, Regime, TimeLimit
from tests.clauses.builders import LEAD, at, baoshan, completion, matter, report
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced
from tests.clauses.points import account, exclusion, faults, found, item, points

# ---- 第五条（二）无正当理由超过规定落实时限2天以上的 ----


def seen(*facts: Any, **given: Any) -> list[tuple[str, str]]:
    """The clues that the matters show: clause and day."""
    return [(clue.clause, f"{clue.at:%Y-%m-%d %H:%M}") for clue in clues(account(*facts, **given))]


THREE_DAYS = ("SZ5-5.2", "2026-03-07 09:30")  # 3天 is due 03-05 09:30


@clause("SZ5-5")
@pytest.mark.parametrize(
    ("reported", "wanted"),
    [
        ("2026-03-05 09:30", []),
        ("2026-03-07 09:29", []),
        ("2026-03-07 09:30", [THREE_DAYS]),
        ("2026-03-07 09:31", [THREE_DAYS]),
        (None, [THREE_DAYS]),
    ],
)
def test_超过办结期限满2天的_是线索(reported: str | None, wanted: list[object]) -> None:
    """A report is followed at once by the application: by itself it finishes nothing (reading 31)."""
    reports = [report("3天", reported), completion(reported)] if reported else []
    assert seen(matter(), *reports) == wanted


@clause("SZ5-5")
@pytest.mark.parametrize(("moment", "wanted"), [("2026-03-07 09:29", []), ("2026-03-07 09:30", [THREE_DAYS])])
def test_满48小时那一分钟起(moment: str, wanted: list[object]) -> None:
    assert seen(matter(), moment=moment) == wanted


@clause("SZ5-5")
def test_中间节点逾期不是线索() -> None:
    assert seen(matter(), report("3天", "2026-03-05 09:00"), completion("2026-03-05 09:10")) == []


@clause("SZ5-5")
@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"overdue_reason": "暴雨停工", "reason_recognizer": "孙某"}, []),
        ({"overdue_reason": "暴雨停工"}, [THREE_DAYS]),
        ({"reason_recognizer": "孙某"}, [THREE_DAYS]),
    ],
)
def test_有认定的理由的不是线索(changes: dict[str, str], wanted: list[object]) -> None:
    assert seen(matter(**changes)) == wanted


@clause("SZ5-5")
def test_整改期限也算() -> None:
    back = report(
        "3天",
        "2026-03-04 08:00",
        result=ReviewResult.SENT_BACK,
        reviewed_at="2026-03-04 09:00",
        rectification_due="2026-03-06 09:00",
    )
    assert seen(matter(), back) == [("SZ5-5.2", "2026-03-08 09:00")]


@clause("SZ5-5")
def test_经批准剔除的不是线索() -> None:
    assert seen(matter(), exclusion("3天")) == []


@clause("SZ5-5")
def test_同一线索编号不变_不同线索编号不同() -> None:
    first, again = (clues(account(matter(), moment=moment))[0] for moment in ("2026-03-08 09:00", "2026-03-30 09:00"))
    assert first.number == again.number
    other = clues(account(matter(number="2026-日-0002")))[0]
    assert other.number != first.number
    assert LEAD in first.unit
    assert "未报送" in first.evidence


# ---- 保山第九条：多次催办仍不落实；通报并提出扣分意见 ----


def of_baoshan(**changes: Any) -> Any:
    stamped = {"number": "2026-常-0001", "initiated_at": "2026-03-02 10:00", "lead_unit": LEAD}
    return baoshan(**(stamped | changes))


@clause("BS-9")
def test_保山_三次催办后仍不落实的_建议扣分() -> None:
    facts = (of_baoshan(fixed_due="2026-03-06"),)
    assert seen(*facts, regime=Regime.BAOSHAN, moment="2026-03-12 08:59") == []
    (clue,) = clues(account(*facts, regime=Regime.BAOSHAN, moment="2026-03-12 09:00"))
    assert (clue.clause, clue.unit) == ("BS-9", LEAD)
    assert "建议通报并扣1分" in clue.evidence


@clause("BS-9")
@pytest.mark.parametrize("case", ["一", "二", "三"])
def test_保山_通报扣分按情形(case: str) -> None:
    row = item("保山通报扣分", case=case)
    assert points(row, regime=Regime.BAOSHAN) == [("保山通报扣分", -1, "2026-03-05")]


@clause("BS-9")
@pytest.mark.parametrize("case", ["", "四"])
def test_保山_没有写明情形的不扣并提示(case: str) -> None:
    assert points(item("保山通报扣分", case=case), regime=Regime.BAOSHAN) == []
    assert faults(item("保山通报扣分", case=case), regime=Regime.BAOSHAN) == ["circular_without_case"]


@clause("BS-9")
def test_保山不按朔州办法计分() -> None:
    assert points(of_baoshan(), regime=Regime.BAOSHAN, moment="2026-06-30 09:00") == []


# ---- 第六条至第十条：方式和步骤 ----

STEPS = {
    "handed_over_at": "2026-04-01",
    "handed_over_document": "移交1号",
    "verified_at": "2026-04-05",
    "verified_document": "核查1号",
    "opinion_at": "2026-04-10",
    "opinion_document": "意见1号",
    "reviewed_at": "2026-04-12",
    "re_examined_at": "2026-04-15",
    "re_examination": "同意",
    "carried_out_at": "2026-04-20",
    "carried_out_document": "实施1号",
    "unit_mode": "通报",
    "result_agreed_at": "2026-04-25",
    "applied_at": "2026-04-28",
    "applied_document": "应用1号",
}


def clue_faults(**changes: Any) -> list[str]:
    """What is wrong with one row of 问责线索."""
    given = {"unit": LEAD, "clause": "SZ5-5.2", "route": "核查", **STEPS, **changes}
    typed = {name: at(v) if name.endswith("_at") and isinstance(v, str) else v for name, v in given.items()}
    row = Clue(Place("clues", 3), **typed)
    book = account(matter(), clues=(row,), moment="2026-05-01 09:00")
    return [finding.rule for finding in check_clues(book)]


@clause("SZ5-9")
def test_五步依次走完的没有问题() -> None:
    assert clue_faults() == []


@clause("SZ5-9")
@pytest.mark.parametrize(
    "skipped", ["handed_over_at", "verified_at", "opinion_at", "reviewed_at", "re_examined_at", "carried_out_at"]
)
def test_跳过一步的提示(skipped: str) -> None:
    assert "step_skipped" in clue_faults(**{skipped: None})


@clause("SZ5-9")
@pytest.mark.parametrize(
    ("field", "moment", "wanted"),
    [
        ("verified_at", "2026-03-31", ["step_reversed"]),
        ("verified_at", "2026-04-01", []),
        ("opinion_at", "2026-04-04", ["step_reversed"]),
        ("applied_at", "2026-04-24", ["step_reversed"]),
    ],
)
def test_次序颠倒的提示_同一天的不算(field: str, moment: str, wanted: list[str]) -> None:
    assert clue_faults(**{field: moment}) == wanted


@clause("SZ5-10")
def test_第十条_直接转交不经核查() -> None:
    direct = {"route": "直接转交", "verified_at": None, "verified_document": ""}
    assert clue_faults(**direct) == []
    assert clue_faults(route="直接转交") == ["direct_but_verified"]
    assert clue_faults(verified_at=None) == ["step_skipped"]


@clause("SZ5-9")
@pytest.mark.parametrize("field", ["handed_over_document", "verified_document", "opinion_document", "applied_document"])
def test_每一步都有文号(field: str) -> None:
    assert clue_faults(**{field: ""}) == ["step_without_document"]


@clause("SZ5-9", "SZ5-6", "SZ5-8")
def test_复核退回的不能实施() -> None:
    assert clue_faults(re_examination="退回") == ["returned_but_carried_out"]
    not_yet = dict.fromkeys(("carried_out_at", "result_agreed_at", "applied_at"))
    assert clue_faults(re_examination="退回", unit_mode="", carried_out_document="", **not_yet) == []


@clause("SZ5-6", "SZ5-7", "SZ5-8")
@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"unit_mode": ""}, ["mode_missing"]),
        ({"unit_mode": "", "person_modes": "诫勉", "persons": "张某"}, []),
        ({"person_modes": "检查、诫勉", "persons": "张某"}, []),
        ({"person_modes": "罚款", "persons": "张某"}, ["mode_unknown"]),
        ({"person_modes": "诫勉"}, ["persons_missing"]),
        ({"unit": ""}, ["clue_incomplete"]),
        ({"clause": ""}, ["clue_incomplete"]),
        ({"matter": "2026-日-9999"}, ["clue_unknown_matter"]),
    ],
)
def test_方式只限规定的几种_可单独可合并(changes: dict[str, str], wanted: list[str]) -> None:
    assert clue_faults(**changes) == wanted


@clause("SZ5-9", "SZ4-14")
@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, ["not_agreed"]),
        ({"agreed_by": "市长"}, ["not_agreed"]),
        ({"agreed_by": "市长", "agreed_at": "2026-03-30"}, []),
        ({"agreed_by": "市长", "agreed_at": "2026-04-02"}, ["step_reversed"]),
    ],
)
def test_连续倒数的须经市政府同意(changes: dict[str, str], wanted: list[str]) -> None:
    assert clue_faults(clause="SZ4-14", **changes) == wanted


# ---- 保山第十条：按程序向监察机关提交线索，由监察机关处理 ----

SUBMITTED = {
    "clause": "BS-10",
    "route": "提交监察机关",
    "evidence": "压办两个月，造成资金损失",
    "department": "市监察委员会",
    **dict.fromkeys(("verified_at", "opinion_at", "reviewed_at", "re_examined_at", "result_agreed_at")),
    **dict.fromkeys(("verified_document", "opinion_document", "re_examination", "unit_mode"), ""),
}


@clause("BS-10")
@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, []),
        ({"carried_out_at": None, "applied_at": None}, []),
        ({"route": "核查"}, ["not_to_supervisory_organ"]),
        ({"route": ""}, []),
        ({"evidence": ""}, ["clue_without_facts"]),
        ({"department": ""}, ["organ_missing"]),
        ({"handed_over_at": None, "applied_at": None}, ["step_skipped"]),
        ({"carried_out_at": "2026-03-31"}, ["step_reversed"]),
        ({"carried_out_at": "2026-04-01"}, []),
        ({"applied_at": "2026-03-31"}, ["step_reversed"]),
        ({"handed_over_document": ""}, ["step_without_document"]),
    ],
)
def test_向监察机关提交线索(changes: dict[str, Any], wanted: list[str]) -> None:
    assert clue_faults(**(SUBMITTED | changes)) == wanted


@clause("SZ5-9")
def test_提示有位置和改法() -> None:
    (finding,) = found(matter(time_limit=TimeLimit.ONE_DAY, board=Board.DAILY), exclusion("3天"))
    assert (finding.place.sheet, finding.place.row) == ("point_exclusions", 3)
    assert finding.remedy


MUTANTS = (
    replaced("SZ5-5", accountability, "over_two_days", lambda scored: iter(())),
    replaced("SZ5-5", accountability, "stood_late", lambda duty, span, now: duty.due < now),
    replaced("BS-9", accountability, "urged_in_vain", lambda scored: iter(())),
    replaced("BS-10", accountability, "_to_supervisory_organ", lambda *_: iter(())),
    replaced("BS-10", accountability, "_TO_SUPERVISORY_ORGAN", ("BS-9",)),
    replaced("SZ5-9", accountability, "_in_turn", lambda *_: iter(())),
    replaced("SZ5-9", accountability, "_documented", lambda *_: iter(())),
    replaced("SZ5-10", accountability, "_steps", lambda _: ()),
    replaced("SZ5-6", accountability, "_decided", lambda *_: iter(())),
    replaced("SZ5-7", accountability, "_PERSON_MODES", ("罚款",)),
    replaced("SZ5-8", accountability, "_decided", lambda *_: iter(())),
)
