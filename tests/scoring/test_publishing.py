"""Publishing freezes a quarter; what changes afterwards is corrected in the next open one; the digest tells."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts.points import PointEntry, PointKind, Quarter
from engine.facts.records import PointExclusion, PointItem
from engine.scores.publishing import (
    NotPublishable,
    Past,
    check_publishable,
    digest_of,
    entry_row,
    published_quarters,
)
from engine.scores.scorebook import Scorebook, scorebook
from engine.scores.scoring import quarter_scores, year_scores
from tests.clauses.builders import UNITS, at, ledger, policies, unit
from tests.clauses.points import exclusion, item
from tests.scoring.year import COUNTY, EDUCATION, facts

Q1, Q2, Q3 = Quarter(2026, 1), Quarter(2026, 2), Quarter(2026, 3)
NEW_NAME = "市教育和体育局"
APRIL, JULY = "2026-04-10 09:00", "2026-07-10 09:00"


def book(rows: list[Any], moment: str, past: Past | None = None, **more: Any) -> Scorebook:
    items = tuple(row for row in rows if isinstance(row, PointItem))
    exclusions = tuple(row for row in rows if isinstance(row, PointExclusion))
    others = [row for row in rows if row not in items and row not in exclusions]
    made = ledger(*others, point_items=items, point_exclusions=exclusions, **more)
    return scorebook(made, policies(), at(moment), past or {})


def publish(of: Scorebook, quarter: Quarter) -> Past:
    """What a reading of the sheets yields after this quarter was published too."""
    rows = [entry_row(entry, of.account.now) for one in of.past.values() for entry in one.entries]
    rows += [entry_row(entry, of.account.now) for entry in of.of(quarter)]
    heads = [{"quarter": str(one.quarter), "digest": one.digest, "scorer": one.scorer} for one in of.past.values()]
    heads.append(
        {"quarter": str(quarter), "digest": of.digest(quarter), "scorer": "甲", "published_at": of.account.now}
    )
    return published_quarters(rows, heads)


def amounts(of: Scorebook, quarter: Quarter, unit_name: str = EDUCATION) -> list[float]:
    return [entry.points for entry in of.of(quarter) if entry.unit == unit_name]


def test_the_sheets_give_back_what_was_published() -> None:
    first = book(facts(), APRIL)
    past = publish(first, Q1)
    assert list(past) == [Q1]
    assert past[Q1].entries == first.of(Q1)
    assert past[Q1].is_intact
    assert (past[Q1].scorer, past[Q1].at) == ("甲", at(APRIL))


def test_publishing_then_replaying_gives_the_same_digest_and_no_correction() -> None:
    past = publish(book(facts(), APRIL), Q1)
    for moment in (APRIL, JULY, "2027-01-05 09:00"):
        again = book(facts(), moment, past)
        assert again.digest(Q1) == digest_of(book(facts(), moment).of(Q1))
        assert not [entry for entry in again.entries if entry.corrects]
        assert again.entries == book(facts(), moment).entries


def test_a_fact_added_to_a_published_quarter_counts_in_the_open_one() -> None:
    past = publish(book(facts(), APRIL), Q1)
    late_news = item("不配合阻碍", "2026-03-30", document="迟到的文号")
    before, after = book(facts(), JULY, past), book([*facts(), late_news], JULY, past)
    assert after.of(Q1) == before.of(Q1)
    (correction,) = [entry for entry in after.entries if entry.corrects]
    assert (correction.points, correction.corrects, correction.quarter) == (-5, "2026Q1", Q2)
    assert (str(correction.date), correction.clause) == ("2026-06-30", "SZ4-10.3")
    assert correction.evidence.startswith("更正2026Q1：原计0分，应计-5分（")
    told = [finding for finding in after.findings if finding.rule != "item_ahead"]
    assert [(finding.rule, finding.place.field) for finding in told] == [("item_in_published_quarter", "date")]


def test_a_fact_taken_away_is_given_back() -> None:
    past = publish(book(facts(), APRIL), Q1)
    without = [fact for fact in facts() if getattr(fact, "item", "") != "表彰"]
    after = book(without, "2026-05-05 09:00", past)
    found = {entry.unit: (entry.points, str(entry.date)) for entry in after.entries if entry.corrects}
    assert found == {"市教育局": (-20, "2026-05-05"), "市住建局": (-10, "2026-05-05")}


def test_an_exclusion_after_publishing_gives_the_points_back() -> None:
    upto_q2 = publish(book(facts(), APRIL), Q1)
    upto_q2 = publish(book(facts(), JULY, upto_q2), Q2)
    spared = exclusion("1天", matter="2026-日-0002", at=at("2026-07-20"))
    after = book([*facts(), spared], "2026-08-01 09:00", upto_q2)
    found = {(entry.kind.value, entry.points) for entry in after.entries if entry.corrects}
    assert found == {("报送逾期", 0.5), ("进入重点督办", 5), ("季度未被催办", 5)}
    assert {entry.quarter for entry in after.entries if entry.corrects} == {Q3}


def test_a_published_correction_is_not_made_again_and_can_be_corrected_itself() -> None:
    late_news = item("不配合阻碍", "2026-03-30", document="迟到的文号")
    past = publish(book(facts(), APRIL), Q1)
    past = publish(book([*facts(), late_news], JULY, past), Q2)
    same = book([*facts(), late_news], "2026-08-01 09:00", past)
    assert not [entry for entry in same.entries if entry.corrects and entry.quarter == Q3]
    withdrawn = book(facts(), "2026-08-01 09:00", past)
    (back,) = [entry for entry in withdrawn.entries if entry.quarter == Q3 and entry.corrects]
    assert (back.points, back.corrects) == (5, "2026Q1")
    assert "更正" not in back.evidence.removeprefix("更正")


def test_a_changed_row_is_found_by_its_digest() -> None:
    past = publish(book(facts(), APRIL), Q1)
    entries = past[Q1].entries
    forged = {Q1: replace(past[Q1], entries=(replace(entries[0], tenths=entries[0].tenths + 1), *entries[1:]))}
    missing = {Q1: replace(past[Q1], entries=entries[1:])}
    for broken in (forged, missing):
        found = [finding.rule for finding in book(facts(), JULY, broken).findings]
        assert "published_changed" in found
        with pytest.raises(NotPublishable, match="被改动过"):
            check_publishable(Q2, broken, "甲", at(JULY))


@pytest.mark.parametrize(
    ("quarter", "scorer", "moment", "said"),
    [
        (Q2, "", JULY, "--scorer"),
        (Q2, "  ", JULY, "--scorer"),
        (Q1, "甲", JULY, "已通报过"),
        (Q2, "甲", "2026-06-30 23:59", "还没有结束"),
        (Q3, "甲", "2026-10-08 09:00", "下一个应通报的是2026Q2"),
    ],
)
def test_what_must_not_be_published(quarter: Quarter, scorer: str, moment: str, said: str) -> None:
    past = publish(book(facts(), APRIL), Q1)
    with pytest.raises(NotPublishable, match=said):
        check_publishable(quarter, past, scorer, at(moment))


def test_the_first_minute_after_the_quarter_is_early_enough() -> None:
    check_publishable(Q1, {}, "甲", at("2026-04-01 00:00"))


def test_a_unit_renamed_in_mid_year_keeps_its_points() -> None:
    past = publish(book(facts(), APRIL), Q1)
    renamed = tuple(unit(NEW_NAME, aliases=(EDUCATION,)) if one.name == EDUCATION else one for one in UNITS)
    rows = [
        replace(fact, **{name: NEW_NAME for name in ("unit", "lead_unit") if getattr(fact, name, "") == EDUCATION})
        for fact in facts()
    ]
    after = book(rows, JULY, past, units=renamed)
    assert not [entry for entry in after.entries if entry.corrects]
    assert amounts(after, Q1, NEW_NAME) == amounts(book(facts(), JULY), Q1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"role": "牵头"}, {"role": ""}),
        ({"date": "2026-03-10 09:00"}, {"date": "2026-03-10 15:00"}),
        ({"document": "专报 一"}, {"document": "专报", "case": "一"}),
        ({"explanation": "上午"}, {"explanation": "下午"}),
        ({"quantity": 1}, {"quantity": 3}),
    ],
)
def test_rows_that_tell_of_one_thing_are_told_apart_wherever_they_stand(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Two entries of one identity would be published as one, and the digest would call that a forgery."""
    rows = [
        item("迟报材料", more.pop("date", "2026-03-10"), **{"document": "", **more})
        for more in (dict(first), dict(second))
    ]
    made = book(rows, APRIL)
    assert len(made.of(Q1)) == len({entry.key for entry in made.of(Q1)}) == 2
    assert len({entry_row(entry, at(APRIL))["number"] for entry in made.of(Q1)}) == 2
    assert publish(made, Q1)[Q1].is_intact
    assert book(rows[::-1], APRIL).of(Q1) == made.of(Q1)


