"""暂行办法第十条（一）：签批卡片载明主要内容、时限要求、建议承办的科室，报办公厅分管领导及市领导审批。"""

import pytest

from engine.facts.finding import Place
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.papers import cards as cards_module
from engine.papers.cards import NoCardError, cards, named
from engine.rules.checks import procedure
from engine.rules.checks import province as province_module
from engine.sample.words import Board, TimeLimit
from tests.clauses.builders import at, findings, ledger, matter, policies, policies_with
from tests.clauses.clause import clause
from tests.clauses.mutants import policy_value, replaced, taken_out
from tests.clauses.test_province import CHILD, PARENT, child, province

pytestmark = clause("SZ1-10.1")

NOW = "2026-03-10 09:00"


def draft(**changes: object) -> Matter:
    """A matter of the province in row 12, not approved and not numbered yet: what a card is made for."""
    bare = {"approver": "", "approver_rank": "", "approved_at": None, "initiated_at": None, "notice_issued_at": None}
    bare |= {"decomposition_approver": "", "decomposition_approved_at": None, "place": Place("matters", 12)}
    return province("", **(bare | changes))


def made(book: Ledger, *words: str, under: object = None) -> list[tuple[object, ...]]:
    found = cards(book, named(book, words), under or policies(), at(NOW))
    return [(one.matter.place.row, len(one.children), one.province_due, one.internal_due) for one in found]


def refusal(row: Matter, word: str = "第12行") -> str:
    with pytest.raises(NoCardError) as refused:
        made(ledger(row), word)
    return str(refused.value)


def test_批准以前_还没有编号_按行号制卡() -> None:
    expected = [(12, 0, at("2026-03-20 17:30"), at("2026-03-18 17:30"))]
    assert made(ledger(draft()), "第12行") == expected
    assert made(ledger(draft()), "12") == expected


def test_上级的卡片列出下级_下级的期限随上级() -> None:
    book = ledger(province(), child())
    due = (at("2026-03-20 17:30"), at("2026-03-18 17:30"))
    assert made(book, CHILD, PARENT) == [(5, 1, *due), (6, 0, *due)]


def test_内部期限是制度数据() -> None:
    under = policies_with("province.internal_days_ahead", 5)
    assert made(ledger(draft()), "12", under=under)[0][3] == at("2026-03-15 17:30")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"content": ""}, "没有填事项内容"),
        ({"initiating_office": ""}, "没有填立项主体（建议承办的科室）"),
        ({"province_due": None, "time_limit": None}, "没有填省级期限或办理时限"),
        ({"content": "", "initiating_office": ""}, "没有填事项内容、立项主体"),
        ({"board": Board.DAILY}, "不是省政府交办事项"),
        ({"secrecy": "秘密"}, "涉密事项严禁录入"),
        ({"content": "机密★1年"}, "涉密事项严禁录入"),
    ],
    ids=["没有内容", "没有科室", "没有时限", "缺两样", "不是省里的", "密级", "密级标志"],
)
def test_要素不齐_不该制卡的_不制卡(changes: dict[str, object], says: str) -> None:
    assert says in refusal(draft(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"province_due": None, "time_limit": TimeLimit.THREE_DAYS},
        {"time_limit": None},
        {"initiating_office": "", "handling_office": "秘书三科"},
    ],
    ids=["只有办理时限", "只有省级期限", "只有承办科室"],
)
def test_要素有一样就够的(changes: dict[str, object]) -> None:
    assert len(made(ledger(draft(**changes)), "12")) == 1


@pytest.mark.parametrize(("word", "says"), [("2026-省-0009", "没有事项"), ("99", "没有事项"), ("", "没有事项")])
def test_找不到的(word: str, says: str) -> None:
    assert says in refusal(draft(), word)


@pytest.mark.parametrize(
    ("leader", "with_child", "expected"),
    [
        ("赵某", False, []),
        ("赵某、钱某", False, ["not_decomposed"]),
        ("赵某，钱某 孙某", False, ["not_decomposed"]),
        ("赵某、钱某", True, []),
    ],
    ids=["一位", "两位未分解", "三位未分解", "两位已分解"],
)
def test_涉及不同的分管市领导_要分解(leader: str, *, with_child: bool, expected: list[str]) -> None:
    facts = [province(responsible_leader=leader), *([child()] if with_child else [])]
    found = findings(*facts, moment=NOW)
    assert [f.rule for f in found] == expected
    assert all(f.clause == "SZ1-10.1" and not f.is_error for f in found)


def test_市里的事项不问分解() -> None:
    assert findings(matter(responsible_leader="赵某、钱某"), moment="2026-03-02 12:00") == ()


MUTANTS = (
    taken_out("SZ1-10.1", procedure, "CHECKS", province_module.one_leader_each),
    replaced("SZ1-10.1", cards_module, "nothing_classified", lambda row: ()),
    policy_value("SZ1-10.1", "province.internal_days_ahead", 0),
)
