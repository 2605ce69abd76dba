"""统计看板 and 今日待办: what is written there, that it comes to rest, and that it is what the figures say."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from engine.board.figures import board
from engine.board.sheets import board_cells, differences, form_changes, replies_shown, today_cells
from engine.board.waiting import KINDS, UnreadReply, Unsettled, Waiting, waiting
from engine.ledger.headings.board_sheets import (
    AS_OF,
    BOARD_SHEET,
    BY_UNIT,
    FORMS,
    LISTS,
    OVERDUE,
    TILE_VALUES,
    TODAY_SHEET,
    WAITING,
)
from engine.ledger.patching.patch import patch_into
from engine.ledger.reading.cells import read_cells
from engine.ledger.reading.forms import form_cells
from engine.ledger.reading.ledger import read_ledger
from engine.review.ledger_review import Review, review
from tests.addin.checkers import open_xml_faults
from tests.clauses.builders import NothingSent, policies, policy
from tests.ledger.corpus.resaved import convert
from tests.ledger.patch_checks import calamine_cells, openpyxl_cells, plain
from tests.ledger.patch_programs import exceljs_values
from tests.ledger.test_template import WORKBOOKS

NOW = datetime(2026, 11, 18, 8)
SAMPLE = WORKBOOKS / "示例台账.xlsx"


@pytest.fixture(scope="module")
def sample() -> tuple[bytes, Review]:
    data = SAMPLE.read_bytes()
    return data, review(read_ledger(data), NothingSent(), policies(), NOW, NOW)


def held(data: bytes) -> dict[str, dict[tuple[str, int], object]]:
    return {key: form_cells(cells) for key, cells in read_cells(data, FORMS).items()}


def written(data: bytes, reviewed: Review) -> bytes:
    ledger, shown = read_ledger(data), held(data)
    changes = differences(BOARD_SHEET, shown["board"], board_cells(board(ledger, reviewed, policy())))
    changes += differences(TODAY_SHEET, shown["today"], today_cells(waiting(ledger, reviewed, policy(), [])))
    target = BytesIO()
    report = patch_into(data, target, changes, [])
    assert not report.dropped
    assert len(report.applied) == len(changes)
    return target.getvalue()


def test_the_board_is_written_whole_and_comes_to_rest(sample, tmp_path: Path) -> None:
    data, reviewed = sample
    after = written(data, reviewed)
    ledger, shown = read_ledger(after), held(after)
    cells = board_cells(board(ledger, reviewed, policy()))
    assert differences(BOARD_SHEET, shown["board"], cells) == []
    assert {at: value for at, value in cells.items() if value is not None}.items() <= shown["board"].items()
    assert differences(TODAY_SHEET, shown["today"], today_cells(waiting(ledger, reviewed, policy(), []))) == []
    (tmp_path / "book.xlsx").write_bytes(after)
    assert open_xml_faults(tmp_path / "book.xlsx") == []


def test_every_program_reads_the_same_figures(sample, tmp_path: Path) -> None:
    data, reviewed = sample
    book = tmp_path / "book.xlsx"
    book.write_bytes(written(data, reviewed))
    figures = board_cells(board(read_ledger(data), reviewed, policy()))
    cells = {at: value for at, value in figures.items() if value is not None}
    wanted = {(BOARD_SHEET.name, row, ord(letter) - 64): plain(value) for (letter, row), value in cells.items()}
    convert([book], tmp_path / "reread")
    for seen in (calamine_cells(book), openpyxl_cells(book), calamine_cells(tmp_path / "reread" / "book.xlsx")):
        assert {where: seen.get(where) for where in wanted} == wanted
    assert exceljs_values({book: [*wanted]})[book] == [*wanted.values()]


def test_other_parts_of_the_book_stay_as_they_are(sample) -> None:
    data, reviewed = sample
    before, after = load_workbook(BytesIO(data)), load_workbook(BytesIO(written(data, reviewed)))
    for name in before.sheetnames:
        if name not in (BOARD_SHEET.name, TODAY_SHEET.name):
            assert [*before[name].values] == [*after[name].values]


def test_the_time_alone_is_no_reason_to_write(sample) -> None:
    data, reviewed = sample
    after = written(data, reviewed)
    later = board_cells(board(read_ledger(after), reviewed, policy())) | {AS_OF: "截至 别的时候"}
    assert differences(BOARD_SHEET, held(after)["board"], later) == []
    moved = later | {("A", TILE_VALUES): 60}
    assert {change.field for change in differences(BOARD_SHEET, held(after)["board"], moved)} == {"A"}
    assert len(differences(BOARD_SHEET, held(after)["board"], moved)) == 2, "the time goes with it"


def test_every_list_ends_with_the_sum_of_what_has_no_room(sample) -> None:
    data, reviewed = sample
    found = board(read_ledger(data), reviewed, policy())
    cells = board_cells(found)
    assert len(found.by_unit) > BY_UNIT.rows
    last = [cells[letter, BY_UNIT.last] for letter in BY_UNIT.columns]
    assert last[0] == f"其余{len(found.by_unit) - BY_UNIT.rows + 1}个"
    opened = [cells["F", row] for row in range(BY_UNIT.first, BY_UNIT.last + 1)]
    assert sum(opened) == found.lights.open
    assert cells["A", OVERDUE.last] == f"另有{len(found.overdue) - OVERDUE.rows + 1}项"


@pytest.mark.parametrize(("count", "more"), [(WAITING.rows - 1, None), (WAITING.rows, "另有1项"), (0, None)])
def test_more_than_the_form_holds_is_counted(count: int, more: str | None) -> None:
    cells = today_cells([Waiting("待批", str(number), "市教育局", "", "") for number in range(count)])
    assert cells["A", WAITING.last] == more
    assert str(cells["A", WAITING.top]).startswith(f"共{count}项" if count else "今天没有待办")


def test_what_waits_stands_by_kind_with_unit_and_words(sample) -> None:
    data, reviewed = sample
    ledger = read_ledger(data)
    found = waiting(ledger, reviewed, policy(), [Unsettled("信0001", ledger.matters[5].number)])
    assert [one.kind for one in found] == sorted((one.kind for one in found), key=KINDS.index)
    assert (found[0].kind, found[0].unit) == ("待人工", ledger.matters[5].lead_unit)
    today = [one for one in found if one.kind == "今日到期"]
    assert today
    assert all(one.due and one.due.date() == NOW.date() for one in today)
    assert "到期" in today[0].what


def test_no_two_lists_share_a_cell_and_all_lie_on_their_form() -> None:
    places = [
        (letter, row)
        for block in LISTS
        for row in range(block.top + 1, block.last + 1)
        for letter in map(chr, range(ord(block.columns[0]), ord(block.end or block.columns[-1]) + 1))
    ]
    assert len(places) == len(set(places))
    letters = {column.field for column in BOARD_SHEET.columns}
    assert all(letter in letters and row <= BOARD_SHEET.grid_rows for letter, row in places)


def test_a_book_without_the_sheets_is_left_alone(sample) -> None:
    data, reviewed = sample
    found = board(read_ledger(data), reviewed, policy())
    assert form_changes({}, found, ()) == []
    assert {change.place.sheet for change in form_changes({"board": {}}, found, ())} == {"board"}


def test_time_moves_matters_into_the_coming_week(sample) -> None:
    data, _ = sample
    ledger = read_ledger(data)
    counts = []
    for days in (0, 1):
        now = NOW + timedelta(days=days)
        counts.append(
            board_cells(board(ledger, review(ledger, NothingSent(), policies(), now, now), policy()))["G", TILE_VALUES]
        )
    assert counts[0] != counts[1]


def test_replies_that_wait_stand_in_today_and_stay_where_nobody_knows_better(sample) -> None:
    data, reviewed = sample
    ledger = read_ledger(data)
    unread = [
        UnreadReply(ledger.matters[5].number, "王某回复短信“不是我们单位”，请看后处理"),
        UnreadReply("", "138****8000回复"),
    ]
    found = waiting(ledger, reviewed, policy(), [], unread)
    assert [one.number for one in found if one.kind == "回复待看"] == ["", ledger.matters[5].number]
    held = {at: value for at, value in today_cells(found).items() if value is not None}
    assert sorted(replies_shown(held), key=lambda one: one.what) == sorted(unread, key=lambda one: one.what)
    assert replies_shown({}) == []