# ---- properties ----


def score_of(of: Scorebook, quarter: Quarter) -> dict[str, float]:
    account = of.account
    return {one.unit: one.score for one in quarter_scores(of.entries, account, quarter)}


@given(st.integers(0, 2**18 - 1), st.randoms(use_true_random=False))
def test_a_score_is_base_plus_its_entries_for_any_facts_in_any_order(chosen: int, order: random.Random) -> None:
    rows = [fact for index, fact in enumerate(facts()) if chosen >> index & 1]
    shuffled = order.sample(rows, len(rows))
    made = book(rows, "2027-01-05 09:00")
    assert len({entry.key for entry in made.entries}) == len(made.entries), "nothing is counted twice"
    for number in (1, 2, 3, 4):
        quarter = Quarter(2026, number)
        for name, score in score_of(made, quarter).items():
            assert score * 10 == 1000 + sum(entry.tenths for entry in made.of(quarter) if entry.unit == name)
    assert digest_of(book(shuffled, "2027-01-05 09:00").entries) == digest_of(made.entries)
    account = made.account
    for one in year_scores(made.entries, account, 2026, account.now.date(), "sum"):
        assert one.score * 10 == 1000 + sum(entry.tenths for entry in made.entries if entry.unit == one.unit)


@given(st.integers(0, 2**18 - 1), st.integers(0, 2**18 - 1))
def test_corrected_sums_are_those_of_the_facts_as_they_are_now(then: int, now: int) -> None:
    before = [fact for index, fact in enumerate(facts()) if then >> index & 1]
    after = [fact for index, fact in enumerate(facts()) if now >> index & 1]
    past = publish(book(before, APRIL), Q1)
    past = publish(book(before, JULY, past), Q2)
    corrected, plain = book(after, "2026-12-31 09:00", past), book(after, "2026-12-31 09:00")
    for name in (EDUCATION, COUNTY):
        sums = [sum(entry.tenths for entry in one.entries if entry.unit == name) for one in (corrected, plain)]
        assert sums[0] == sums[1]
    assert corrected.of(Q1) == past[Q1].entries


