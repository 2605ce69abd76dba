"""Old ledgers of many habits: what comes out is what a person would write, what is doubtful is marked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.moving.proposals.model import Decision
from tests.moving.judging import Judgement, judge
from tests.moving.largest import MATTERS, largest_ledger
from tests.moving.ledgers_of_habit import HABITS, OldLedger
from tests.moving.ledgers_of_trouble import TROUBLE
from tests.moving.office import ledger, proposals

ALL = (*HABITS, *TROUBLE)


@pytest.fixture(scope="module")
def judgement(tmp_path_factory: pytest.TempPathFactory) -> Callable[[OldLedger], Judgement]:
    made: dict[str, Judgement] = {}

    def judged(old: OldLedger) -> Judgement:
        if old.habit not in made:
            found = proposals(old.build(tmp_path_factory.mktemp("old")), ledger())
            assert all(one.balances for one in found.accounts)
            made[old.habit] = judge(found, old.expected)
        return made[old.habit]

    return judged


@pytest.mark.parametrize("old", ALL, ids=lambda old: old.habit)
def test_a_ledger_comes_out_as_a_person_would_write_it(
    old: OldLedger, judgement: Callable[[OldLedger], Judgement]
) -> None:
    judged = judgement(old)
    assert judged.silent == []
    assert len(judged.wrong) * 20 <= judged.right + len(judged.wrong), judged.wrong


def test_all_of_them_together_are_right_at_least_at_95_per_cent(judgement: Callable[[OldLedger], Judgement]) -> None:
    judged = [judgement(old) for old in ALL]
    right, wrong = sum(one.right for one in judged), sum(len(one.wrong) for one in judged)
    assert right >= 0.95 * (right + wrong)
    assert len(ALL) >= 12


def test_of_the_largest_ledger_a_person_decides_a_word_once_and_one_row_in_six(tmp_path: Path) -> None:
    found = proposals(largest_ledger(tmp_path), ledger())
    assert (len(found.rows), len(found.words)) == (MATTERS, 5)
    open_rows = [row for row in found.rows if row.decision is None]
    assert {row.progress.text for row in open_rows if row.progress} == {"已办结"}
    assert len(open_rows) == MATTERS // 6
    assert found.accounts[0].balances
    assert all(row.decision in (None, Decision.TAKE) for row in found.rows)
