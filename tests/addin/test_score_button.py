"""季度评分: looking changes nothing; publishing writes what ``duban score --publish`` writes, and can be taken back."""

import re
from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from addin.button import ButtonContext
from addin.dialogs import quarter_forms
from addin.dialogs.form import read_form
from engine.facts.points import PointKind, Quarter
from engine.ledger.reading.ledger import read_ledger
from engine.policy.loading import shipped_policies
from engine.scores.publishing import Published
from engine.scores.scorebook import Scorebook, scorebook
from engine.scores.scoring import quarter_scores
from engine.service.published_sheets import quarter_rows, read_past
from engine.service.sms_faults import MARK
from tests.addin.button_cases import LOG, synchronized
from tests.addin.pressing import NOW, SAMPLE, Clerk, button, cells, differences, tables_but_log

PUBLISH = {"purpose": "通报", "scorer": "督查室 柳乙"}
CHARTS = "图表数据"
SCORE_SHEETS = {"积分明细", "季度积分", "问责线索", CHARTS}


@pytest.fixture(scope="module")
def by_the_engine() -> Scorebook:
    """The points of the sample as the command sees them."""
    data = SAMPLE.read_bytes()
    return scorebook(read_ledger(data), shipped_policies(), NOW, read_past(data))


def score(person: Clerk, span: str, **answers: str) -> None:
    person.answers = {"span": span, **answers}
    button("score_quarter")()


def rows_of(book: xw.Book, sheet: str) -> list[dict[str, object]]:
    head, *rows = book.impl._workbook[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if row[0]]


def test_looking_shows_each_unit_with_its_entries_and_changes_nothing(
    book: xw.Book, person: Clerk, by_the_engine: Scorebook
) -> None:
    synchronized(person)
    before = cells(book)
    score(person, "2026Q1")
    assert cells(book) == before
    title, intro, rows = person.tables[-1]
    account, quarter = by_the_engine.account, Quarter(2026, 1)
    scores = quarter_scores(by_the_engine.entries, account, quarter)
    assert (title, "试算，未通报" in intro) == ("季度评分", True)
    assert [(row[0], row[1], row[2]) for row in rows if row[0]] == [
        (str(one.rank), one.unit, f"{one.score:g}") if one.rank else ("无事项", one.unit, "") for one in scores
    ]
    assert sorted(row[7] for row in rows if not row[0]) == sorted(e.evidence for e in by_the_engine.of(quarter))


def test_publishing_appends_the_rows_of_the_command_and_undo_takes_them_back(
    book: xw.Book, person: Clerk, path: Path, by_the_engine: Scorebook
) -> None:
    synchronized(person)
    before, before_tables = cells(book), tables_but_log(book)
    score(person, "2026Q1", **PUBLISH)
    changed = differences(before, cells(book))
    assert {sheet for sheet, _ in changed} - {LOG} <= SCORE_SHEETS
    assert all(place not in before for place in changed if place[0] != CHARTS)
    account, quarter = by_the_engine.account, Quarter(2026, 1)
    scores = quarter_scores(by_the_engine.entries, account, quarter)
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


def test_units_without_work_stand_apart_row_by_row(book: xw.Book, person: Clerk, path: Path) -> None:
    ledger = read_ledger(path.read_bytes())
    named = {unit for one in ledger.matters for unit in (one.lead_unit, *one.cooperating_units)}
    score(person, "2026Q1", **PUBLISH)
    rows = [(row["单位"], row["名次"]) for row in rows_of(book, "季度积分")]
    places = [place for _, place in rows if place is not None]
    assert places == sorted(places)
    assert [place for _, place in rows] == [*places, *[None] * (len(rows) - len(places))]
    idle = {unit for unit, place in rows if place is None}
    assert {unit for unit, _ in rows} - named - {one.unit for one in ledger.point_items} <= idle
    assert 0 < len(idle) < len(rows)


def test_a_published_quarter_is_shown_as_such_and_not_published_again(book: xw.Book, person: Clerk) -> None:
    score(person, "2026Q1", **PUBLISH)
    before = cells(book)
    score(person, "2026Q1")
    assert f"已通报，评分人 {PUBLISH['scorer']}" in person.tables[-1][1]
    score(person, "2026Q1", **PUBLISH)
    assert person.told[-1] == "2026Q1已通报过，不能再次通报。事后的变化会在2026Q2更正。"
    assert cells(book) == before


