"""季度评分: looking changes nothing; publishing writes what ``duban score --publish`` writes, and can be taken back."""

import re
from pathlib import Path

import pytest
import xlwings as xw

from addin.dialogs import forms
from addin.dialogs.form import read_form
from engine.facts.points import Quarter
from engine.ledger.reading import read_ledger
from engine.policy.loading import shipped_policies
from engine.published_sheets import quarter_rows, read_past
from engine.publishing import Published
from engine.scorebook import Scorebook, scorebook
from engine.scoring import quarter_scores
from tests.addin.button_cases import LOG, synchronized
from tests.addin.pressing import NOW, SAMPLE, Person, button, cells, differences, tables_but_log

PUBLISH = {"purpose": "通报", "scorer": "督查室 柳乙"}
SCORE_SHEETS = {"积分明细", "季度积分", "问责线索"}


@pytest.fixture(scope="module")
def by_the_engine() -> Scorebook:
    """The points of the sample as the command sees them."""
    data = SAMPLE.read_bytes()
    return scorebook(read_ledger(data), shipped_policies(), NOW, read_past(data))


def score(person: Person, quarter: str, **answers: str) -> None:
    person.answers = {"quarter": quarter, **answers}
    button("score_quarter")()


def rows_of(book: xw.Book, sheet: str) -> list[dict[str, object]]:
    head, *rows = book.impl._workbook[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if row[0]]


def test_looking_shows_each_unit_with_its_entries_and_changes_nothing(
    book: xw.Book, person: Person, by_the_engine: Scorebook
) -> None:
    synchronized(person)
    before = cells(book)
    score(person, "2026Q1")
    assert cells(book) == before
    title, intro, rows = person.tables[-1]
    account, quarter = by_the_engine.account, Quarter(2026, 1)
    scores = quarter_scores(by_the_engine.entries, account.units, account.policy, quarter)
    assert (title, "试算，未通报" in intro) == ("季度评分", True)
    assert [(row[0], row[1], row[2]) for row in rows if row[0]] == [
        (str(one.rank), one.unit, f"{one.score:g}") for one in scores
    ]
    assert sorted(row[7] for row in rows if not row[0]) == sorted(e.evidence for e in by_the_engine.of(quarter))


def test_publishing_appends_the_rows_of_the_command_and_undo_takes_them_back(
    book: xw.Book, person: Person, path: Path, by_the_engine: Scorebook
) -> None:
    synchronized(person)
    before, before_tables = cells(book), tables_but_log(book)
    score(person, "2026Q1", **PUBLISH)
    changed = differences(before, cells(book))
    assert {sheet for sheet, _ in changed} - {LOG} <= SCORE_SHEETS
    assert all(place not in before for place in changed)
    account, quarter = by_the_engine.account, Quarter(2026, 1)
    scores = quarter_scores(by_the_engine.entries, account.units, account.policy, quarter)
    expected = quarter_rows(by_the_engine, quarter, scores, PUBLISH["scorer"], NOW)
    numbers = [row.values["number"] for row in expected]
    assert [row["明细编号"] for row in rows_of(book, "积分明细")] == numbers[: -len(scores)]
    assert [row["积分编号"] for row in rows_of(book, "季度积分")] == numbers[-len(scores) :]
    past = read_past(path.read_bytes())
    assert (past[quarter].scorer, past[quarter].at, past[quarter].is_intact) == (PUBLISH["scorer"], NOW, True)
    assert past[quarter].entries == by_the_engine.of(quarter)
    assert "2026Q1" in person.told[-1]
    button("undo_last")()
    assert {place for place in differences(before, cells(book)) if place[0] != LOG} == set()
    assert tables_but_log(book) == before_tables
    assert "已对外通报的请不要撤销" in person.asked[-1]


def test_a_published_quarter_is_shown_as_such_and_not_published_again(book: xw.Book, person: Person) -> None:
    score(person, "2026Q1", **PUBLISH)
    before = cells(book)
    score(person, "2026Q1")
    assert f"已通报，评分人 {PUBLISH['scorer']}" in person.tables[-1][1]
    score(person, "2026Q1", **PUBLISH)
    assert person.told[-1] == "2026Q1已通报过，不能再次通报。事后的变化会在2026Q2更正。"
    assert cells(book) == before


@pytest.mark.parametrize(("quarter", "says"), [("2026Q4", "还没有结束"), ("2026Q3", "请按先后通报")])
def test_what_must_not_be_published_is_refused(book: xw.Book, person: Person, quarter: str, says: str) -> None:
    score(person, "2026Q1", **PUBLISH)
    before = cells(book)
    score(person, quarter, **PUBLISH)
    assert says in person.told[-1]
    assert cells(book) == before


@pytest.mark.parametrize("sheet", ["积分明细", "季度积分"])
def test_published_scores_are_not_forgotten_when_a_sheet_is_gone(book: xw.Book, person: Person, sheet: str) -> None:
    score(person, "2026Q1", **PUBLISH)
    book.impl._workbook[sheet].title = "改了名"
    before = cells(book)
    score(person, "2026Q1", **PUBLISH)
    assert f"没有工作表「{sheet}」" in person.told[-1]
    assert cells(book) == before


def test_a_protected_sheet_takes_no_half_publication(book: xw.Book, person: Person) -> None:
    book.impl._protected.add("季度积分")
    before = cells(book)
    score(person, "2026Q1", **PUBLISH)
    assert "受保护" in person.told[-1]
    assert cells(book) == before


def test_escape_changes_nothing(book: xw.Book, person: Person) -> None:
    person.leaves = True
    before = cells(book)
    score(person, "2026Q1", **PUBLISH)
    assert cells(book) == before


def published(*quarters: Quarter) -> dict[Quarter, Published]:
    return {quarter: Published(quarter, (), "甲", NOW, "") for quarter in quarters}


@pytest.mark.parametrize(
    ("past", "default", "first"),
    [
        (published(), "2026Q3", "2025Q3"),
        (published(Quarter(2026, 1)), "2026Q2", "2025Q2"),
        (published(Quarter(2023, 4)), "2024Q1", "2023Q1"),
        (published(Quarter(2026, 3)), "2026Q4", "2025Q4"),
    ],
)
def test_the_form_offers_the_quarter_that_waits(past: dict[Quarter, Published], default: str, first: str) -> None:
    field = forms.score_form(past, NOW).fields[0]
    assert (field.default, field.choices[0], field.choices[-1]) == (default, "2026Q4", first)
    assert all(re.fullmatch(r"\d{4}Q[1-4]", choice) for choice in field.choices)


def test_publishing_wants_a_scorer_and_looking_does_not() -> None:
    form = forms.score_form({}, NOW)
    given = {field.name: field.default for field in form.fields}
    assert given["purpose"] == "试算"
    assert read_form(form, given)[1] == {}
    assert read_form(form, given | {"purpose": "通报"})[1] == {"scorer": "通报须写明评分人。"}
    assert read_form(form, given | {"purpose": "通报", "scorer": "甲"})[1] == {}
