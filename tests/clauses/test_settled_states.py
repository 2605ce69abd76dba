"""状态、持续推进、办结各格随记录而定（SZ1-10.1、15 至 19；reading 26）；按钮和“编号盖时限”据此写入。"""

from dataclasses import replace

import pytest

from engine.facts.change import Change
from engine.facts.finding import Place
from engine.facts.kinds import ExtensionKind, Status
from engine.facts.matter import Matter, Stamps
from engine.review.stamp import settle_states, stamp
from engine.sample.words import Grade, TimeLimit
from tests.clauses.builders import Record, at, completion, ledger, matter, policies, policies_with, report
from tests.clauses.test_close_out import DONE, closing, returned
from tests.clauses.test_extension import NODES_MET, SEVEN, transfer
from tests.clauses.test_province import CHILD, PARENT, SUBMITTED, child, province

DUE = Stamps(completion_due=at("2026-03-09 09:30"))


def settled(*facts: Matter | Record, now: str = "2026-03-10 09:00", under: object = None) -> tuple[Change, ...]:
    return settle_states(ledger(*facts), under or policies(), at(now))


def cells(*facts: Matter | Record, **given: object) -> dict[str, object]:
    return {one.field: one.new for one in settled(*facts, **given)}


def after(row: Matter, changes: tuple[Change, ...]) -> Matter:
    return replace(row, **{one.field: one.new for one in changes})


def test_没有新情况_什么也不写() -> None:
    assert settled(matter(), report("1天", "2026-03-02 15:00")) == ()


def test_申请办结_状态转待审定_引第十八条() -> None:
    [change] = settled(matter(), completion("2026-03-03 09:00"))
    assert (change.field, change.old, change.new, change.clauses) == (
        "status",
        Status.IN_PROGRESS,
        Status.AWAITING_APPROVAL,
        ("SZ1-18",),
    )


def test_不予受理的申请不改状态() -> None:
    assert settled(matter(service_object="业主"), completion("2026-03-03 09:00")) == ()


def test_审定办结_写状态_等级_审定人_办结时间() -> None:
    row = matter(status=Status.AWAITING_APPROVAL)
    found = settled(row, closing())
    assert {one.field: one.new for one in found} == {
        "status": Status.COMPLETED,
        "grade": Grade.GOOD,
        "finalizer": "孙某",
        "completed_at": at(DONE),
    }
    assert {one.clauses for one in found} == {("SZ1-19",)}


def test_两人审定的_写两个名字_以后一人的时间为准() -> None:
    same = {"finalized_at": DONE, "place": Place("completions", 4), "finalizer_rank": "市长", "finalizer": "郑某"}
    under = policies_with("close_out.final_by", "both")
    found = cells(matter(), closing(), closing(**same), under=under)
    assert (found["finalizer"], found["completed_at"]) == ("孙某、郑某", at(DONE))


def test_缺一步的不办结() -> None:
    assert cells(matter(), closing(reviewer="")) == {"status": Status.AWAITING_APPROVAL}


def test_不合格退回_状态回到办理中() -> None:
    assert cells(matter(status=Status.AWAITING_APPROVAL), returned()) == {"status": Status.IN_PROGRESS}


def test_转持续推进_写起始_目标_期限() -> None:
    item = transfer(new_due="2026-06-30")
    assert cells(matter(**SEVEN), *NODES_MET, item) == {
        "status": Status.LONG_RUNNING,
        "long_running_since": at("2026-03-08 16:00"),
        "stage_goal": "6月底完成主体",
        "target_due": at("2026-06-30"),
    }


def test_逾时未获批准的_不转() -> None:
    assert settled(matter(**SEVEN), *NODES_MET, transfer("2026-03-07 09:31")) == ()


@pytest.mark.parametrize(
    ("shown", "expected"),
    [("2026-03-09 09:30", {"completion_due": at("2026-03-20 17:30")}), ("2026-03-20 17:30", {}), ("2026-03-15", {})],
    ids=["仍是原期限", "已经改过", "手工填的不动"],
)
def test_批准新期限_改写办结期限(shown: str, expected: dict[str, object]) -> None:
    moved = transfer(kind=ExtensionKind.NEW_DEADLINE, new_due="2026-03-20", approver_rank="分管副秘书长")
    row = matter(stamps=Stamps(completion_due=at(shown)), **SEVEN)
    assert cells(row, *NODES_MET, moved) == expected


def test_长期事项的阶段目标取自首次报送() -> None:
    row = matter(time_limit=TimeLimit.LONG, status=Status.LONG_RUNNING, long_running_since="2026-03-02 09:30")
    first = report("月报", "2026-03-09 09:00", period="2026-03", stage_goal="年底前通车")
    assert cells(row, first) == {"stage_goal": "年底前通车"}


def test_已填的格子不动() -> None:
    row = matter(grade=Grade.EXCELLENT, finalizer="人填")
    assert cells(row, closing()) == {"status": Status.COMPLETED, "completed_at": at(DONE)}


@pytest.mark.parametrize("status", [None, Status.AWAITING_INITIATION, Status.COMPLETED, Status.WITHDRAWN])
def test_未立项和已结束的行不动(status: Status | None) -> None:
    assert settled(matter(status=status), completion("2026-03-03 09:00")) == ()


def test_填了撤销时间_状态转已撤销() -> None:
    assert cells(matter(withdrawn_at="2026-03-04 09:00", withdrawal_approver="钱某")) == {"status": Status.WITHDRAWN}


def test_下级没办结_上级不销号() -> None:
    closed = closing(matter=PARENT)
    assert cells(province(), child(), closed) == {"status": Status.AWAITING_APPROVAL}
    done = closing(matter=CHILD)
    submitted = province(**SUBMITTED)
    assert cells(submitted, child(), closed, done)["status"] is Status.COMPLETED
    assert {one.matter for one in settled(province(), child(), closing(matter=CHILD))} == {CHILD}


@pytest.mark.parametrize(
    "records",
    [(closing(),), (returned(),), (*NODES_MET, transfer(new_due="2026-06-30")), (completion("2026-03-03 09:00"),)],
    ids=["办结", "退回", "持续推进", "申请"],
)
def test_写了以后再算一次_没有可写的(records: tuple[Record, ...]) -> None:
    row = matter(**SEVEN)
    assert settled(after(row, settled(row, *records)), *records) == ()


def test_编号盖时限一并写入() -> None:
    found = stamp(ledger(matter(stamps=DUE), closing()), policies(), at("2026-03-10 09:00"))
    assert Status.COMPLETED in [one.new for one in found.changes if one.field == "status"]


def test_结果还没到时间的不写() -> None:
    assert cells(matter(), closing(), now="2026-03-04 15:49") == {"status": Status.AWAITING_APPROVAL}
    assert cells(matter(), closing(), now="2026-03-04 15:50")["status"] is Status.COMPLETED  # 10 minutes of tolerance


def test_退回的申请之后再办结() -> None:
    times = {"applied_at": at("2026-03-04 09:00"), "requested_at": at("2026-03-04 09:10")}
    again = replace(closing(place=Place("completions", 4)), **times)
    assert cells(matter(), returned(), again)["status"] is Status.COMPLETED
