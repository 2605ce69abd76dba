"""A copy of the sample ledger, open in the test engine, and a person before it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings as xw

from addin.button import ButtonContext
from tests.addin.pressing import (
    NOW,
    SAMPLE,
    Clerk,
)
from tests.xlwings_engine import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLE, tmp_path / "督办台账.xlsx"))


@pytest.fixture
def book(path: Path) -> xw.Book:
    return opened(path)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Clerk]:
    someone = Clerk()
    monkeypatch.setattr(ButtonContext, "desk", someone)
    monkeypatch.setattr(ButtonContext, "settings_folder", tmp_path / "settings")
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "登记人.txt").write_text("李四", encoding="utf-8")
    monkeypatch.setattr(ButtonContext, "now", staticmethod(lambda: NOW))
    yield someone
    log = tmp_path / "settings" / "addin.log"
    assert not log.exists(), log.read_text("utf-8")
