"""办结申请被退回以后（第十七条，reading 32）：申请期间停下的，还没到期的重新计，过了期的按整改期限。"""

import pytest

from engine.facts.duty import Duty
from engine.facts.finding import Place
from engine.facts.kinds import CompletionResult, MessageKind
from engine.facts.records import Completion
from engine.sample.words import Board, Grade, Regime, TimeLimit
from tests.clauses.builders import (
    Record,
    at,
    closed_out,
    completion,
    duties,
    ledger,
    matter,
    messages,
    policies_with,
    policy_with,
    report,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value

pytestmark = clause("SZ1-17", "SZ1-13.1", "SZ2-4.1", "SZ2-4.2", "SZ3-4.1", "SZ3-4.2")

SEVEN = {"time_limit": TimeLimit.SEVEN_DAYS}
SOURCES = {Board.KEY_TASK: "政府工作报告", Board.REFORM: "市委市政府部署"}


def refused(applied: str, decided: str, rectify: str | None = None, **changes: object) -> Completion:
    """An application graded 不合格, approved and sent back at ``decided``."""
    whole = {name: getattr(closed_out(decided), name) for name in ("grader", "grade_approver", "grade_approver_rank")}
    back = {"grade": Grade.FAIL, "grade_approved_at": decided, "result": CompletionResult.SENT_BACK}
    return completion(applied, **(whole | back | {"rectification_due": rectify} | changes))


def reminders(*facts: Record, start: str, end: str, under: object = None) -> list[str]:
    sent = messages(ledger(matter(**SEVEN), *facts), start, end, under)
    return [f"{sms.covers[0].key.duty} {sms.at:%m-%d %H:%M}" for sms in sent if sms.kind is MessageKind.REMINDER]


def test_七天的事项申请后评为不合格_7天节点照旧提醒() -> None:
    back = refused("2026-03-04 10:00", "2026-03-06 10:00")
    assert reminders(back, start="2026-03-04 10:01", end="2026-03-09 09:30") == ["7天 03-09 04:30"]


def test_读法32_另一种_申请盖过的不再要() -> None:
    back = refused("2026-03-04 10:00", "2026-03-06 10:00")
    under = policies_with("close_out.refused", "stays_met")
    assert reminders(back, start="2026-03-04 10:01", end="2026-03-09 09:30", under=under) == []


def test_申请期间过了的节点不算逾期_按整改期限() -> None:
    back = refused("2026-03-04 10:00", "2026-03-06 10:00", "2026-03-08 12:00")
    owed = duties(matter(**SEVEN), back, moment="2026-03-12 09:00")
    assert not owed["3天"].went_overdue(at("2026-03-12 09:00"))
    assert (owed["整改 1"].due, owed["整改 1"].fulfilled_at) == (at("2026-03-08 12:00"), None)
    assert (owed["7天"].due, owed["7天"].fulfilled_at) == (at("2026-03-09 09:30"), None)


@pytest.mark.parametrize(
    ("decided", "owed"),
    [("2026-03-09 09:29", True), ("2026-03-09 09:30", False), ("2026-03-09 09:31", False)],
    ids=["到期前一分退回", "到期时退回", "到期后一分退回"],
)
def test_退回时还没到期的才重新计(decided: str, owed: bool) -> None:
    seven = duties(matter(**SEVEN), refused("2026-03-04 10:00", decided), moment="2026-03-12 09:00")["7天"]
    assert (seven.fulfilled_at is None) is owed
    assert seven.went_overdue(at("2026-03-12 09:00")) is owed


def test_申请期间的时点不补发() -> None:
    """The slot at 04:30 fell while the application stood."""
    back = refused("2026-03-04 10:00", "2026-03-09 06:00")
    assert reminders(back, start="2026-03-04 10:01", end="2026-03-09 09:30") == []
    assert reminders(back, start="2026-03-09 09:31", end="2026-03-09 15:00") == ["7天 03-09 14:30"]


def test_申请还没有结果时_仍算已办() -> None:
    seven = duties(matter(**SEVEN), refused("2026-03-04 10:00", "2026-03-06 10:00"), moment="2026-03-05 09:00")["7天"]
    assert seven.fulfilled_at == at("2026-03-04 10:00")


def test_申请期间照样报送的_算已办() -> None:
    back = refused("2026-03-04 10:00", "2026-03-06 10:00")
    seven = duties(matter(**SEVEN), report("7天", "2026-03-05 10:00"), back, moment="2026-03-12 09:00")["7天"]
    assert seven.fulfilled_at == at("2026-03-05 10:00")


def test_再次申请_又算已办() -> None:
    again = completion("2026-03-07 10:00", place=Place("completions", 4))
    row, back = matter(**SEVEN), refused("2026-03-04 10:00", "2026-03-06 10:00")
    assert duties(row, back, again, moment="2026-03-12 09:00")["7天"].fulfilled_at == at("2026-03-07 10:00")


def test_立项主体退回的_与不合格一样() -> None:
    back = completion("2026-03-04 10:00", result=CompletionResult.SENT_BACK, reviewed_at="2026-03-06 10:00")
    assert reminders(back, start="2026-03-04 10:01", end="2026-03-09 09:30") == ["7天 03-09 04:30"]


def test_不合格没有经有权的人审定_申请仍然有效() -> None:
    """Reading 33: a grade without its approval is no refusal."""
    proposed = refused("2026-03-04 10:00", "2026-03-06 10:00", grade_approver="", result=None)
    assert duties(matter(**SEVEN), proposed, moment="2026-03-12 09:00")["7天"].fulfilled_at


def long_running(board: Board) -> dict[str, Duty]:
    row = matter(board=board, source=SOURCES[board], time_limit=TimeLimit.LONG)
    return duties(row, refused("2026-03-20 10:00", "2026-04-10 10:00"), moment="2026-07-01 09:00")


@pytest.mark.parametrize("board", list(SOURCES))
def test_长期的事项_退回以后到期的月报和季报照旧要报(board: Board) -> None:
    owed = long_running(board)
    met = [name for name, duty in owed.items() if duty.fulfilled_at]
    assert met == ["月报 2026-03", "季报 2026Q1"]
    assert {"月报 2026-04", "季报 2026Q2"} <= {name for name, duty in owed.items() if duty.fulfilled_at is None}


def test_长期的事项_退回后的月报照旧催办() -> None:
    row = matter(board=Board.KEY_TASK, source="政府工作报告", time_limit=TimeLimit.LONG)
    book = ledger(row, refused("2026-03-20 10:00", "2026-04-10 10:00"))
    sent = messages(book, "2026-03-20 10:01", "2026-05-01 12:00")
    urged = [f"{sms.at:%m-%d %H:%M}" for sms in sent if sms.kind is MessageKind.MONTHLY_URGING]
    assert urged == ["05-01 08:00"]


def test_保山_申请被退回_通知的时限照旧() -> None:
    under = policy_with("office.close", "17:30", Regime.BAOSHAN)
    row = matter(time_limit=TimeLimit.FIXED_DATE, fixed_due="2026-03-20")
    back = completion("2026-03-10 10:00", result=CompletionResult.SENT_BACK, finalized_at="2026-03-12 10:00")
    assert duties(row, back, moment="2026-03-21", under=under)["指定日期"].fulfilled_at is None


MUTANTS = (
    policy_value("SZ1-17", "close_out.refused", "stays_met"),
    policy_value("SZ2-4.1", "close_out.refused", "stays_met"),
)
