"""保山第八条（三）：难以按时办结的，在时限内说明情况；经分管领导同意才调整期限，历史保留。"""

from dataclasses import replace

import pytest

from engine.facts.kinds import ExtensionKind, ExtensionResult
from engine.rules.duties import standing
from tests.clauses.builders import Record, at, extension
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced
from tests.clauses.test_meeting_duties import owed_by_all


def change(**changes: object) -> Record:
    agreed = {
        "kind": ExtensionKind.NEW_DEADLINE,
        "new_due": "2026-04-10",
        "approver": "李某",
        "approver_rank": "分管副市长",
        "approved_at": "2026-03-19 10:00",
        "result": ExtensionResult.AGREED,
    }
    return extension("2026-03-18 10:00", **(agreed | changes))


def _final(*records: Record) -> list[tuple[object, object]]:
    return [(duty.due, duty.ended_at) for duty in owed_by_all(*records) if duty.name == "指定日期"]


@clause("BS-8.3")
def test_经批准调整期限_原期限终止_历史保留() -> None:
    assert _final(change()) == [
        (at("2026-03-20 17:30"), at("2026-03-19 10:00")),
        (at("2026-04-10 17:30"), None),
    ]


@clause("BS-8.3")
@pytest.mark.parametrize(
    "unapproved",
    [{"result": None}, {"result": ExtensionResult.REFUSED}, {"approved_at": None}],
    ids=["未批", "不同意", "没有同意时间"],
)
def test_未经批准_期限不变(unapproved: dict[str, object]) -> None:
    assert _final(change(**unapproved)) == [(at("2026-03-20 17:30"), None)]


@clause("BS-8.3")
@pytest.mark.parametrize(
    ("applied", "counts"),
    [("2026-03-20 17:30", True), ("2026-03-20 17:31", False)],
    ids=["时限内提出", "过时提出"],
)
def test_须在办结时限内提出(applied: str, counts: bool) -> None:
    late = replace(change(approved_at="2026-03-21 10:00"), applied_at=at(applied))
    assert (len(_final(late)) == 2) is counts


MUTANTS = (replaced("BS-8.3", standing, "_new_deadlines", lambda extensions, policy: ()),)
