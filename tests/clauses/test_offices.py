"""SZ1-11 立项主体是市政府办公厅的科室：督查室、秘书一至五科或其他科室。"""

import pytest

from engine.rules.checks import initiation
from engine.sample.words import Board, UnitCategory
from tests.clauses.builders import LEAD, OFFICES, UNITS, findings, proposal, rules, unit
from tests.clauses.clause import clause
from tests.clauses.mutants import taken_out

pytestmark = clause("SZ1-11")


@pytest.mark.parametrize("office", OFFICES)
def test_每个科室都可以作立项主体(office: str) -> None:
    assert rules(proposal(board=Board.KEY_TASK, source="政府工作报告", initiating_office=office)) == []


def test_局和县区不能作立项主体() -> None:
    [found] = findings(proposal(board=Board.KEY_TASK, source="政府工作报告", initiating_office=LEAD))
    assert (found.rule, found.clause, found.place.field, found.is_error) == (
        "office_is_no_office",
        "SZ1-11",
        "initiating_office",
        True,
    )


def test_没有填立项主体() -> None:
    assert rules(proposal(initiating_office="")) == ["office_missing"]


def test_名单上的科室_通讯录没写类别也认() -> None:
    others = tuple(one for one in UNITS if one.name != "秘书一科")
    assert rules(proposal(), units=(*others, unit("秘书一科", category=None))) == []


def test_其他科室须在通讯录列为科室() -> None:
    others = tuple(one for one in UNITS if one.name != "综合科")
    row = proposal(initiating_office="综合科", assigning_leader_rank="秘书长")
    assert rules(row) == []
    assert rules(row, units=(*others, unit("综合科"))) == ["office_is_no_office"]


def test_通讯录用全称_制度用简称_按别名认() -> None:
    others = tuple(one for one in UNITS if one.name != "秘书一科")
    named = unit("市政府办公厅秘书一科", UnitCategory.DEPARTMENT, aliases=("秘书一科",))
    assert rules(proposal(initiating_office=named.name), units=(*others, named)) == []


MUTANTS = (taken_out("SZ1-11", initiation, "CHECKS", initiation.initiating_office_is_an_office),)
