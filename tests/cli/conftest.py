"""A ledger and a config in the current folder, and commands run as people run them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cli.main import main
from tests.service.office import DAY, T0, matter_row, write_book

NUMBER = "2026-日-0001"
DUE = T0 + DAY


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger and a config in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    return write_book(tmp_path / "台账.xlsx", [matter_row(NUMBER, limit="1天", node_1_day=DUE, completion_due=DUE)])


@pytest.fixture
def duban(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command: exit code, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return run


@pytest.fixture
def answer(duban: Callable[..., tuple[int, str, str]]) -> Callable[..., object]:
    """Run a command with --json: what it answers. Nothing else may stand on stdout."""

    def run(*arguments: object, code: int = 0) -> object:
        given, out, err = duban(*arguments, "--json")
        assert (given, err) == (code, "")
        return json.loads(out)

    return run
