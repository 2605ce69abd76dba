"""No character ends a command, steers a terminal, forges a line of the log or hides in an SMS."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.facts.printable import printable, printable_lines
from engine.service.config import Config
from engine.service.logging_setup import LOGGER, log_file, start_logging
from tests.cli.conftest import NUMBER
from tests.service.office import UNITS, matter_row, unit_row, write_book

ROOT = Path(__file__).parents[2]
RARE = ("䶮局", "𠮷局", "Ünit局")
STEERING = "\x1b[2J\x9b31m\u202e\u200b\ufeff\x07\x7f"
IN_A_CELL = "_x001B_[2J\x9b31m\u202e\u200b\ufeff\x7f"
AT = "2026-03-03T04:30"


def test_what_is_printable() -> None:
    assert printable(f"甲{STEERING}乙\r\n丙\t丁") == "甲[2J31m乙 丙 丁"
    assert printable_lines(f"甲{STEERING}\n乙\t丙") == "甲[2J31m\n乙\t丙"
    assert printable("䶮𠮷Ünit\ue000 王·某") == "䶮𠮷Ünit\ue000 王·某"


@pytest.fixture(scope="module")
def rare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of units whose names cp936 lacks, each with an SMS due at ``AT``."""
    folder = tmp_path_factory.mktemp("rare")
    (folder / "duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    units = [*UNITS, *(unit_row(name, 10 + n) for n, name in enumerate(RARE))]
    rows = [matter_row(f"2026-日-000{n + 1}", lead_unit=name) for n, name in enumerate(RARE)]
    return write_book(folder / "台账.xlsx", rows, units=units)


def run(folder: Path, encoding: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    """The installed command, its output redirected as on a console of Chinese Windows."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding} if encoding else {"PYTHONPATH": str(ROOT)}
    code = "import sys; from engine.cli.main import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", code, *words],
        cwd=folder,
        env=environment | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
    )


def test_output_in_cp936_fails_on_no_character_and_tells_what_was_sent(rare: Path) -> None:
    assert run(rare.parent, "cp936", "adopt", rare.name, "--from", "2026-03-02T09:00").returncode == 0
    done = run(rare.parent, "cp936", "pass", rare.name, "--at", AT)
    told = (done.stdout + done.stderr).decode("cp936")
    assert (done.returncode, "内部出错" in told) == (0, False)
    assert "\\u4dae局" in told
    told = json.loads(run(rare.parent, "cp936", "pass", rare.name, "--at", "2026-03-03T15:00", "--json").stdout)
    assert {one["to"]["unit"] for one in told["messages"]} >= set(RARE)


def test_without_another_wish_the_installed_command_speaks_utf8_as_duban_py_does(rare: Path) -> None:
    done = run(rare.parent, "", "check", rare.name, "--at", AT)
    assert "内部出错" not in done.stderr.decode("utf-8")
    assert done.stdout.decode("utf-8")


@pytest.fixture
def hostile(book: Path) -> Path:
    rows = [matter_row(NUMBER, lead_unit=f"没有的{IN_A_CELL}局"), matter_row("2026-日-0002", content=IN_A_CELL)]
    return write_book(book, rows, {"短信签名": f"督查{IN_A_CELL}室"})


def steering_in(text: str) -> set[str]:
    return {mark for mark in text if not mark.isprintable() and mark != "\n"}


def test_no_cell_and_no_file_name_steers_a_terminal(hostile: Path, duban) -> None:
    duban("adopt", hostile, "--from", "2026-03-02T09:00")
    for words in (("check", hostile), ("pass", hostile, "--at", AT), ("check", hostile, "--json")):
        _, out, err = duban(*words)
        assert steering_in(out + err) == set()
    for words in (("check", f"没有\x1b[31m\u202e{STEERING}.xlsx"), ("new", f"{STEERING}/x.xlsx"), (STEERING,)):
        _, out, err = duban(*words)
        assert steering_in(out + err) == set()


def test_an_sms_holds_no_hidden_character(hostile: Path, answer) -> None:
    answer("adopt", hostile, "--from", "2026-03-02T09:00")
    sent = [one["text"] for one in answer("pass", hostile, "--at", AT)["messages"]]
    assert sent
    assert steering_in("".join(sent)) == set()


def test_no_name_forges_a_line_of_the_log(tmp_path: Path) -> None:
    config = Config(state=tmp_path / "state")
    start_logging(config)
    LOGGER.info("%s：短信 1 条", f"台账\n2026-03-03 04:30:00,000 INFO duban 伪造{STEERING}\r.xlsx")
    try:
        int(f"a{STEERING}")
    except ValueError:
        LOGGER.exception("internal error")
    logging.getLogger().handlers[-1].flush()
    text = log_file(config).read_text(encoding="utf-8")
    assert sum(line.startswith("20") for line in text.splitlines()) == 2
    assert steering_in(text) == set()
