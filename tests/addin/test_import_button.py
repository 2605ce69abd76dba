"""导入旧台账: the button writes what the command writes, once, and 撤销 leaves the book as it was, cell by cell."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from addin.button import ButtonContext
from addin.dialogs.import_forms import APPLY, READ
from engine.cli.main import main
from engine.ledger.reading.ledger import read_ledger
from tests.addin.button_cases import LOG
from tests.addin.desk_people import presses_on
from tests.addin.pressing import Cells, Clerk, button, cells, differences, tables_but_log
from tests.moving.office import fill_in, ledger_file, with_common
from tests.moving.old_books import OldSheet, old_book
from tests.xlwings_engine import opened

COMMON = {"版块": "重点工作任务", "交办时间": "2026-01-05", "任务来源": "政府工作报告"}
HEAD = ("序号", "重点任务", "牵头单位", "配合单位", "完成时限", "进展情况（截至2026年5月31日）", "联系人")
ROWS = (
    HEAD,
    (1, "新建学校3所", "市教育局", "市财政局、各县（区）", "12月底前", "已完成80%", "张三 13800000001"),
    (2, "改造老旧小区", "市住建局", "税务局", "长期坚持", None, None),
    (3, "治理河道", "市河长办", None, "立行立改", "完成清淤", None),
)


@pytest.fixture(autouse=True)
def june(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(ButtonContext, "now", staticmethod(lambda: datetime(2026, 6, 10, 9)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return ledger_file(tmp_path)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return old_book(tmp_path / "旧台账.xlsx", OldSheet("2026年", ROWS))


def press(person: Clerk, step: str, **answers: object) -> None:
    person.answers = {"step": step, **{name: str(value) for name, value in answers.items()}}
    button("import_old_ledger")()


def reviewed(person: Clerk, old: Path) -> Path:
    """The review that the button makes of ``old``, decided by a person who takes everything as proposed."""
    press(person, READ, files=old)
    review = old.with_name("导入核对.xlsx")
    fill_in(review, with_common(COMMON))
    return review


def but_log(found: Cells) -> Cells:
    return {place: value for place, value in found.items() if place[0] != LOG}


def test_reading_shows_the_account_opens_the_review_and_changes_nothing(
    book: xw.Book, person: Clerk, path: Path, old: Path
) -> None:
    before, saved = cells(book), path.read_bytes()
    press(person, READ, files=f'"{old}"')  # as Windows copies a path
    title, intro, rows = person.tables[-1]
    assert (title, rows[0][:2]) == ("导入旧台账", ("旧台账.xlsx", "2026年"))
    assert "读出 3 个事项" in intro
    assert person.opened == [path.with_name("导入核对.xlsx")]
    assert person.progress[-1][1]
    assert (cells(book), path.read_bytes()) == (before, saved)


def test_the_button_writes_the_rows_of_the_command(
    book: xw.Book, person: Clerk, path: Path, old: Path, tmp_path: Path
) -> None:
    twin = Path(shutil.copy(path, tmp_path / "命令.xlsx"))
    review = reviewed(person, old)
    assert main(["import", "--apply", str(review), "--into", str(twin), "--at", "2026-06-10T09:00"]) == 0
    saved = path.read_bytes()
    press(person, APPLY)
    assert "已导入 3 个事项（编号 3 个）" in person.told[-1]
    ours, theirs = read_ledger(path.read_bytes()), read_ledger(twin.read_bytes())
    assert ours == theirs
    assert but_log(cells(book)) == but_log(cells(opened(twin)))
    backup = next((path.parent / "备份").glob("台账 *.xlsx"))
    assert backup.read_bytes() == saved


def test_undo_leaves_the_book_as_it_was(book: xw.Book, person: Clerk, path: Path, old: Path) -> None:
    before, tables = cells(book), tables_but_log(book)
    reviewed(person, old)
    press(person, APPLY)
    assert but_log(differences(before, cells(book))) != {}
    button("undo_last")()
    assert "已撤销“导入旧台账”" in person.told[-1]
    assert but_log(differences(before, cells(book))) == {}
    assert tables_but_log(book) == tables
    assert but_log(cells(opened(path))) == but_log(before)


def test_undo_takes_back_what_the_command_imported(person: Clerk, path: Path, old: Path) -> None:
    book = opened(path)
    before, tables = cells(book), tables_but_log(book)
    review = reviewed(person, old)
    assert main(["import", "--apply", str(review), "--into", str(path), "--at", "2026-06-10T09:00"]) == 0
    book = opened(path)
    assert but_log(differences(before, cells(book))) != {}
    button("undo_last")()
    assert "已撤销“导入旧台账”" in person.told[-1]
    assert but_log(differences(before, cells(book))) == {}
    assert tables_but_log(book) == tables


def test_the_window_without_ribbon_imports_and_takes_back(person: Clerk, path: Path, old: Path) -> None:
    before = but_log(cells(opened(path)))
    presses = presses_on(path, person)
    review = old.with_name("导入核对.xlsx")
    for answers in ({"step": READ, "files": str(old)}, {"step": APPLY}):
        person.answers = answers
        presses.press("import_old_ledger", "导入旧台账", [])
        if answers["step"] == READ:
            assert person.opened[-1] == review
            fill_in(review, with_common(COMMON))
    assert "已导入 3 个事项" in person.told[-1]
    assert len(read_ledger(path.read_bytes()).matters) == 3
    presses.press("undo_last", "撤销上次操作", [])
    assert "已撤销“导入旧台账”" in person.told[-1]
    assert but_log(cells(opened(path))) == before


def test_what_people_typed_into_an_imported_row_is_not_taken_back(
    book: xw.Book, person: Clerk, path: Path, old: Path
) -> None:
    reviewed(person, old)
    press(person, APPLY)
    sheet = book.impl._workbook["督办台账"]
    typed = next(cell for cell in sheet[1] if cell.value == "备注")
    sheet.cell(2, typed.column).value = "领导批示：加快"
    before = cells(book)
    button("undo_last")()
    assert "被改过或移动过" in person.told[-1]
    assert cells(book) == before


def test_the_same_review_is_written_once_and_again_after_undo(
    book: xw.Book, person: Clerk, path: Path, old: Path
) -> None:
    reviewed(person, old)
    press(person, APPLY)
    before = cells(book)
    press(person, APPLY)
    assert "以前已导入 3 行" in person.told[-1]
    assert cells(book) == before
    button("undo_last")()
    press(person, APPLY)
    assert "已导入 3 个事项" in person.told[-1]
    assert but_log(cells(book)) == but_log(before)


def test_what_is_undecided_is_listed_and_nothing_is_written(
    book: xw.Book, person: Clerk, path: Path, old: Path
) -> None:
    press(person, READ, files=old)
    before = cells(book)
    press(person, APPLY)
    _, intro, rows = person.tables[-1]
    assert "还不能导入，台账没有改动" in intro
    assert any("“税务局”还没有选“处理”" in row[1] for row in rows)
    assert cells(book) == before
    assert not (path.parent / "备份").exists()


def test_an_earlier_review_is_replaced_only_if_the_person_agrees(
    book: xw.Book, person: Clerk, path: Path, old: Path
) -> None:
    review = reviewed(person, old)
    decided = review.read_bytes()
    person.agrees = False
    press(person, READ, files=old)
    assert review.read_bytes() == decided
    person.agrees = True
    press(person, READ, files=old)
    assert review.read_bytes() != decided


def test_a_person_who_does_not_agree_changes_nothing(book: xw.Book, person: Clerk, path: Path, old: Path) -> None:
    reviewed(person, old)
    before, saved, person.agrees = cells(book), path.read_bytes(), False
    press(person, APPLY)
    assert "将导入 3 个事项" in person.asked[-1]
    assert (cells(book), path.read_bytes()) == (before, saved)


def test_the_year_goes_to_dates_that_name_none(book: xw.Book, person: Clerk, path: Path, tmp_path: Path) -> None:
    old = old_book(tmp_path / "台账.xls.xlsx", OldSheet("任务", ROWS))
    press(person, READ, files=old, year=2025)
    found = [
        value for (sheet, _), value in cells(opened(old.with_name("导入核对.xlsx"))).items() if sheet == "逐行核对"
    ]
    assert datetime(2025, 12, 31) in found
