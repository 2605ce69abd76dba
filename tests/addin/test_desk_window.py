"""The desk's window on a virtual screen of 1366 × 768, by keyboard alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from addin import macros
from addin.desk_window.matters import (
    DEFAULT_COLUMNS,
    LIGHT,
    Filters,
    MatterRow,
    choices,
    counted,
    light_looks,
    matter_rows,
)
from addin.desk_window.presses import DeskPresses
from addin.desk_window.ribbon import ribbon_groups
from engine.ledger.headings.columns import MATTERS
from engine.policy.words import usual_words
from tests.addin.desk_people import reports_of
from tests.addin.pressing import SAMPLE, Clerk
from tests.addin.screen import Dialog, Screen, screen
from tests.addin.session_adapters import facts
from tests.addin.test_desk_presses import opened_by_a_colleague
from tests.service.office import write_book

USUAL = light_looks(usual_words())


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


def test_who_has_the_book_open_is_said_and_what_was_typed_is_written_when_it_closes(
    small: Screen, path: Path, tmp_path: Path
) -> None:
    owner = opened_by_a_colleague(path)
    window = Dialog(small, [str(path), str(tmp_path / "settings")], "tests.addin.show_desk")
    small.press("F11")
    window.wait_for("王芳")
    small.press("Down", "Down", "F10", "Right", "Right", "Right", "Right", "Return")
    window.wait_for("shown")
    small.write("done")
    small.press("Tab", "Tab", "Tab")
    small.write("Li")
    small.press("Return")
    window.wait_for("shown")
    small.press("Return")
    window.wait_for("ready")
    assert reports_of(path, "2026-重-0002")[-1:] != ["done"]
    owner.unlink()
    window.wait_for("shown")  # the sentence that it was written
    window.stop()
    assert reports_of(path, "2026-重-0002")[-1] == "done"


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
    assert {word: look.mark for word, look in USUAL.items()} == dict(zip("绿黄红紫灰", "●▲◆■－", strict=True))
    assert set(USUAL) == set(MATTERS.column(LIGHT).choices)


def lit(row: MatterRow, word: str) -> MatterRow:
    return replace(row, cells={**row.cells, LIGHT: word})


def test_lights_of_a_regime_of_one_s_own_have_their_mark_and_colour_in_their_order(tmp_path: Path, rows) -> None:
    light = '[[light]]\nword = "{}"\ncolour = "{}"\nclause = "MX-1"\n{}\n'
    lights = (("青", "00ACC1", ""), ("橙", "F57C00", "from_hours = 0"), ("黑", "000000", "closed = true"))
    (tmp_path / "制度").mkdir()
    head = 'regime = "某县"\ntitle = "某"\nbased_on = "朔州"\nin_force_from = 2020-01-01\n'
    text = head + "".join(light.format(*one) for one in lights)
    (tmp_path / "制度" / "某县.toml").write_text(text, encoding="utf-8")
    path = write_book(tmp_path / "台账.xlsx", [], {"制度方案": "某县"})
    looks = DeskPresses(path, Clerk()).looks_of(facts(path))
    assert looks == {"青": ("●", "00ACC1"), "橙": ("▲", "F57C00"), "黑": ("－", "000000")}
    shown = [lit(rows[0], word) for word in ("黑", "绿", "橙", "青", "橙")]
    assert counted(rows, shown, looks).endswith("●青 1　▲橙 2　－黑 1　○绿 1")
    assert choices(shown, LIGHT, looks) == ["青", "橙", "黑", "绿"]
    (tmp_path / "制度" / "某县.toml").write_text("regime = ", encoding="utf-8")
    assert DeskPresses(path, Clerk()).looks_of(facts(path)) == USUAL


def test_more_lights_than_marks_share_the_last(rows) -> None:
    words = usual_words()
    many = tuple(replace(words.lights[0], word=str(count)) for count in range(8))
    marks = [look.mark for look in light_looks(replace(words, lights=(*many, words.lights[-1]))).values()]
    assert "".join(marks) == "●▲◆■＋▼○○－"


def test_search_and_filters_narrow_the_list(rows) -> None:
    everything = [row for row in rows if Filters().let_pass(row)]
    assert everything == rows
    education = [row for row in rows if Filters("教育局").let_pass(row)]
    assert 0 < len(education) < len(rows)
    assert all("教育局" in "".join(row.cells.values()) for row in education)
    board = choices(rows, "board", USUAL)[0]
    both = [row for row in rows if Filters("教育局", {"board": board}).let_pass(row)]
    assert both == [row for row in education if row.cells["board"] == board]
    assert [row for row in rows if Filters("没有这样的事项").let_pass(row)] == []
    assert counted(rows, both, USUAL).startswith(f"共{len(rows)}项，显示{len(both)}项")
