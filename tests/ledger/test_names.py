"""Units in one cell: known names are matched before anything is split."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.reading.names import UnitMatcher

NAMES = {
    "市教育局": "市教育局",
    "教育局": "市教育局",
    "市公安局": "市公安局",
    "市文化和旅游局": "市文化和旅游局",
    "市文化": "市文化馆",
    "市财政（地税）局": "市财政（地税）局",
    "和顺县": "和顺县人民政府",
    "水、电、气保障组": "水、电、气保障组",
    "水务局": "市水务局",
    "朔城区": "朔城区人民政府",
    "平鲁区": "平鲁区人民政府",
}
MATCHER = UnitMatcher(NAMES, {"各县区政府": ("朔城区人民政府", "平鲁区人民政府")})


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("市教育局", ["市教育局"]),
        ("教育局", ["市教育局"]),
        ("市教育局、市公安局", ["市教育局", "市公安局"]),
        ("市教育局,市公安局", ["市教育局", "市公安局"]),
        ("市教育局，市公安局", ["市教育局", "市公安局"]),
        ("市教育局;市公安局；水务局", ["市教育局", "市公安局", "市水务局"]),
        ("市教育局\n市公安局", ["市教育局", "市公安局"]),
        ("市教育局　市公安局", ["市教育局", "市公安局"]),
        ("市教育局/市公安局", ["市教育局", "市公安局"]),
        ("市教育局和市公安局", ["市教育局", "市公安局"]),
        ("市教育局、市公安局以及水务局", ["市教育局", "市公安局", "市水务局"]),
        ("市文化和旅游局", ["市文化和旅游局"]),
        ("市文化和旅游局和市教育局", ["市文化和旅游局", "市教育局"]),
        ("市教育局、和顺县", ["市教育局", "和顺县人民政府"]),
        ("市教育局和和顺县", ["市教育局", "和顺县人民政府"]),
        ("水、电、气保障组、水务局", ["水、电、气保障组", "市水务局"]),
        ("市财政(地税)局", ["市财政（地税）局"]),
        ("市财政（地税）局、教育局", ["市财政（地税）局", "市教育局"]),
        ("市 教 育 局", ["市教育局"]),
        ("\u200b市教育局\u00a0", ["市教育局"]),
        ("市教育局、教育局", ["市教育局"]),
        ("、市教育局、", ["市教育局"]),
        ("各县区政府、市教育局", ["朔城区人民政府", "平鲁区人民政府", "市教育局"]),
        ("平鲁区、各县区政府", ["平鲁区人民政府", "朔城区人民政府"]),
        ("", []),
    ],
)
def test_units_of_a_cell(cell: str, units: list[str]) -> None:
    found = MATCHER.match(cell)
    assert (list(found.names), found.leftovers) == (units, ())


@pytest.mark.parametrize(
    ("cell", "units", "leftovers"),
    [
        ("市农牧局", [], ["市农牧局"]),
        ("市教育局、市农牧局、市公安局", ["市教育局", "市公安局"], ["市农牧局"]),
        ("市农牧局和市教育局", ["市教育局"], ["市农牧局"]),
        ("教育局机关", [], ["教育局机关"]),
        ("市教育局等", [], ["市教育局等"]),
        ("市农牧局\n市林草局", [], ["市农牧局", "市林草局"]),
    ],
)
def test_what_no_unit_answers_to_is_named(cell: str, units: list[str], leftovers: list[str]) -> None:
    found = MATCHER.match(cell)
    assert (list(found.names), list(found.leftovers)) == (units, leftovers)


@given(st.lists(st.sampled_from(sorted(NAMES)), max_size=6), st.sampled_from(["、", "，", ";", "\n", " / ", "，\n"]))
def test_any_list_of_known_names_is_understood(names: list[str], separator: str) -> None:
    found = MATCHER.match(separator.join(names))
    assert found.names == tuple(dict.fromkeys(NAMES[name] for name in names))
    assert found.leftovers == ()


@given(st.text())
def test_no_text_is_lost(text: str) -> None:
    found = UnitMatcher({}).match(text)
    assert found.names == ()
    assert all(piece.strip() for piece in found.leftovers)
