"""The desk's window on a virtual screen of 1366 × 768, by keyboard alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from addin import macros
from addin.desk_window.matters import DEFAULT_COLUMNS, LIGHT, MARKS, Filters, choices, counted, matter_rows
from addin.desk_window.presses import DeskPresses
from addin.desk_window.ribbon import ribbon_groups
from engine.ledger.headings.columns import MATTERS
from tests.addin.desk_people import reports_of
from tests.addin.pressing import SAMPLE, Clerk
from tests.addin.screen import Dialog, Screen, screen


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Screen]:
    folder = tmp_path / "screen"
    folder.mkdir()
    with screen(folder, 1366, 768) as virtual:
        yield virtual


@pytest.fixture
def window(small: Screen, path: Path, tmp_path: Path) -> Iterator[Dialog]:
    shown = Dialog(small, [str(path), str(tmp_path / "settings")], "tests.addin.show_desk")
    yield shown
    shown.stop()


def test_a_report_is_registered_by_keyboard_alone(small: Screen, window: Dialog, path: Path) -> None:
    small.press("Down", "Down", "F10", "Right", "Right", "Right", "Right", "Return")
    window.wait_for("shown")
    small.write("done")
    small.press("Tab", "Tab", "Tab")
    small.write("Li")
    small.press("Return")
    window.wait_for("shown")
    small.press("Return")
    window.wait_for("ready")
    assert reports_of(path, "2026-重-0002")[-1] == "done"
    small.press("ctrl+f")
    window.wait_for("searching")
    small.write("0012")
    small.press("F12")
    window.wait_for("matters 2")
    small.press("Escape", "F12")
    window.wait_for("matters 66")


def test_without_a_ledger_one_is_chosen_and_offered_again(small: Screen, path: Path, tmp_path: Path) -> None:
    config, settings = tmp_path / "duban.toml", tmp_path / "settings"
    config.write_text("state = 'state'\n", encoding="utf-8")
    for keys in ([str(path)], []):
        chosen = Dialog(small, [str(config), str(settings)], "tests.addin.show_desk", "choosing")
        for text in keys:
            small.write(text)
        small.press("Return")
        chosen.wait_for("ready")
        chosen.stop()
    config.write_text(f"ledgers = ['没有.xlsx', '{path.name}']\nstate = 'state'\n", encoding="utf-8")
    of_two = Dialog(small, [str(config), str(settings)], "tests.addin.show_desk", "shown")
    small.press("Down", "Return")
    of_two.wait_for("ready")
    of_two.stop()
    config.write_text("ledgers = ['没有.xlsx']\nstate = 'state'\n", encoding="utf-8")
    missing = Dialog(small, [str(config), str(settings)], "tests.addin.show_desk", "shown")  # the sentence, in a window
    small.press("Return")
    missing.stop()


def test_the_window_has_every_button_of_the_ribbon() -> None:
    functions = [button.function for group in ribbon_groups() for button in group.buttons]
    assert all(callable(getattr(macros, name)) for name in functions)
    assert {*functions} == {name for name, held in vars(macros).items() if callable(held)} - {"press"}
    assert [group.label for group in ribbon_groups()] == ["登记", "办理", "督办", "统计", "工具"]
    assert {button.menu for group in ribbon_groups() for button in group.buttons} == {"", "报表", "维护"}


@pytest.fixture(scope="module")
def rows():
    book = DeskPresses(SAMPLE, Clerk()).open_book()
    ledger = book.read().ledger
    return matter_rows(book.view(MATTERS), ledger)


def test_the_list_shows_the_columns_of_a_new_book(rows) -> None:
    assert [column.heading for column in DEFAULT_COLUMNS][:4] == ["事项编号", "预警灯", "事项内容", "牵头单位"]
    assert set(rows[0].cells) == {column.field for column in DEFAULT_COLUMNS}
    assert set(MARKS) == set(MATTERS.column(LIGHT).choices)


def test_lights_of_a_regime_of_one_s_own_are_counted_after_the_usual_ones(rows) -> None:
    own = replace(rows[0], cells={**rows[0].cells, LIGHT: "橙"})
    green = replace(rows[0], cells={**rows[0].cells, LIGHT: "绿"})
    assert counted(rows, [own, green, own]).endswith("●绿 1　○橙 2")


def test_search_and_filters_narrow_the_list(rows) -> None:
    everything = [row for row in rows if Filters().let_pass(row)]
    assert everything == rows
    education = [row for row in rows if Filters("教育局").let_pass(row)]
    assert 0 < len(education) < len(rows)
    assert all("教育局" in "".join(row.cells.values()) for row in education)
    board = choices(rows, "board")[0]
    both = [row for row in rows if Filters("教育局", {"board": board}).let_pass(row)]
    assert both == [row for row in education if row.cells["board"] == board]
    assert [row for row in rows if Filters("没有这样的事项").let_pass(row)] == []
    assert counted(rows, both).startswith(f"共{len(rows)}项，显示{len(both)}项")
