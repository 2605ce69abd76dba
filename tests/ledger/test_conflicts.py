"""A save that a version of ours displaced is kept, told and merged until the workbook holds its edits."""

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from engine.facts.change import Value
from engine.ledger.file import conflicts
from engine.ledger.file.disk import Disk
from engine.ledger.file.displaced_edits import Lacking, lacking, saved_by
from engine.ledger.file.workbook_file import WorkbookFile
from engine.ledger.reading.ledger import read_rows
from tests.ledger.neighbours import START, SteppedClock, WatchedDisk, cells_of, change, tiny_book, tiny_file
from tests.service.office import DAY, T0, matter_row, report_row, write_book

ONE, TWO = "2026-日-0001", "2026-日-0002"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(tiny_book({"light": "绿"}))
    return path


def keep(book: Path, edits: list[int], before: dict[str, Any] | None = None) -> None:
    displaced = book.with_name("displaced")
    displaced.write_bytes(tiny_book({"light": "绿", "edits": edits}))
    conflicts.store(Disk(), book, displaced, START, BytesIO(tiny_book(before or {"light": "绿"})))
    displaced.unlink()


def names(book: Path) -> list[str]:
    return sorted(path.name for path in (book.parent / "备份").iterdir())


def test_a_save_is_kept_once_however_often_it_is_judged(book: Path) -> None:
    for _ in range(3):
        keep(book, [1])
    assert names(book) == ["台账 2026-03-03 090000 冲突.xlsx", "台账 2026-03-03 090000 冲突前.xlsx"]


def test_what_can_be_merged_by_key_is_merged_with_the_next_write_and_the_rest_is_told(book: Path) -> None:
    keep(book, [1, 2])
    file = tiny_file(book, SteppedClock())
    (notice,) = file.settle()
    assert "将自动并入：2" in notice
    assert "台账里没有：1" in notice
    assert "台账 2026-03-03 090000 冲突.xlsx" in notice
    report = file.apply([change("绿", "红")], [])
    assert (len(report.applied), report.appended, report.pending) == (1, 0, None)
    assert cells_of(book)["edits"] == [2]
    (notice,) = file.settle()
    assert "并入" not in notice


def test_ten_more_writes_neither_lose_the_copy_nor_silence_it(book: Path) -> None:
    keep(book, [1])
    clock = SteppedClock()
    for old, new in [("绿", "红"), ("红", "绿")] * 5:
        clock.sleep(660)
        file = tiny_file(book, clock)
        (notice,) = file.settle()
        assert "台账里没有：1" in notice
        assert len(file.apply([change(old, new)], []).applied) == 1
    assert len(conflicts.standing(Disk(), book)) == 1


def test_it_is_merged_even_where_nothing_else_is_to_be_written(book: Path) -> None:
    keep(book, [2])
    file = tiny_file(book, SteppedClock())
    file.apply([], [])
    assert cells_of(book)["edits"] == [2]
    assert file.settle() == ()


def test_nothing_is_merged_while_somebody_has_it_open(book: Path) -> None:
    keep(book, [2])
    book.with_name("~$台账.xlsx").write_bytes(b"x")
    report = tiny_file(book, SteppedClock()).apply([], [])
    assert report.pending
    assert "2" in "".join(report.notices)
    assert "edits" not in cells_of(book)


def test_a_copy_stays_for_a_day_after_its_edits_are_seen_and_while_the_book_is_open(book: Path) -> None:
    keep(book, [1])
    book.write_bytes(tiny_book({"edits": [1]}))
    owner = book.with_name("~$台账.xlsx")
    day = timedelta(days=1)
    for now, is_open, stays in ((-1, False, True), (0, True, True), (0, False, False)):
        owner.write_bytes(b"x") if is_open else owner.unlink(missing_ok=True)
        assert tiny_file(book, SteppedClock(START + day + timedelta(minutes=now))).settle() == ()
        assert bool(names(book)) == stays


def test_whoever_saves_the_other_version_after_all_is_seen_and_merged_again(book: Path) -> None:
    keep(book, [2])
    file = tiny_file(book, SteppedClock())
    for _ in range(3):
        book.write_bytes(tiny_book({"light": "绿", "edits": [5]}))
        file.apply([], [])
        assert cells_of(book)["edits"] == [5, 2]


def test_a_copy_that_a_person_deleted_is_settled(book: Path) -> None:
    keep(book, [1])
    (book.parent / "备份" / "台账 2026-03-03 090000 冲突.xlsx").unlink()
    assert tiny_file(book, SteppedClock()).settle() == ()
    assert names(book) == []


def test_without_the_version_before_a_person_has_to_look(book: Path) -> None:
    keep(book, [2])
    (book.parent / "备份" / "台账 2026-03-03 090000 冲突前.xlsx").unlink()
    (notice,) = tiny_file(book, SteppedClock(START + timedelta(days=9))).settle()
    assert "未能自动并入" in notice


