"""What every adapter of the ledger port does: apply by key, where the old value still stands, and nothing else."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from engine.facts.change import Change, NewRow
from engine.facts.finding import Place
from engine.ledger.headings.columns import BY_NAME
from tests.ledger.adapters import ADAPTERS, Adapter, Opened

NINE = datetime(2026, 3, 3, 9, 0)
HEADINGS = ["事项编号", "事项内容", "牵头单位", "预警灯", "逾期小时", "当前期限", "依据"]
FIRST, SECOND, THIRD = (f"2026-日-000{number}" for number in (1, 2, 3))
LOG = ["短信编号", "时间", "事项编号", "单位", "手机", "内容", "序次"]


def rows_of_matters() -> list[list[Any]]:
    return [
        [FIRST, "整治占道经营", "市教育局", "绿", None, NINE, "SZ1-13"],
        [SECOND, "老旧小区改造", "市教育局", "黄", 5, NINE, "SZ1-13"],
        [THIRD, "=1+1 不是公式", "市教育局", "红", 12, NINE, None],
    ]


def write_book(
    path: Path, matters: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS, log: Sequence[Sequence[Any]] = ()
) -> None:
    """A small ledger; headings not named stand at the right. A value that is a tuple is a formula with its result."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheets: list[tuple[str, Sequence[str], Sequence[Sequence[Any]]]] = [
            ("督办台账", headings, matters),
            ("短信记录", LOG, log or [[None] * len(LOG)]),
            *((name, ["事项编号"], [[None]]) for name in ("反馈记录", "延期申请", "办结审核", "督办记录")),
            ("单位通讯录", ["单位", "类别", "启用"], [["市教育局", "市直部门", "是"]]),
            ("参数设置", ["键", "值", "说明"], [["台账标识", "id-1", None], ["单位名称", "督查室", None]]),
        ]
        for name, own_headings, rows in sheets:
            sheet = book.add_worksheet(name)
            others = [column.heading for column in BY_NAME[name].columns if column.heading not in own_headings]
            columns = [{"header": heading} for heading in (*own_headings, *others)]
            sheet.add_table(0, 0, len(rows), len(columns) - 1, {"name": name, "columns": columns})
            for line, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    if isinstance(value, tuple):
                        sheet.write_formula(line, column, value[0], None, value[1])
                    elif isinstance(value, datetime):
                        sheet.write_datetime(line, column, value, moment)
                    else:
                        sheet.write(line, column, value)


@pytest.fixture(params=ADAPTERS, ids=lambda adapter: adapter.name)
def adapter(request: pytest.FixtureRequest) -> Iterator[Adapter]:
    return request.param


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "台账.xlsx"


def plain(adapter: Adapter, path: Path) -> Opened:
    write_book(path, rows_of_matters())
    return adapter.open(path)


def change(number: str, field: str, old: Any, new: Any, row: int = 2) -> Change:
    return Change(Place("matters", row, field), number, field, old, new)


def log_row(number: str, **values: Any) -> NewRow:
    return NewRow("message_log", {"number": number, **values}, "number")


