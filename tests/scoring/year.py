"""A year of three units, small enough to be reckoned by hand. What each got stands in ``test_year_by_hand``."""

from typing import Any

from engine.facts.kinds import CompletionResult, ReviewResult, SupervisionMethod
from engine.facts.matter import Matter
from engine.sample.words import Grade, TimeLimit
from tests.clauses.builders import completion, matter, report, supervision
from tests.clauses.points import item

EDUCATION, HOUSING, COUNTY = "市教育局", "市住建局", "朔城区人民政府"
EXCELLENT = {
    "grade": Grade.EXCELLENT,
    "grader": "秘书一科",
    "grade_approver": "孙某",
    "grade_approver_rank": "分管副秘书长",
    "grade_approved_at": "2026-03-04 09:00",
    "requester": "秘书一科",
    "requested_at": "2026-03-04 10:00",
    "reviewer": "孙某",
    "reviewer_rank": "分管副秘书长",
    "reviewed_at": "2026-03-04 11:00",
    "finalizer": "李某",
    "finalizer_rank": "分管副市长",
    "finalized_at": "2026-03-04 16:00",
    "result": CompletionResult.COMPLETED,
}


def taken_in(number: str, day: str, unit: str, **changes: Any) -> Matter:
    """A matter approved at 09:00, assigned at 09:30 and taken in at 09:35 of a day, due one day later."""
    times = {"approved_at": f"{day} 09:00", "assigned_at": f"{day} 09:30", "initiated_at": f"{day} 09:35"}
    given = {"number": f"2026-日-{number}", "lead_unit": unit, "time_limit": TimeLimit.ONE_DAY, **times, **changes}
    return matter(**given)


def facts() -> list[Any]:
    """All that happened in 2026."""
    sent_back = {"matter": "2026-日-0003", "unit": HOUSING, "result": ReviewResult.SENT_BACK}
    escalated = {"method": SupervisionMethod.ESCALATED, "approver": "孙某", "approved_at": "2026-04-05 10:00"}
    escalated |= {"approver_rank": "分管副秘书长"}
    failed = {name: EXCELLENT[name] for name in ("grader", "grade_approver", "grade_approver_rank")}
    failed |= {"grade": Grade.FAIL, "grade_approved_at": "2026-07-10 10:00"}
    return [
        taken_in("0001", "2026-03-02", EDUCATION),
        completion("2026-03-03 08:00", matter="2026-日-0001", **EXCELLENT),
        item("表彰", "2026-03-20", document="晋政通〔2026〕1号", level="省"),
        item("表彰", "2026-03-20", document="晋政通〔2026〕1号", level="省", unit=HOUSING, role="配合"),
        taken_in("0002", "2026-04-01", EDUCATION),
        report("1天", "2026-04-10 09:00", matter="2026-日-0002"),
        supervision("2026-04-05 10:00", matter="2026-日-0002", **escalated),
        taken_in("0003", "2026-05-06", HOUSING),
        report("1天", "2026-05-07 08:00", reviewed_at="2026-05-07 10:00", **sent_back),
        report("1天", "2026-05-07 09:00", reviewed_at="2026-05-08 10:00", **sent_back),
        item("不配合阻碍", "2026-06-01", unit=COUNTY),
        item("督查发现问题", "2026-06-02", unit=COUNTY),
        item("迟报材料", "2026-08-03", quantity=2),
        item("督查发现问题", "2026-09-30", unit=HOUSING, role="配合"),
        taken_in("0004", "2026-07-01", COUNTY, passively_included=True),
        completion("2026-07-02 08:00", matter="2026-日-0004", **failed, result=CompletionResult.SENT_BACK),
        taken_in("0005", "2026-10-12", COUNTY),
        report("1天", "2026-10-13 10:30", matter="2026-日-0005", unit=COUNTY),
    ]
