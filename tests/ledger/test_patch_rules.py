"""Which change goes in, which is dropped, which is refused; what a value becomes in a cell."""

from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pytest

from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.ledger.package.faults import MissingPartError
from engine.ledger.package.row_hash import row_hash
from engine.ledger.package.text_content import escaped, plain_text
from engine.ledger.patching.cell_writing import cell_bytes
from engine.ledger.patching.codec import Codec
from engine.ledger.patching.patch import PatchOptions, PatchReport, patch, patch_into
from engine.ledger.patching.refusals import (
    FormulaError,
    NoRoomError,
    ValueRefusedError,
)
from engine.ledger.patching.values import MAX_TEXT, same
from tests.ledger.corpus.excel_made import excel_made
from tests.ledger.corpus.hand_made import hand_made
from tests.ledger.corpus.office_book import CHANGES, OLD_DUE, ROWS, OfficeBook, log_row, matter_values
from tests.ledger.corpus.refused import refused
from tests.ledger.corpus.zip_tools import edited
from tests.ledger.patch_checks import calamine_cells

PLACE = Place("matters", 4)
NUMBER = "2026-日-0003"


def one(book: Path, change: Change) -> PatchReport:
    """One change, tried on a workbook that stays as it is."""
    return patch_into(book.read_bytes(), BytesIO(), [change], [])


@pytest.mark.parametrize(
    ("old", "held", "stands"),
    [
        ("绿", "绿", True),
        ("绿", " 绿 ", True),
        ("绿", "红", False),
        (None, None, True),
        (None, "", True),
        ("", None, True),
        (None, 0.0, False),
        (27, 27.0, True),
        (27, 28.0, False),
        (27, "27", True),
        ("135", 135.0, True),
        ("135", 136.0, False),
        (True, True, True),
        (True, False, False),
        (datetime(2026, 3, 9, 9, 0), 46090.375, True),
        (datetime(2026, 3, 9, 9, 0), 46090.375 + 59 / 86400, True),
        (datetime(2026, 3, 9, 9, 0), 46090.375 + 61 / 86400, False),
        (date(2026, 3, 9), 46090.0, True),
        (datetime(2026, 3, 9, 9, 0), "2026-03-09 09:00", False),
        (datetime(2026, 3, 9, 9, 0), 1e12, False),
        (datetime(2026, 3, 9, 9, 0), None, False),
    ],
)
def test_a_change_goes_in_only_where_the_old_value_stands(old: Value, held: Value, stands: bool) -> None:
    assert same(old, held, date1904=False) is stands


def test_a_serial_number_of_a_1904_book_is_another_day() -> None:
    assert same(datetime(2026, 3, 9, 9, 0), 46090.375 - 1462, date1904=True)
    assert not same(datetime(2026, 3, 9, 9, 0), 46090.375, date1904=True)


def test_what_staff_changed_is_not_overwritten_and_is_reported(tmp_path: Path) -> None:
    report = one(excel_made("plain", tmp_path), Change(PLACE, NUMBER, "light", "黄", "红"))
    assert (report.applied, report.parts) == ((), ())
    assert report.dropped[0].reason == "单元格已被改动，下次再定"


def test_what_stands_already_is_not_written_again(tmp_path: Path) -> None:
    change = Change(PLACE, NUMBER, "light", "红", "绿")
    assert one(excel_made("plain", tmp_path), change) == PatchReport(applied=(change,))


def test_rows_are_found_by_number_wherever_they_went(tmp_path: Path) -> None:
    change = Change(Place("matters", 999), NUMBER, "light", "绿", "红")
    assert one(excel_made("plain", tmp_path), change).applied == (change,)


def test_two_changes_of_one_cell_do_not_both_go_in(tmp_path: Path) -> None:
    first, second = Change(PLACE, NUMBER, "light", "绿", "红"), Change(PLACE, NUMBER, "light", "绿", "黄")
    report = patch_into(excel_made("plain", tmp_path).read_bytes(), BytesIO(), [first, second], [])
    assert (report.applied, report.dropped[0].change) == ((first,), second)


def test_a_missing_column_drops_the_change_but_refuses_the_row(tmp_path: Path) -> None:
    book = excel_made("plain", tmp_path)
    assert "依据" in one(book, Change(PLACE, NUMBER, "basis", None, "SZ1-8")).dropped[0].reason
    with pytest.raises(MissingPartError, match="依据"):
        patch_into(book.read_bytes(), BytesIO(), [], [NewRow("matters", {"number": "2026-日-0099", "basis": "x"})])


