"""What every adapter of the buttons' port must do: the same macros, the same cells in the saved file afterwards."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from re import compile as pattern

import pytest

from addin.button import ButtonContext
from addin.dialogs.import_forms import APPLY, READ
from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import CHECK_RESULTS, MATTERS, MESSAGE_LOG, OPERATIONS, QUARTER_SCORES
from engine.ledger.patching.patch import patch
from engine.ledger.reading.ledger import read_rows
from tests.addin.button_cases import CASES, ONE, ButtonCase
from tests.addin.old_order import in_another_order
from tests.addin.pressing import NOW, SAMPLE, Clerk
from tests.addin.session_adapters import ADAPTERS, Pressing, facts, log_rows, quarter_row, without_notice
from tests.ledger.adapters import cells_in_file
from tests.moving.office import fill_in, ledger_file, with_common
from tests.moving.old_books import OldSheet, old_book

UNISSUED = "2026-日-0025"
SCORES = {"span": "2026Q3", "purpose": "通报", "scorer": "甲"}
ESCALATED = {
    "method": "重点督办",
    "unit": "市教育局",
    "outcome": "已约谈",
    "approver": "张某",
    "approver_rank": "秘书长",
    "approved_at": "2026-11-22 19:00",
}
PRESSES = [
    *CASES,
    ButtonCase("record_supervision", ESCALATED, set()),
    ButtonCase("issue_notice", {}, set(), UNISSUED),
    ButtonCase("stamp_matters", {}, set()),
    ButtonCase("score_quarter", SCORES, set()),
]
KNOWN = {"send_back", "close_out"}
"""What ``test_macros`` takes back in the open book, cell by cell."""
_ZERO = pattern(r"\b(\d+)\.0\b")
Cells = Mapping[tuple[str, str], object]


@pytest.fixture(scope="module")
def synchronized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with its flags up to date, and one notice taken back."""
    path = Path(shutil.copy(SAMPLE, tmp_path_factory.mktemp("sample") / "督办台账.xlsx"))
    patch(path, without_notice(path, UNISSUED), [])
    with pytest.MonkeyPatch.context() as change:
        change.setattr(ButtonContext, "desk", Clerk())
        change.setattr(ButtonContext, "now", staticmethod(lambda: NOW))
        ADAPTERS["saved file"](path, change).press("synchronize")
    return path


@pytest.fixture
def path(tmp_path: Path, synchronized: Path) -> Path:
    return Path(shutil.copy(synchronized, tmp_path / "督办台账.xlsx"))


@pytest.fixture(params=ADAPTERS)
def pressing(request: pytest.FixtureRequest, path: Path, monkeypatch: pytest.MonkeyPatch) -> Pressing:
    return ADAPTERS[request.param](path, monkeypatch)


@pytest.mark.parametrize("case", PRESSES, ids=lambda case: case.name)
def test_a_press_writes_the_same_cells_everywhere_and_is_taken_back(
    tmp_path: Path, synchronized: Path, person: Clerk, monkeypatch: pytest.MonkeyPatch, case: ButtonCase
) -> None:
    before = facts(synchronized)
    person.answers = case.answers
    written: list[Cells] = []
    for name, adapter in ADAPTERS.items():
        folder = tmp_path / name
        folder.mkdir()
        pressing = adapter(Path(shutil.copy(synchronized, folder / "督办台账.xlsx")), monkeypatch)
        pressing.press(case.name, case.matter)
        written.append(but_for_numbers(cells_in_file(pressing.path)))
        log = read_rows(pressing.path.read_bytes(), OPERATIONS.key)
        assert {row["at"] for row in log} == {NOW}, person.told
        assert len({row["number"] for row in log}) == 1
        if name == "open book" and case.name in KNOWN:
            continue
        pressing.press("undo_last")
        assert "已撤销" in person.told[-1], person.told
        assert without_findings(facts(pressing.path)) == without_findings(before)
    one, other = written
    assert {place: (one.get(place), other.get(place)) for place in differing(one, other)} == {}


def but_for_numbers(cells: Cells) -> Cells:
    """Every cell, but for the number of the operation, which is drawn, and with 0.0 as 0."""
    logged = {place: _ZERO.sub(r"\1", str(cell)) for place, cell in cells.items() if place[0] == OPERATIONS.name}
    return {**cells, **{place: "" if place[1][0] == "A" else text for place, text in logged.items()}}