def test_a_copy_that_cannot_be_kept_leaves_the_save_where_it_is(book: Path) -> None:
    """A full disk: the displaced save stays under its name of ours, and is kept once there is room."""
    report = None
    before = tiny_book({"light": "绿", "edits": [1]})

    def act(call: str, args: tuple[Any, ...]) -> None:
        if call == "exchange" and cells_of(book).get("edits") is None:
            book.write_bytes(before)
        if call == "create" and cells_of(book).get("light") == "红":
            raise OSError(28, "No space left on device")

    file = tiny_file(book, SteppedClock(), WatchedDisk(before=act))
    report = file.apply([change("绿", "红")], [])
    assert "磁盘空间不足" in str(report.pending)
    tiny_file(book, SteppedClock()).settle()
    assert cells_of(book) == cells_of(before)
    assert "台账 2026-03-03 090000 冲突.xlsx" in names(book)


# ---- a real workbook: which cells ----


def made(tmp_path: Path, matters: list[Mapping[str, Value]], **sheets: Any) -> bytes:
    return write_book(tmp_path / "made.xlsx", matters, **sheets).read_bytes()


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return made(tmp_path_factory.mktemp("before"), [matter_row(ONE), matter_row(TWO)])


def test_which_cells_and_rows_are_lacking(before: bytes, tmp_path: Path) -> None:
    row = matter_row(ONE, note="请加快", content="") | {"node_1_day": T0 + DAY}
    new = matter_row("2026-日-0003")
    report = report_row(ONE, "3天", T0) | {"number": "R1"}
    displaced = made(tmp_path, [row, new], reports=[report, report_row(TWO, "3天", T0)])
    found = lacking(before, displaced, before)
    assert set(found.merged) == {
        f"督办台账“{ONE}”的“备注”",
        f"督办台账“{ONE}”的“1天节点”",
        "督办台账新增“2026-日-0003”一行",
        "反馈记录新增“R1”一行",
    }
    assert set(found.left) == {
        f"督办台账“{ONE}”的“事项内容”",
        f"督办台账删去了“{TWO}”一行",
        "反馈记录新增或改动了1行",
    }
    assert {(one.matter, one.field) for one in found.changes} == {(ONE, "note"), (ONE, "node_1_day")}
    assert lacking(before, displaced, displaced) == Lacking()
    assert lacking(before, before, displaced) == Lacking()


def test_what_others_wrote_there_meanwhile_is_left_to_people(before: bytes, tmp_path: Path) -> None:
    mine = made(tmp_path, [matter_row(ONE, note="甲"), matter_row(TWO)])
    theirs = made(tmp_path, [matter_row(ONE, note="乙"), matter_row(TWO)])
    found = lacking(before, mine, theirs)
    assert (found.changes, found.left) == ((), (f"督办台账“{ONE}”的“备注”",))


def test_what_the_scheduler_writes_is_no_edit(before: bytes, tmp_path: Path) -> None:
    other = made(tmp_path, [matter_row(ONE, light="红", urging_count=3), matter_row(TWO)])
    assert lacking(other, before, before) == lacking(before, other, before) == Lacking()


def test_a_row_that_got_its_number_meanwhile_is_not_added_twice(tmp_path: Path) -> None:
    bare = matter_row(ONE) | {"number": None}
    before, displaced = made(tmp_path, [bare]), made(tmp_path, [matter_row(ONE)])
    found = lacking(before, displaced, before)
    assert (found.rows, found.left) == ((), (f"督办台账新增“{ONE}”一行",))


def test_a_phone_number_that_names_a_row_is_not_told(tmp_path: Path) -> None:
    before = made(tmp_path, [])
    displaced = made(tmp_path, [matter_row("13800138000")])
    assert "13800138000" not in "".join(lacking(before, displaced, before).merged)


def test_who_saved_it_stands_in_the_copy(tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    book = load_workbook(write_book(path, []))
    book.properties.lastModifiedBy = "张三\x1b"[:2]
    book.save(path)
    assert saved_by(path.read_bytes()) == "张三"
    assert saved_by(b"") == saved_by(tiny_book({})) == ""


def test_the_merge_lands_in_a_real_workbook(before: bytes, tmp_path: Path) -> None:
    book = tmp_path / "台账.xlsx"
    displaced = book.with_name("displaced")
    report = report_row(ONE, "3天", T0) | {"number": "R1"}
    displaced.write_bytes(made(tmp_path, [matter_row(ONE, note="请加快"), matter_row(TWO)], reports=[report]))
    book.write_bytes(before)
    conflicts.store(Disk(), book, displaced, START, BytesIO(before))
    file = WorkbookFile(book, lambda: START)
    file.apply([], [])
    after = book.read_bytes()
    assert {one["number"]: one["note"] for one in read_rows(after, "matters")}[ONE] == "请加快"
    assert [row["number"] for row in read_rows(after, "reports")] == ["R1"]
    assert file.settle() == ()
