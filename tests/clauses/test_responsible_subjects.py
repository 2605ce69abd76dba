"""重点工作、重大改革三（二）至（四）: who carries out, supervises, coordinates; 四: what outlasts a month goes on."""

import pytest

from engine.facts.kinds import ExtensionKind, ExtensionResult, MessageKind, Status
from engine.facts.records import Extension
from engine.rules.duties import standing
from engine.sample.words import Board, TimeLimit
from tests.clauses.builders import at, case, duties, extension, ledger, matter, messages, report
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced, schedule_row

LEAD, OFFICE = "市教育局", "秘书一科"
BOARDS = pytest.mark.parametrize("board", ["重点工作任务", "重大改革事项"])


@clause("SZ2-3.2", "SZ3-3.2")
@BOARDS
def test_落实主体是牵头单位_提醒发给它(board: str) -> None:
    row = matter(board=Board(board), time_limit=TimeLimit.ONE_DAY)
    assert duties(row, moment="2026-03-02 12:00")["1天"].owed_by == LEAD
    sent = messages(ledger(row), "2026-03-03 04:30", "2026-03-03 04:31")
    assert [sms.to.unit for sms in sent] == [LEAD]


@clause("SZ2-3.3", "SZ3-3.3")
@BOARDS
def test_立项主体兼为督办主体_报送反馈给它(board: str) -> None:
    row = matter(board=Board(board), time_limit=TimeLimit.ONE_DAY)
    sent = messages(ledger(row, report("1天", "2026-03-02 15:00")), "2026-03-02 15:00", "2026-03-02 15:01")
    assert [(sms.to.unit, sms.kind) for sms in sent] == [(OFFICE, MessageKind.REPORT_RECEIVED)]


@clause("SZ2-3.4", "SZ3-3.4")
@BOARDS
def test_进度落后的由立项主体报请协调(board: str) -> None:
    row = matter(board=Board(board), time_limit=TimeLimit.ONE_DAY)
    sent = messages(ledger(row), "2026-03-05 09:30", "2026-03-05 09:31")
    raised = [(sms.to.unit, "请报请领导协调" in sms.text) for sms in sent if sms.kind is MessageKind.ESCALATION]
    assert raised == [(OFFICE, True)]


def agreed(result: ExtensionResult = ExtensionResult.AGREED) -> Extension:
    return extension(
        "2026-03-05 09:00",
        kind=ExtensionKind.TO_LONG_RUNNING,
        reason="需分年度实施",
        plan="分三段推进",
        stage_goal="六月底完成一期",
        new_due="2026-12-20",
        approver="秘书一科",
        approved_at="2026-03-06 10:00",
        result=result,
    )


@clause("SZ2-4", "SZ3-4")
@BOARDS
def test_一个月内解决不了的_经立项主体同意转入持续推进(board: str) -> None:
    row = matter(board=Board(board), time_limit=TimeLimit.ONE_MONTH)
    known = case(row, agreed(), moment="2026-03-20 09:00")
    owed = duties(row, agreed(), moment="2026-03-20 09:00")
    assert known.standing.status(at("2026-03-20 09:00")) is Status.LONG_RUNNING
    assert owed["7天"].ended_at == owed["1个月"].ended_at == at("2026-03-06 10:00")
    assert "月报 2026-03" in owed
    assert "季报 2026Q1" in owed


@clause("SZ2-4", "SZ3-4")
@BOARDS
def test_立项主体不同意的_照原节点办理(board: str) -> None:
    row = matter(board=Board(board), time_limit=TimeLimit.ONE_MONTH)
    refused = agreed(ExtensionResult.REFUSED)
    owed = duties(row, refused, moment="2026-03-20 09:00")
    assert owed["1个月"].ended_at is None
    assert "月报 2026-03" not in owed


MUTANTS = (
    schedule_row("SZ2-3.2", duty="节点", text="到期提醒"),
    schedule_row("SZ3-3.2", duty="节点", text="到期提醒"),
    schedule_row("SZ2-3.3", duty="反馈"),
    schedule_row("SZ3-3.3", duty="反馈"),
    schedule_row("SZ2-3.4", duty="节点", flag="报请协调"),
    schedule_row("SZ3-3.4", duty="节点", flag="报请协调"),
    replaced("SZ2-4", standing, "_long_running_since", lambda *_: None),
    replaced("SZ3-4", standing, "_long_running_since", lambda *_: None),
)
