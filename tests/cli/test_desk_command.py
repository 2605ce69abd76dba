"""duban desk, as far as it goes without a screen; with one it is in tests/addin/test_desk_window.py."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import NUMBER


def test_the_desk_lists_its_matters_without_a_window(answer: Callable[..., Any], book: Path) -> None:
    shown = answer("desk", book)
    assert [one["number"] for one in shown["matters"]] == [NUMBER]
    assert shown["held_by"] is None
    assert shown["waiting"] == []


def test_without_a_ledger_the_one_of_the_config_is_listed(
    answer: Callable[..., Any], duban: Callable[..., tuple[int, str, str]], book: Path
) -> None:
    assert [one["number"] for one in answer("desk")["matters"]] == [NUMBER]
    Path("duban.toml").write_text("ledgers = []\n", encoding="utf-8")
    code, out, err = duban("desk", "--json")
    assert (code, out) == (2, "")
    assert "请写明是哪一本台账" in err


def test_the_desk_says_what_it_lacks(
    duban: Callable[..., tuple[int, str, str]], book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    code, out, err = duban("desk", book)
    assert (code, out) == (2, "")
    assert "图形界面" in err
    code, out, err = duban("desk", book.with_name("没有.xlsx"))
    assert (code, out) == (2, "")
    assert "找不到" in err
    monkeypatch.setitem(sys.modules, "addin.desk_window", None)
    code, out, err = duban("desk", book)
    assert (code, out) == (2, "")
    assert "python3-tk" in err
