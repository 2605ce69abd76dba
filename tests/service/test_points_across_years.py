"""Points across the change of books: one ledger, one account, published in the new book and nowhere else."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from engine.cli.commands.unit_points import ledger_and_past
from engine.cli.main import main
from engine.facts.change import NewRow
from engine.facts.points import Quarter
from engine.ledger.reading.ledger import read_ledger
from engine.policy.loading import shipped_policies
from engine.scores.chart_cells import quarter_chart
from engine.scores.publishing import open_quarter
from engine.scores.scorebook import Scorebook, scorebook
from engine.scores.scoring import quarter_scores
from engine.service.new_year import new_year
from engine.service.old_books import NoOldBook, with_old_books
from engine.service.published_sheets import publish, quarter_rows, read_past
from tests.service.office import ServedOffice

SAMPLE = Path(__file__).parents[2] / "workbook" / "示例台账.xlsx"
MIDNIGHT, JANUARY = datetime(2027, 1, 1), datetime(2027, 1, 5, 9)


def book_of(path: Path, at: datetime = JANUARY) -> Scorebook:
    return scorebook(*_in_order(path, at))


def _in_order(path: Path, at: datetime):
    ledger, past = ledger_and_past(path)
    return ledger, shipped_policies(), at, past


def publishing(office: ServedOffice, path: Path, quarter: Quarter, at: datetime = JANUARY) -> str | None:
    book = book_of(path, at)
    scores = quarter_scores(book.entries, book.account, quarter)
    rows = quarter_rows(book, quarter, scores, "督查室 柳乙", at)
    return publish(path, office.station, rows, quarter_chart(quarter, scores), at)


@pytest.fixture
def changed(office: ServedOffice) -> tuple[ServedOffice, Scorebook]:
    """An office that published three quarters of the sample and went on to the next year; its account before that."""
    shutil.copy(SAMPLE, office.book)
    for number in (1, 2, 3):
        assert publishing(office, office.book, Quarter(2026, number), MIDNIGHT) is None
    before = book_of(office.book)
    new_year(office.book, 2027, office.station, MIDNIGHT)
    return office, before


def test_the_account_is_the_same_before_and_after_the_change(changed: tuple[ServedOffice, Scorebook]) -> None:
    office, before = changed
    closed = {one.number for one in before.account.ledger.matters}
    closed -= {one.number for one in read_ledger(office.book.read_bytes()).matters}
    assert any(entry.matter in closed for entry in before.entries)
    after = book_of(office.book)
    assert sorted(map(repr, after.entries)) == sorted(map(repr, before.entries))
    assert open_quarter(after.past) == Quarter(2026, 4)
    assert not any(entry.corrects for entry in after.entries if entry.matter in closed)


def test_without_the_closed_matters_their_points_would_be_taken_back(changed: tuple[ServedOffice, Scorebook]) -> None:
    office, before = changed
    data = office.book.read_bytes()
    alone = scorebook(read_ledger(data), shipped_policies(), JANUARY, read_past(data))
    assert sorted(map(repr, alone.entries)) != sorted(map(repr, before.entries))


def test_the_last_quarter_is_published_in_the_new_book_alone(changed: tuple[ServedOffice, Scorebook]) -> None:
    office, before = changed
    old, quarter = office.book.with_name("台账-2026.xlsx"), Quarter(2026, 4)
    untouched = old.read_bytes()
    assert "旧年度的台账" in str(publishing(office, old, quarter))
    assert old.read_bytes() == untouched
    assert publishing(office, office.book, quarter) is None
    past = read_past(office.book.read_bytes())
    assert (past[quarter].is_intact, past[quarter].entries) == (True, before.of(quarter))
    assert open_quarter(past) == Quarter(2027, 1)
    assert book_of(office.book).of(Quarter(2027, 1)) == ()
    assert old.read_bytes() == untouched


def test_two_changes_look_back_two_years(changed: tuple[ServedOffice, Scorebook]) -> None:
    office, before = changed
    new_year(office.book, 2028, office.station, datetime(2028, 1, 1))
    numbers = {one.number for one in before.account.ledger.matters}
    whole = with_old_books(read_ledger(office.book.read_bytes()), office.book)
    assert {one.number for one in whole.matters} == numbers
    older = office.book.with_name("台账-2027.xlsx")
    assert {one.number for one in with_old_books(read_ledger(older.read_bytes()), older).matters} == numbers


def test_an_old_book_that_is_gone_or_of_another_ledger_is_said(
    changed: tuple[ServedOffice, Scorebook], capsys: pytest.CaptureFixture[str]
) -> None:
    office, _ = changed
    old = office.book.with_name("台账-2026.xlsx")
    other = office.book.with_name("别的.xlsx")
    assert main(["new", str(other)]) == 0
    old.rename(old.with_name("挪走了.xlsx"))
    with pytest.raises(NoOldBook, match=r"台账-2026\.xlsx.*请把它放回"):
        ledger_and_past(office.book)
    other.rename(old)
    assert main(["score", str(office.book), "--quarter", "2026Q4"]) == 2
    assert "台账标识不同" in capsys.readouterr().err


def test_the_old_book_takes_no_row_at_all(changed: tuple[ServedOffice, Scorebook]) -> None:
    office, _ = changed
    old = office.book.with_name("台账-2026.xlsx")
    book = office.station.book(old, lambda: JANUARY)
    book.read()
    for sheet, values in (("clues", {"number": "x", "unit": "市教育局"}), ("matters", {"content": "新事项"})):
        assert "旧年度的台账" in str(book.apply((), [NewRow(sheet, values)]).pending)
