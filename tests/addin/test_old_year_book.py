"""A book of last year: no button changes it, those that only show still answer."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlwings as xw

from addin import build
from engine.ledger.headings.columns import SETTINGS
from tests.addin.pressing import Clerk, button, cells
from tests.moving.office import ledger_bytes
from tests.xlwings_engine import opened

SHOW = {"preview_messages", "explain_matter", "show_today", "open_manual", "make_statistics", "make_sheets"} | {
    "archive_matters"
}
READ_ONLY = "这是旧年度的台账，已结转到2027年，只供查阅。请在新台账里办理。"


def macros() -> list[str]:
    """The function of every button on the ribbon."""
    tags = [one.get("tag") or "" for one in ElementTree.parse(build.HERE / "ribbon.xml").getroot().iter()]
    return [tag.partition(":")[2] for tag in tags if tag.startswith("addin.macros:")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    settings = ({"key": "已结转", "value": 2027}, {"key": "短信发送", "value": "停"})
    (tmp_path / "台账-2026.xlsx").write_bytes(ledger_bytes(**{SETTINGS.key: settings}))
    return tmp_path / "台账-2026.xlsx"


def test_no_button_changes_it_and_those_that_only_show_answer(book: xw.Book, person: Clerk, path: Path) -> None:
    before, saved = cells(book), path.read_bytes()
    refused = set()
    for name in macros():
        person.told.clear()
        button(name)()
        if READ_ONLY in person.told:
            refused.add(name)
    assert refused == set(macros()) - SHOW
    assert person.asked == []
    assert (cells(book), path.read_bytes()) == (before, saved)


def test_the_same_book_before_the_change_refuses_nothing(person: Clerk, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    path.write_bytes(ledger_bytes(**{SETTINGS.key: ({"key": "短信发送", "value": "停"},)}))
    opened(path)
    button("check_ledger")()
    assert READ_ONLY not in person.told