@pytest.mark.parametrize(("quarter", "says"), [("2026Q4", "还没有结束"), ("2026Q3", "请按先后通报")])
def test_what_must_not_be_published_is_refused(book: xw.Book, person: Clerk, quarter: str, says: str) -> None:
    score(person, "2026Q1", **PUBLISH)
    before = cells(book)
    score(person, quarter, **PUBLISH)
    assert says in person.told[-1]
    assert cells(book) == before


def test_a_late_report_whose_sms_failed_on_record_is_marked(
    book: xw.Book, person: Clerk, by_the_engine: Scorebook
) -> None:
    late = next(one for one in by_the_engine.of(Quarter(2026, 1)) if one.kind is PointKind.LATE_REPORT)
    node, period, ordinal = late.cause.split(" ")
    sheet = book.impl._workbook["短信记录"]
    row = {"短信编号": "S1", "时间": NOW, "事项编号": late.matter, "单位": late.unit, "节点": node, "期次": period}
    row |= {"序次": int(ordinal), "节点期限": NOW, "时点": "+3h", "应发时间": NOW, "类型": "催办", "状态": "未送达"}
    for cell in sheet[1]:
        sheet.cell(2, cell.column).value = row.get(str(cell.value))
    score(person, "2026Q1")
    marked = [line[7] for line in person.tables[-1][2] if MARK in line[7]]
    assert marked == [f"{late.evidence}【{MARK}】"]


def test_the_year_is_shown_and_published_only_after_its_quarters(
    book: xw.Book, person: Clerk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ButtonContext, "now", staticmethod(lambda: datetime(2027, 1, 11, 9)))
    before = cells(book)
    score(person, "2026年")
    title, intro, rows = person.tables[-1]
    assert (title, "总评和排名" in intro) == ("季度评分", True)
    assert [row[0] for row in rows][:1] == ["1"]
    score(person, "2026年", **PUBLISH)
    assert "还没有通报，不能作年末总评" in person.told[-1]
    assert cells(book) == before
    for number in (1, 2, 3, 4):
        score(person, f"2026Q{number}", **PUBLISH)
    published = cells(book)
    score(person, "2026年", **PUBLISH)
    assert "已写入2026年的总评和排名" in person.told[-1]
    ranked = [row for row in rows_of(book, "年度排名") if row["年度"] == 2026]
    assert [(row["累计名次"], row["单位"]) for row in ranked] == [
        (int(row[0]) if row[0] != "无事项" else None, row[1]) for row in rows
    ]
    assert {sheet for sheet, _ in differences(published, cells(book))} <= {"年度排名", "问责线索", CHARTS, LOG}
    button("undo_last")()
    assert {place for place in differences(published, cells(book)) if place[0] != LOG} == set()


@pytest.mark.parametrize("sheet", ["积分明细", "季度积分"])
def test_published_scores_are_not_forgotten_when_a_sheet_is_gone(book: xw.Book, person: Clerk, sheet: str) -> None:
    score(person, "2026Q1", **PUBLISH)
    book.impl._workbook[sheet].title = "改了名"
    before = cells(book)
    score(person, "2026Q1", **PUBLISH)
    assert f"没有工作表「{sheet}」" in person.told[-1]
    assert cells(book) == before


def test_a_protected_sheet_takes_no_half_publication(book: xw.Book, person: Clerk) -> None:
    book.impl._protected.add("季度积分")
    before = cells(book)
    score(person, "2026Q1", **PUBLISH)
    assert "受保护" in person.told[-1]
    assert cells(book) == before


def test_escape_changes_nothing(book: xw.Book, person: Clerk) -> None:
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
    field = quarter_forms.score_form(past, NOW).fields[0]
    quarters = [choice for choice in field.choices if re.fullmatch(r"\d{4}Q[1-4]", choice)]
    years = list(field.choices[len(quarters) :])
    assert (field.default, quarters[0], quarters[-1]) == (default, "2026Q4", first)
    assert years == [f"{year}年" for year in range(2026, int(first[:4]) - 1, -1)]


def test_publishing_wants_a_scorer_and_looking_does_not() -> None:
    form = quarter_forms.score_form({}, NOW)
    given = {field.name: field.default for field in form.fields}
    assert given["purpose"] == "试算"
    assert read_form(form, given)[1] == {}
    assert read_form(form, given | {"purpose": "通报"})[1] == {"scorer": "通报须写明评分人。"}
    assert read_form(form, given | {"purpose": "通报", "scorer": "甲"})[1] == {}