def test_a_number_that_is_gone_drops_the_change(tmp_path: Path) -> None:
    report = one(excel_made("plain", tmp_path), Change(PLACE, "2026-日-0099", "light", "绿", "红"))
    assert (report.applied, report.parts) == ((), ())
    assert report.dropped[0].reason == "找不到“2026-日-0099”所在的行，可能已被删除或改号"


def test_a_value_refused_in_a_new_row_is_named(tmp_path: Path) -> None:
    row = NewRow("matters", {"number": "2026-日-0099", "content": "字" * (MAX_TEXT + 1)}, "number")
    with pytest.raises(ValueRefusedError) as refusal:
        patch_into(excel_made("plain", tmp_path).read_bytes(), BytesIO(), [], [row])
    assert (refusal.value.part, refusal.value.cell) == ("xl/worksheets/sheet1.xml", "督办台账!C10")


def _doubled(book: OfficeBook) -> None:
    book.matters.write("A7", NUMBER)


def _unnumbered(book: OfficeBook) -> None:
    book.matters.write("A4", None, book.grey)


@pytest.mark.parametrize(("row", "goes_in"), [(4, True), (7, True), (5, False), (None, False)])
def test_of_doubled_numbers_the_row_that_was_read_is_meant(row: int | None, goes_in: bool, tmp_path: Path) -> None:
    book = OfficeBook(tmp_path / "book.xlsx", decorate=_doubled).build()
    report = one(book, Change(Place("matters", row), NUMBER, "light", "绿", "红"))
    assert bool(report.applied) is goes_in


STAFF = ("board", "content", "lead_unit", "assigned_at")


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_a_row_without_number_is_found_by_place_and_content(options: dict[str, bool], tmp_path: Path) -> None:
    book = OfficeBook(tmp_path / "book.xlsx", options=options, decorate=_unnumbered).build()
    heading = {"board": "版块", "content": "事项内容", "lead_unit": "牵头单位", "assigned_at": "交办时间"}
    values = matter_values(2)
    own = row_hash({heading[name]: values[name] for name in STAFF})
    other = row_hash({heading[name]: values[name] for name in STAFF[:-1]})
    change = Change(PLACE, "", "check_note", None, "缺少事项编号", (), own)
    assert one(book, change).applied == (change,)
    for wrong in (other, ""):
        assert one(book, Change(PLACE, "", "check_note", None, "缺", (), wrong)).dropped
    assert one(book, Change(Place("matters", 5), "", "check_note", None, "缺", (), own)).dropped
    assert one(book, Change(Place("matters", 99), "", "check_note", None, "缺", (), own)).dropped


def test_order_and_width_do_not_change_a_row_hash() -> None:
    cells = {"版块": "日常管理事项", "交办时间": datetime(2026, 3, 2, 9), "备注": None}
    assert row_hash(cells) == row_hash({"交办时间": 46083.375, "版块": " 日常管理事项\n"})
    assert row_hash(cells) != row_hash(cells | {"备注": "x"})
    assert row_hash({"a": "bc"}) != row_hash({"ab": "c"})


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b\x1f",
        "\r\n",
        "_x000D_",
        "_x005F_",
        "_x00g0_",
        "\ud800",
        "\ufffe",
        " 前后空格 ",
        "\t\n",
        "&lt;",
        "]]>",
        "𠮷",
    ],
)
def test_every_text_comes_back(text: str) -> None:
    written = escaped(text)
    assert plain_text(written) == text
    assert not any(byte in written for byte in (*range(9), 11, 12, *range(13, 32)))


@pytest.mark.parametrize(
    "value",
    [
        *(float("nan"), float("inf"), -float("inf"), 2**53 + 1, "x" * (MAX_TEXT + 1), "𠮷" * (MAX_TEXT // 2 + 1)),
        *(date(1900, 2, 28), datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))),
    ],
)
def test_what_no_cell_can_hold_is_refused_by_address(value: Value, tmp_path: Path) -> None:
    book = excel_made("plain", tmp_path)
    change = Change(PLACE, NUMBER, "check_note", None, value)
    with pytest.raises(ValueRefusedError) as refusal:
        one(book, change)
    assert (refusal.value.cell, refusal.value.change) == ("督办台账!J4", change)
    report = patch_into(book.read_bytes(), BytesIO(), [change], ROWS, PatchOptions(drop_refused=True))
    assert (report.dropped[0].change, report.appended) == (change, 2)


