"""The windows on a virtual screen, by keyboard alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.addin.screen import Dialog, Screen, screen
from tests.addin.show_dialog import FORMS


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    with screen(tmp_path_factory.mktemp("screen")) as virtual:
        yield virtual


@pytest.fixture
def shown(desk: Screen) -> Iterator[Callable[[str], Dialog]]:
    dialogs: list[Dialog] = []

    def show(name: str) -> Dialog:
        dialogs.append(Dialog(desk, [name]))
        return dialogs[-1]

    yield show
    for dialog in dialogs:
        dialog.stop()


def test_a_form_with_good_defaults_needs_one_key(desk: Screen, shown: Callable[[str], Dialog]) -> None:
    dialog = shown("notice")
    desk.press("Tab", "Return")
    assert dialog.answer() == {"per": "每个单位一份", "issued_at": "2026-03-05 09:15:00"}


def test_typing_starts_in_the_first_empty_field_that_is_needed(desk: Screen, shown: Callable[[str], Dialog]) -> None:
    dialog = shown("report")
    desk.write("100%")
    desk.press("Tab")
    desk.write("wang")
    desk.press("Return")
    answer = dialog.answer()
    assert (answer["content"], answer["reporter"], answer["unit"]) == ("100%", "wang", "市住房和城乡建设局")


def test_shift_tab_goes_back_and_the_arrows_choose(desk: Screen, shown: Callable[[str], Dialog]) -> None:
    dialog = shown("report")
    desk.write("ok")
    desk.press("shift+Tab", "shift+Tab", "shift+Tab")
    desk.press("Down", "Down", "Down", "Up", "Return")
    assert dialog.answer()["node"] == "3天"


def test_chinese_is_taken_in(desk: Screen, shown: Callable[[str], Dialog]) -> None:
    dialog = shown("report")
    desk.write("已完成")
    desk.press("ctrl+Return")
    assert dialog.answer()["content"] == "已完成"


def test_a_fault_stands_beside_the_field_and_the_window_stays(desk: Screen, shown: Callable[[str], Dialog]) -> None:
    dialog = shown("return")
    desk.press("ctrl+Return")
    dialog.wait_for("fault")
    desk.write("late")
    desk.press("Tab", "Tab")
    desk.write("2026-03-20")
    desk.press("Return")
    assert dialog.answer()["rectification_due"] == "2026-03-20 00:00:00"


def test_the_arrows_reach_the_years_of_the_score(desk: Screen, shown: Callable[[str], Dialog]) -> None:
    dialog = shown("score")
    desk.press(*["Down"] * 20, "Tab", "Down", "Return")
    dialog.wait_for("fault")
    desk.write("li")
    desk.press("Return")
    assert dialog.answer() == {"span": "2024年", "purpose": "通报", "scorer": "li"}


def test_a_file_that_is_not_there_is_said_beside_the_field(
    desk: Screen, shown: Callable[[str], Dialog], tmp_path: Path
) -> None:
    (tmp_path / "old.xls").touch()
    dialog = shown("import")
    desk.press("Up", "Tab")
    desk.write(str(tmp_path / "new.xls"))
    desk.press("ctrl+Return")
    dialog.wait_for("fault")
    desk.press(*["BackSpace"] * len("new.xls"))
    desk.write("old.xls")
    desk.press("ctrl+Return")
    answer = dialog.answer()
    assert (answer["step"][:4], answer["files"]) == ("读旧台账", str(tmp_path / "old.xls"))


def test_a_progress_bar_is_on_the_screen_as_long_as_the_work(shown: Callable[[str], Dialog]) -> None:
    assert shown("progress").answer() == [True, False]


@pytest.mark.parametrize("name", list(FORMS))
def test_escape_changes_nothing(desk: Screen, shown: Callable[[str], Dialog], name: str) -> None:
    dialog = shown(name)
    desk.press("a", "Escape")
    assert dialog.answer() is None


def test_a_question_is_a_no_unless_yes_is_chosen(desk: Screen, shown: Callable[[str], Dialog]) -> None:
    by_escape, by_return, by_choice = (["Escape"], ["Return"], ["shift+Tab", "Return"])
    answers = []
    for keys in (by_escape, by_return, by_choice):
        dialog = shown("confirm")
        desk.press(*keys)
        answers.append(dialog.answer())
    assert answers == [False, False, True]


@pytest.mark.parametrize(
    ("name", "key", "answer"),
    [("tell", "Return", None), ("table", "Escape", None), ("wide table", "Return", 0), ("table", "Return", 0)],
)
def test_what_is_read_closes_by_escape_and_return_chooses_a_row(
    desk: Screen, shown: Callable[[str], Dialog], name: str, key: str, answer: int | None
) -> None:
    dialog = shown(name)
    desk.press(key)
    assert dialog.answer() == answer


def test_a_window_is_drawn(desk: Screen, shown: Callable[[str], Dialog], tmp_path: Path) -> None:
    empty = desk.picture(tmp_path / "empty.png").stat().st_size
    dialog = shown("close_out")
    desk.press("ctrl+Return")
    dialog.wait_for("fault")
    assert desk.picture(tmp_path / "form.png").stat().st_size > empty + 3000