def difference(before: Any, after: Any) -> dict[tuple[str, str], Any]:
    """The cells that are not what they were, with what they hold now."""
    return {key: after.get(key) for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def test_what_is_read_is_the_ledger(adapter: Adapter, path: Path) -> None:
    opened = plain(adapter, path)
    snapshot = opened.port.read()
    assert [matter.number for matter in snapshot.ledger.matters] == [FIRST, SECOND, THIRD]
    assert snapshot.ledger.settings.ledger_id == "id-1"


def test_the_version_changes_with_the_content(adapter: Adapter, path: Path) -> None:
    opened = plain(adapter, path)
    first = opened.port.read().version
    assert opened.port.read().version == first
    opened.port.apply([change(FIRST, "light", "绿", "黄")], [])
    assert opened.port.read().version != first


def test_only_the_named_cells_change(adapter: Adapter, path: Path) -> None:
    opened = plain(adapter, path)
    before = opened.cells()
    changes = [change(FIRST, "light", "绿", "红"), change(SECOND, "overdue_hours", 5, 6, 3)]
    report = opened.port.apply(changes, [])
    assert report.pending is None
    assert set(report.applied) == set(changes)
    assert report.dropped == ()
    assert difference(before, opened.cells()) == {("督办台账", "D2"): ("s", "红"), ("督办台账", "E3"): ("n", 6)}


@pytest.mark.parametrize(
    ("field", "number", "old", "new", "cell", "holds"),
    [
        ("current_due", FIRST, NINE, datetime(2026, 3, 4, 17, 30), "F2", ("d", datetime(2026, 3, 4, 17, 30))),
        ("overdue_hours", FIRST, None, 1, "E2", ("n", 1)),
        ("overdue_hours", THIRD, 12, None, "E4", None),
        ("light", THIRD, "红", None, "D4", None),
        ("basis", THIRD, None, "SZ1-14", "G4", ("s", "SZ1-14")),
        ("basis", FIRST, "SZ1-13", " 两端 空格\n换行 ", "G2", ("s", " 两端 空格\n换行 ")),
    ],
)
def test_each_kind_of_value(
    adapter: Adapter, path: Path, field: str, number: str, old: Any, new: Any, cell: str, holds: Any
) -> None:
    opened = plain(adapter, path)
    before = opened.cells()
    report = opened.port.apply([change(number, field, old, new)], [])
    assert len(report.applied) == 1
    assert difference(before, opened.cells()) == {("督办台账", cell): holds}


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@x", "'x", '=HYPERLINK("http://x")', "2026-03-03", "00012"])
def test_a_string_stays_a_string(adapter: Adapter, path: Path, text: str) -> None:
    opened = plain(adapter, path)
    opened.port.apply([change(FIRST, "basis", "SZ1-13", text)], [log_row("S1", text=text)])
    assert opened.cells()["督办台账", "G2"] == ("s", text)
    assert opened.cells()["短信记录", "F2"] == ("s", text)


def test_columns_that_were_moved_are_found_by_heading(adapter: Adapter, path: Path) -> None:
    moved = ["我加的列", *reversed(HEADINGS)]
    write_book(path, [["x", *reversed(row)] for row in rows_of_matters()], moved)
    opened = adapter.open(path)
    before = opened.cells()
    assert opened.port.apply([change(SECOND, "light", "黄", "红")], []).dropped == ()
    assert difference(before, opened.cells()) == {("督办台账", "E3"): ("s", "红")}


def test_rows_that_were_sorted_are_found_by_number(adapter: Adapter, path: Path) -> None:
    blank = [None] * len(HEADINGS)
    write_book(path, [*reversed(rows_of_matters()), blank])
    opened = adapter.open(path)
    before = opened.cells()
    assert opened.port.apply([change(FIRST, "light", "绿", "红", row=2)], []).dropped == ()
    assert difference(before, opened.cells()) == {("督办台账", "D4"): ("s", "红")}


def assert_dropped(opened: Opened, refused: Change) -> None:
    """The one change is dropped with a reason in Chinese; its neighbour is applied all the same."""
    before = opened.cells()
    good = change(SECOND, "light", "黄", "红", 3)
    report = opened.port.apply([refused, good], [])
    assert report.pending is None
    assert report.applied == (good,)
    assert [dropped.change for dropped in report.dropped] == [refused]
    assert any("\u4e00" <= character <= "\u9fff" for character in report.dropped[0].reason)
    assert difference(before, opened.cells()) == {("督办台账", "D3"): ("s", "红")}


def test_a_cell_that_no_longer_holds_the_old_value_is_left_to_whoever_changed_it(adapter: Adapter, path: Path) -> None:
    assert_dropped(plain(adapter, path), change(FIRST, "light", "紫", "红"))


def test_a_cell_that_was_emptied_no_longer_holds_the_old_value(adapter: Adapter, path: Path) -> None:
    assert_dropped(plain(adapter, path), change(FIRST, "overdue_hours", 3, 4))


def test_a_cell_that_was_filled_is_no_longer_empty(adapter: Adapter, path: Path) -> None:
    assert_dropped(plain(adapter, path), change(THIRD, "overdue_hours", None, 4, 4))


def test_an_unknown_number_is_dropped(adapter: Adapter, path: Path) -> None:
    assert_dropped(plain(adapter, path), change("2026-日-9999", "light", "绿", "红"))


def test_a_doubled_number_that_stands_elsewhere_is_dropped(adapter: Adapter, path: Path) -> None:
    rows = rows_of_matters()
    write_book(path, [*rows, rows[0]])
    assert_dropped(adapter.open(path), change(FIRST, "light", "绿", "红", row=4))


def test_of_a_doubled_number_the_row_that_was_read_is_written(adapter: Adapter, path: Path) -> None:
    rows = rows_of_matters()
    write_book(path, [*rows, rows[0]])
    opened = adapter.open(path)
    before = opened.cells()
    assert opened.port.apply([change(FIRST, "light", "绿", "红", row=5)], []).dropped == ()
    assert difference(before, opened.cells()) == {("督办台账", "D5"): ("s", "红")}


def test_a_formula_that_staff_planted_survives(adapter: Adapter, path: Path) -> None:
    rows = rows_of_matters()
    rows[0][3] = ('="绿"', "绿")
    write_book(path, rows)
    opened = adapter.open(path)
    assert_dropped(opened, change(FIRST, "light", "绿", "红"))
    assert opened.cells()["督办台账", "D2"] == ("f", '="绿"')


def test_rows_are_appended_below_the_table_and_belong_to_it(adapter: Adapter, path: Path) -> None:
    write_book(path, rows_of_matters(), log=[["S1", NINE, FIRST, "市教育局", "138****8000", "…", 1]])
    opened = adapter.open(path)
    before = opened.cells()
    rows = [log_row("S2", at=NINE, matter=SECOND, ordinal=2), log_row("S3", unit="市教育局")]
    assert opened.port.apply([], rows).appended == 2
    assert difference(before, opened.cells()) == {
        ("短信记录", "A3"): ("s", "S2"),
        ("短信记录", "B3"): ("d", NINE),
        ("短信记录", "C3"): ("s", SECOND),
        ("短信记录", "G3"): ("n", 2),
        ("短信记录", "A4"): ("s", "S3"),
        ("短信记录", "D4"): ("s", "市教育局"),
    }


def test_the_blank_row_of_an_empty_table_is_filled_first(adapter: Adapter, path: Path) -> None:
    opened = plain(adapter, path)
    opened.port.apply([], [log_row("S1")])
    assert opened.cells()["短信记录", "A2"] == ("s", "S1")


def test_appending_twice_is_harmless(adapter: Adapter, path: Path) -> None:
    opened = plain(adapter, path)
    rows = [log_row("S1", at=NINE), log_row("S2")]
    assert opened.port.apply([], rows).appended == 2
    once = opened.cells()
    again = opened.port.apply([], [*rows, log_row("S3")])
    assert again.appended == 1
    assert difference(once, opened.cells()) == {("短信记录", "A4"): ("s", "S3")}
    assert opened.port.apply([], rows).appended == 0


def test_one_row_twice_in_one_go_is_appended_once(adapter: Adapter, path: Path) -> None:
    opened = plain(adapter, path)
    assert opened.port.apply([], [log_row("S1"), log_row("S1")]).appended == 1


def test_a_change_that_stands_already_is_no_fault(adapter: Adapter, path: Path) -> None:
    opened = plain(adapter, path)
    wanted = change(FIRST, "light", "绿", "红")
    opened.port.apply([wanted], [])
    before = opened.cells()
    assert opened.port.apply([wanted], []).pending is None
    assert opened.cells() == before


def test_changes_and_rows_go_together(adapter: Adapter, path: Path) -> None:
    opened = plain(adapter, path)
    report = opened.port.apply([change(FIRST, "light", "绿", "红")], [log_row("S1")])
    assert (len(report.applied), report.appended, report.pending) == (1, 1, None)


def test_nothing_is_nothing(adapter: Adapter, path: Path) -> None:
    opened = plain(adapter, path)
    before = opened.cells()
    report = opened.port.apply([], [])
    assert (report.applied, report.dropped, report.appended, report.pending) == ((), (), 0, None)
    assert opened.cells() == before