@pytest.mark.parametrize(("day", "quarter"), [("2026-03-31", Q1), ("2026-04-01", Q2), ("2026-06-30", Q2)])
def test_moving_a_fact_across_the_boundary_moves_exactly_its_entry(day: str, quarter: Quarter) -> None:
    plain = book(facts(), JULY)
    moved = book([*facts(), item("迟报材料", day, unit=COUNTY)], JULY)
    (extra,) = set(moved.entries) - set(plain.entries)
    assert set(plain.entries) < set(moved.entries)
    assert (extra.quarter, extra.points) == (quarter, -1)


def test_a_digest_changes_with_every_part_of_an_entry() -> None:
    entry = PointEntry(
        EDUCATION, "牵头", "2026-日-0001", "SZ4-9.2", PointKind.GOOD, 10, Q1.last, "依据", "督查室", 13, "x"
    )
    changes: list[dict[str, Any]] = [
        {"unit": COUNTY},
        {"role": "配合"},
        {"matter": ""},
        {"clause": "SZ4-9.1"},
        {"kind": PointKind.EXCELLENT},
        {"tenths": 11},
        {"date": Q1.first},
        {"evidence": "别的"},
        {"scorer": "秘书一科"},
        {"reading": None},
        {"cause": "y"},
        {"corrects": "2025Q4"},
    ]
    digests = {digest_of([replace(entry, **change)]) for change in [{}, *changes]}
    assert len(digests) == len(changes) + 1