@pytest.mark.parametrize(
    "value", ["x" * MAX_TEXT, 2**53, -(2**53), 0.1, date(1900, 3, 1), True, False, "", "=1+1", "'"]
)
def test_what_a_cell_can_hold_is_written(value: Value, tmp_path: Path) -> None:
    book, target = excel_made("plain", tmp_path), BytesIO()
    patch_into(book.read_bytes(), target, [Change(PLACE, NUMBER, "check_note", None, value)], ROWS)
    book.write_bytes(target.getvalue())
    seen = calamine_cells(book).get(("督办台账", 4, 10))
    assert seen == (61.0 if isinstance(value, date) else None if value == "" else value)


def test_a_text_is_never_a_formula() -> None:
    assert cell_bytes(b"", 2, 1, None, "=1+1", False) == (
        b'<c r="A2" t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c>'
    )


def test_refused_cells_can_be_dropped_so_that_the_others_go_in(tmp_path: Path) -> None:
    book = refused("formula_in_cell", tmp_path)
    report = patch_into(book.read_bytes(), BytesIO(), CHANGES, ROWS, PatchOptions(drop_refused=True))
    assert [dropped.change for dropped in report.dropped] == [CHANGES[1]]
    assert "督办台账!I4" in report.dropped[0].reason
    with pytest.raises(FormulaError) as refusal:
        patch_into(book.read_bytes(), BytesIO(), CHANGES, ROWS)
    assert refusal.value.change == CHANGES[1]


def test_a_full_sheet_takes_no_rows(tmp_path: Path) -> None:
    rows = [log_row(f"T{at}") for at in range(3)]

    def at_the_end(book: OfficeBook) -> None:
        book.log.write(1_048_574, 0, "S1048574")

    book = hand_made("no_row_numbers", tmp_path)
    end = OfficeBook(book, decorate=at_the_end).build()
    with pytest.raises(NoRoomError):
        patch_into(_long_table(end).read_bytes(), BytesIO(), [], rows)
    assert patch_into(end.read_bytes(), BytesIO(), [], rows[:1]).appended == 1


def _long_table(book: Path) -> Path:
    """The log's table reaches to the row before the last."""

    def stretch(parts: dict[str, bytes]) -> None:
        parts["xl/tables/table3.xml"] = parts["xl/tables/table3.xml"].replace(b"A1:U2", b"A1:U1048575")

    return edited(book, book.with_name("long.xlsx"), stretch)


def test_patch_keeps_the_mode_and_leaves_nothing_behind(tmp_path: Path) -> None:
    book = excel_made("plain", tmp_path)
    book.chmod(0o640)
    patch(book, CHANGES, ROWS)
    assert book.stat().st_mode & 0o777 == 0o640
    assert [*tmp_path.iterdir()] == [book]


@pytest.mark.parametrize(
    "codec", [Codec("zlib", 1), Codec("zlib", 9), Codec("zlib", 0), Codec("isal", 0), Codec("isal", 3)]
)
def test_every_codec_writes_the_same_content(codec: Codec, tmp_path: Path) -> None:
    book = excel_made("many_styles", tmp_path)
    target = tmp_path / "target.xlsx"
    with target.open("w+b") as stream:
        patch_into(book.read_bytes(), stream, CHANGES, ROWS, PatchOptions(codec))
    usual = BytesIO()
    patch_into(book.read_bytes(), usual, CHANGES, ROWS)
    cells = calamine_cells(target)
    target.write_bytes(usual.getvalue())
    assert cells == calamine_cells(target)


@pytest.mark.parametrize(
    ("library", "level", "threads"), [("zlib", 10, 1), ("isal", 4, 1), ("zlib", -1, 1), ("zlib", 6, 0)]
)
def test_a_codec_that_cannot_be_is_refused(library: str, level: int, threads: int) -> None:
    with pytest.raises(ValueError, match="level"):
        Codec(library, level, threads)


def test_threads_and_source_do_not_change_one_byte(tmp_path: Path) -> None:
    book = excel_made("all_at_once", tmp_path)
    written = []
    for threads in (1, 2):
        target = BytesIO()
        with book.open("rb") as source:
            patch_into(source, target, CHANGES, ROWS, PatchOptions(Codec(threads=threads)))
        written.append(target.getvalue())
    target = BytesIO()
    patch_into(memoryview(book.read_bytes()), target, CHANGES, ROWS)
    assert {*written, target.getvalue()} == {written[0]}


def test_due_dates_keep_their_seconds(tmp_path: Path) -> None:
    book, target = excel_made("date1904", tmp_path), BytesIO()
    at = datetime(2026, 2, 28, 23, 59, 59)
    patch_into(book.read_bytes(), target, [Change(PLACE, NUMBER, "current_due", OLD_DUE, at)], ())
    book.write_bytes(target.getvalue())
    assert calamine_cells(book)["督办台账", 4, 7] == at
