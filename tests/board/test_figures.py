"""The board's figures are those of ``duban statistics --json``, on the samples and on random ledgers."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.board.figures import BoardFigures, board
from engine.facts.kinds import Status
from engine.facts.ledger import Ledger
from engine.ledger.reading.ledger import read_ledger
from engine.policy.governing import policy_of_ledger
from engine.review.ledger_review import review
from engine.review.statistics import statistics
from engine.sample.words import Board as Section
from engine.sample.words import Light, TimeLimit
from tests.clauses.builders import NothingSent, at, ledger, matter, policies, report
from tests.ledger.test_template import WORKBOOKS

NOW = at("2026-03-20 10:00")
EVER = datetime(2000, 1, 1)


def board_of(book: Ledger, now: datetime = NOW) -> BoardFigures:
    reviewed = review(book, NothingSent(), policies(), now, now)
    return board(book, reviewed, policy_of_ledger(book, policies(), now))


def assert_equal_to_statistics(book: Ledger, now: datetime) -> BoardFigures:
    found = board_of(book, now)
    told = statistics(book, policies(), EVER, now + timedelta(days=1), now)
    assert found.total == told.total
    groups = {name: {one.name: one for one in figures} for name, figures in told.by}
    by_unit = Counter(one.unit for one in found.matters)
    assert by_unit == {name: one.matters for name, one in groups["承办单位"].items()}
    assert Counter(one.section for one in found.matters) == {name: one.matters for name, one in groups["版块"].items()}
    months = {one.name: one.taken_in for one in found.months if one.taken_in}
    assert months.items() <= {name: one.matters for name, one in groups["立项月份"].items()}.items()
    return found


@pytest.mark.parametrize("name", ["示例台账.xlsx", "示例台账-保山.xlsx"])
def test_the_samples_figures_are_those_of_the_statistics(name: str) -> None:
    book = read_ledger((WORKBOOKS / name).read_bytes())
    found = assert_equal_to_statistics(book, datetime(2026, 11, 18, 8))
    assert found.overdue
    assert found.lights.open == sum(one.light != Light.GREY for one in found.matters)


DAYS = st.datetimes(datetime(2026, 2, 23), datetime(2026, 3, 19)).map(lambda day: day.replace(second=0, microsecond=0))
MATTERS = st.lists(
    st.builds(
        lambda assigned, limit, unit, section, report_after, leader: (
            assigned,
            limit,
            unit,
            section,
            report_after,
            leader,
        ),
        DAYS,
        st.sampled_from([TimeLimit.ONE_DAY, TimeLimit.THREE_DAYS, TimeLimit.SEVEN_DAYS, TimeLimit.LONG]),
        st.sampled_from(["市教育局", "市住建局", "朔城区人民政府"]),
        st.sampled_from([Section.DAILY, Section.KEY_TASK, Section.REFORM]),
        st.none() | st.integers(1, 400),
        st.sampled_from(["", "赵某", "钱某"]),
    ),
    max_size=8,
)


@given(MATTERS)
@settings(max_examples=40, deadline=None)
def test_a_random_ledgers_figures_are_those_of_the_statistics(drawn: list[tuple]) -> None:
    facts: list[object] = []
    for index, (assigned, limit, unit, section, hours, leader) in enumerate(drawn, start=1):
        number = f"2026-日-{index:04d}"
        facts.append(
            matter(
                number=number,
                assigned_at=assigned,
                initiated_at=assigned,
                approved_at=assigned,
                time_limit=limit,
                lead_unit=unit,
                board=section,
                responsible_leader=leader,
            )
        )
        if hours:
            handed_in = (assigned + timedelta(hours=hours)).isoformat()
            facts.append(report("1天", handed_in, matter=number, unit=unit))
    found = assert_equal_to_statistics(ledger(*facts), NOW)
    for groups in (found.by_board, found.by_unit, found.by_leader):
        assert sum(one.open for one in groups) == found.lights.open
        assert [one.overdue for one in groups] == sorted((one.overdue for one in groups), reverse=True)
    assert len(found.overdue) == found.lights.overdue


@pytest.mark.parametrize(("now", "seen"), [("2026-03-24 09:29", 0), ("2026-03-24 09:30", 1)])
def test_due_soon_reaches_to_the_minute(now: str, seen: int) -> None:
    reports = [report(node, "2026-03-02 10:00") for node in ("1天", "3天", "7天")]
    book = ledger(matter(time_limit=TimeLimit.FIXED_DATE, fixed_due=at("2026-03-31 09:30")), *reports)
    assert len(board_of(book, at(now)).due_soon) == seen


def test_an_ended_matter_shows_no_light() -> None:
    ended = matter(status=Status.WITHDRAWN, withdrawn_at=at("2026-03-10 10:00"), withdrawal_approver="钱某")
    found = board_of(ledger(ended))
    assert found.lights.open == 0
    assert [one.shown.light for one in found.matters] == [Light.GREY]


def test_a_matter_marked_secret_is_left_out_of_everything() -> None:
    assert board_of(ledger(matter(secrecy="秘密"))).matters == ()
    assert len(board_of(ledger(matter(secrecy="非密"))).matters) == 1


def test_numbers_of_people_are_masked_in_what_is_shown() -> None:
    [one] = board_of(ledger(matter(content="请联系王某13800138000\n办理"))).matters
    assert one.content == "请联系王某138****8000 办理"