def differing(one: Cells, other: Cells) -> set[tuple[str, str]]:
    return {place for place in one.keys() | other.keys() if one.get(place) != other.get(place)}


def without_findings(ledger: Ledger) -> Ledger:
    """The facts: in the file an undone row is blank, in Excel gone, and what is wrong with others moves with it."""
    return replace(ledger, findings=())


def test_nothing_selected_is_said(pressing: Pressing, person: Clerk) -> None:
    before = cells_in_file(pressing.path)
    pressing.press("register_report")
    assert "选中" in person.told[-1]
    assert person.asked == []
    assert cells_in_file(pressing.path) == before


def test_checking_brings_its_findings_to_the_front(pressing: Pressing, person: Clerk) -> None:
    pressing.press("check_ledger")
    assert pressing.shown()[-1] == CHECK_RESULTS.name
    assert f"错误{_errors(pressing.path)}条" in person.told[-1]
    pressing.press("check_ledger")
    assert f"错误{_errors(pressing.path)}条" in person.told[-1]


def _errors(path: Path) -> int:
    return sum(row["severity"] == "错误" for row in read_rows(path.read_bytes(), CHECK_RESULTS.key))


def test_escape_and_looking_write_nothing(pressing: Pressing, person: Clerk) -> None:
    before = cells_in_file(pressing.path)
    person.leaves = True
    pressing.press("register_report", ONE)
    assert person.asked == ["登记反馈"]
    person.leaves = False
    for name in ("preview_messages", "explain_matter", "show_today", "score_quarter"):
        pressing.press(name, ONE)
    assert [title for title, _, _ in person.tables] == ["预览短信", "为什么", "今日待办", "季度评分"]
    assert cells_in_file(pressing.path) == before


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_archived_messages_leave_the_book(
    path: Path, person: Clerk, adapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch(path, [], [*log_rows("S1", "S2"), quarter_row("2026Q3")])
    before = [row["number"] for row in read_rows(path.read_bytes(), MESSAGE_LOG.key)]
    ADAPTERS[adapter](path, monkeypatch).press("archive_messages")
    assert "已把2行" in person.told[-1], person.told
    assert [*[row["number"] for row in read_rows(path.read_bytes(), MESSAGE_LOG.key)], "S1", "S2"] == before
    assert [row["quarter"] for row in read_rows(path.read_bytes(), QUARTER_SCORES.key)] == ["2026Q3"]
    assert [file.name for file in path.parent.glob("*-短信记录-*.xlsx")] == ["督办台账-短信记录-2026.xlsx"]


def test_an_import_writes_the_same_cells_everywhere_and_is_taken_back(
    tmp_path: Path, person: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (("序号", "重点任务", "牵头单位", "完成时限"), (1, "新建学校3所", "市教育局", "12月底前"))
    old = old_book(tmp_path / "旧台账.xlsx", OldSheet("2026年", rows))
    written: list[Cells] = []
    for name, adapter in ADAPTERS.items():
        pressing = adapter(ledger_file(folder_of(tmp_path, name)), monkeypatch)
        before = facts(pressing.path)
        person.answers = {"step": READ, "files": str(old), "year": "2026"}
        pressing.press("import_old_ledger")
        fill_in(pressing.path.with_name("导入核对.xlsx"), with_common({"版块": "重点工作任务"}))
        person.answers = {"step": APPLY}
        pressing.press("import_old_ledger")
        assert len(facts(pressing.path).matters) == 1, person.told
        written.append(but_for_numbers(cells_in_file(pressing.path)))
        pressing.press("undo_last")
        assert without_findings(facts(pressing.path)) == without_findings(before), person.told
    assert differing(*written) == set()


def test_an_old_order_is_tidied_the_same_everywhere(
    tmp_path: Path, synchronized: Path, person: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, written = in_another_order(synchronized, tmp_path / "旧.xlsx"), []
    for name, adapter in ADAPTERS.items():
        pressing = adapter(Path(shutil.copy(old, folder_of(tmp_path, name) / "督办台账.xlsx")), monkeypatch)
        before = facts(pressing.path).matters
        pressing.press("tidy_ledger")
        assert "已整理" in person.told[-1], person.told
        assert facts(pressing.path).matters == before
        written.append(cells_in_file(pressing.path))
    assert differing(*written) == set()
    assert [written[0][MATTERS.name, f"{letter}1"][1] for letter in "AB"] == ["事项编号", "预警灯"]


def folder_of(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name
