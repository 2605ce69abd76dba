"""保山第六条（二）：承办科室跟踪督办；每月25日没有报送的，短信告知承办科室。"""

import pytest

from engine.sample.words import Regime, TimeLimit
from tests.clauses.builders import Record, report
from tests.clauses.clause import clause
from tests.clauses.mutants import schedule_row
from tests.clauses.test_meeting_duties import HANDLING, LEAD, sent_for

SPAN = {"start": "2026-04-25 09:01", "end": "2026-04-29 00:00", "time_limit": TimeLimit.LONG}


@clause("BS-6.2")
def test_没有报送的_次一工作日九时告知承办科室_不再催承办单位() -> None:
    assert sent_for("月报", **SPAN) == [("04-27 09:00", HANDLING)]  # 25 April 2026 is a Saturday


@clause("BS-6.2")
@pytest.mark.parametrize(
    ("reported_at", "told"), [("2026-04-27 08:59", 0), ("2026-04-27 09:00", 0), ("2026-04-27 09:01", 1)]
)
def test_告知之前报送的_不再告知(reported_at: str, told: int) -> None:
    late: Record = report("月报", reported_at, unit=LEAD, period="2026-04")
    assert len(sent_for("月报", late, **SPAN)) == told


MUTANTS = (schedule_row("BS-6.2", Regime.BAOSHAN, duty="月报", text="月报请催"),)
