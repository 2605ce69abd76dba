"""``--json`` of every command: one JSON value on stdout and nothing else there, as the README says."""

import json
import shutil
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.cli.commands import delivery
from engine.service.scheduler import Service
from tests.cli.conftest import NUMBER
from tests.test_docs import commands

AT = ("--at", "2026-03-03T04:30")
POLICY = "制度/尧都.toml"
BOOK, SAMPLE, SAMPLE_AT = "台账.xlsx", "示例台账.xlsx", ("--at", "2026-11-17T20:00")

# Calls of commands in a folder that holds a small ledger in service, the sample and a config.
CALLS: dict[str, Sequence[str]] = {
    "new": ("新.xlsx",),
    "adopt": (BOOK,),
    "forget": (BOOK,),
    "tidy": (BOOK, "--dry-run", *AT),
    "check": (BOOK, *AT),
    "stamp": (BOOK, *AT),
    "card": (SAMPLE, "2026-省-0005", *SAMPLE_AT, "--folder", "."),
    "pass": (BOOK, *AT),
    "release": (BOOK, *AT),
    "run": (),
    "simulate": (BOOK, "--from", "2026-03-03", "--to", "2026-03-04"),
    "explain": (BOOK, NUMBER, *AT),
    "law": ("SZ1-14",),
    "archive": (BOOK, NUMBER, "--to", "."),
    "briefing": (BOOK, "--meeting", "2026-04-01"),
    "year-end": (BOOK, "--year", "2026"),
    "board": (BOOK, *AT),
    "burden": (SAMPLE, "--month", "2026-11"),
    "circular": (SAMPLE, "--kind", "汇总", *SAMPLE_AT),
    "sheet": (BOOK, NUMBER, *AT),
    "policy new": ("新县",),
    "policy check": (POLICY,),
    "policy show": (POLICY,),
    "policy use": (BOOK, POLICY, "--by", "张某"),
    "score": (BOOK, "--quarter", "2026Q1", *AT),
    "statistics": (BOOK, *AT),
    "team": (SAMPLE, "督2026-2", *SAMPLE_AT),
    "doctor": (),
    "send-test": ("--to", "19900010001"),
    "bundle": ("--out", "安装包.zip"),
    "install-addin": ("--dry-run",),
    "desk": (BOOK,),
    "install-service": ("--dry-run",),
    "store show": (),
    "store move": ("--to", "新.sqlite"),
    "outbox list": (),
    "outbox retry": (),
}
# Called with --json by tests of their own: they build, install, import, or settle what must first have gone wrong.
ELSEWHERE = {
    "demo": "tests/cli/test_commands.py",
    "import": "tests/moving/test_import_whole.py",
    "notice": "tests/cli/test_notice.py",
    "build-addin": "tests/cli/test_addin_commands.py",
    "install-desk": "tests/delivery/test_launcher.py",
    "outbox resolve": "tests/cli/test_outbox.py",
    "worker": "tests/fleet/test_worker_command.py",
    "fleet": "tests/fleet/test_status.py",
}
NAMES = [name.removeprefix("duban ") for name, _ in commands()]


@pytest.fixture
def office(book: Path, answer: Callable[..., object]) -> Path:
    shutil.copy(str(files("workbook") / SAMPLE), book.with_name(SAMPLE))
    answer("adopt", book, "--from", "2026-03-02T09:30")
    answer("policy", "new", "尧都")
    return book.parent


def bundled(_targets: object, _handbooks: object, _progress: object) -> tuple[SimpleNamespace, bytes]:
    """Without an index: the answer of ``bundle`` does not depend on what is in the file."""
    return SimpleNamespace(program="0.1.0", system="windows", pythons=("3.11",)), b""


def test_every_command_takes_json() -> None:
    assert [name for name, options in commands() if "--json" not in options] == []
    assert {*CALLS, *ELSEWHERE} <= set(NAMES)
    root = Path(__file__).resolve().parents[2]
    for name, path in ELSEWHERE.items():
        text = (root / path).read_text(encoding="utf-8")
        assert f'"{name.split()[-1]}"' in text, name
        assert "--json" in text or "answer(" in text, name


@pytest.mark.parametrize("name", CALLS)
def test_the_answer_is_one_json_value(
    name: str, office: Path, duban: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Service, "run", lambda service, strict: True)  # it runs until a signal; its answer comes after
    monkeypatch.setattr(delivery, "bundle", bundled)
    code, out, err = duban(*name.split(), *CALLS[name], "--json")
    assert code in (0, 1), err
    assert err == ""
    assert json.loads(out) is not None
