"""A workbook that kills, starves or holds up whoever parses it is named, and harms no other one."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.ledger.package.faults import (
    DamagedError,
    EncryptedError,
    TooLargeError,
    UnreadableWorkbook,
    UnsupportedXmlError,
)
from engine.ledger.reading.cells import read_cells, read_known
from engine.ledger.reading.ledger import FACT_SHEETS, read_ledger
from engine.service.parsing import process
from engine.service.parsing.process import ParsingProcess, TooMuchToRead
from engine.service.parsing.worker import Bounds, NoParser
from tests.ledger.hostile_sheets import far, repacked
from tests.ledger.messy_books import MATTER, book_of
from tests.service.planted_parser import ENTRY, planted

SOUND = book_of(matters=[MATTER])
BOUNDS = Bounds(memory=200 << 20, seconds=3.0)
SHEETS = FACT_SHEETS[:2]


@pytest.fixture
def parser() -> Iterator[ParsingProcess]:
    with ParsingProcess(BOUNDS, ENTRY) as opened:
        yield opened


def children() -> list[int]:
    """The processes that this one has started and not yet waited for, zombies among them; but for a
    database or a forkserver of other tests.
    """
    started = [int(one) for one in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    return [one for one in started if not is_another_tests(one)]


def is_another_tests(pid: int) -> bool:
    """By its command line: a server of PostgreSQL, or what multiprocessing keeps."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return any(word in command for word in (b"postgres", b"multiprocessing"))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def test_what_another_process_parses_is_what_this_one_would_have_read(parser: ParsingProcess) -> None:
    assert read_known(SOUND, FACT_SHEETS, None, parser) == read_cells(SOUND, FACT_SHEETS)
    elsewhere = read_ledger(SOUND, cells_of=lambda data, wanted: read_known(data, wanted, None, parser))
    assert elsewhere == read_ledger(SOUND)


def without_rows() -> bytes:
    return repacked(SOUND, lambda parts: parts.update({"xl/worksheets/sheet1.xml": b"<worksheet/>"}))


@pytest.mark.parametrize(
    ("data", "kind"),
    [(SOUND[:-9], DamagedError), (b"", DamagedError), (without_rows(), UnsupportedXmlError)],
)
def test_a_refusal_keeps_its_kind_and_its_words(parser: ParsingProcess, data: bytes, kind: type) -> None:
    with pytest.raises(kind) as here:
        read_cells(data, SHEETS)
    with pytest.raises(kind) as there:
        parser(data, SHEETS)
    assert str(there.value) == str(here.value)


def test_every_kind_of_refusal_can_be_handed_over() -> None:
    assert {UnreadableWorkbook, EncryptedError, TooLargeError} <= {*process._KINDS.values()}


@pytest.mark.parametrize(
    ("fault", "said"),
    [("abort", "崩溃"), ("eat", "内存太多（上限 200 MB）"), ("hang", "读了 3 秒还没有读完"), ("watch", "内存")],
)
def test_a_fatal_workbook_is_told_and_the_next_one_is_read(parser: ParsingProcess, fault: str, said: str) -> None:
    parser(SOUND, SHEETS)
    with pytest.raises(TooMuchToRead, match=said):
        parser(planted(SOUND, fault), SHEETS)
    assert parser(SOUND, SHEETS).keys() == {sheet.key for sheet in SHEETS}
    assert len(children()) == 1


def test_a_far_cell_without_the_guard_kills_its_reader_alone(parser: ParsingProcess) -> None:
    hostile = repacked(SOUND, far(b'<c r="XFD1048576"><v>1</v></c>'))
    assert parser(hostile, SHEETS)
    with pytest.raises(TooMuchToRead):
        parser(planted(hostile, "trust"), SHEETS)
    assert parser(SOUND, SHEETS)


def test_a_fatal_workbook_is_not_tried_again_before_an_hour_is_over(
    parser: ParsingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    fatal = planted(SOUND, "abort")
    with pytest.raises(TooMuchToRead):
        parser(fatal, SHEETS)
    asked: list[str] = []
    monkeypatch.setattr(parser, "_ask", lambda *_: (asked.append("") or None, 0.0))
    with pytest.raises(TooMuchToRead, match="崩溃"):
        parser(fatal, SHEETS)
    assert not asked
    parser._fatal = {mark: (0.0, sentence) for mark, (_, sentence) in parser._fatal.items()}
    with pytest.raises(TooMuchToRead):
        parser(fatal, SHEETS)
    assert asked


def test_so_many_fatal_workbooks_are_remembered_and_no_more(
    parser: ParsingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "MOST_REMEMBERED", 2)
    monkeypatch.setattr(parser, "_ask", lambda *_: (None, 0.0))
    for number in range(5):
        with pytest.raises(TooMuchToRead):
            parser(b"%d" % number, SHEETS)
    assert len(parser._fatal) == 2


def test_a_process_that_was_used_before_is_not_held_against_a_workbook(parser: ParsingProcess) -> None:
    parser(SOUND, SHEETS)
    os.kill(children()[0], signal.SIGKILL)
    assert parser(SOUND, SHEETS)


def test_a_process_that_does_not_start_is_no_fault_of_the_workbook() -> None:
    with ParsingProcess(BOUNDS, "tests.service.no_such_module") as parser:
        for _ in range(2):
            with pytest.raises(NoParser, match="启动不了"):
                parser(SOUND, SHEETS)
        assert not children()


def test_a_mistake_of_ours_goes_to_the_log_of_who_asked(parser: ParsingProcess) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        parser(planted(SOUND, "trip"), SHEETS)
    assert parser(SOUND, SHEETS)


def test_it_is_the_first_to_go_where_memory_runs_out(parser: ParsingProcess) -> None:
    parser(SOUND, SHEETS)
    assert Path(f"/proc/{children()[0]}/oom_score_adj").read_text() == "1000\n"


def test_it_has_no_credentials(parser: ParsingProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_TWILIO_TOKEN", "geheim")
    parser(SOUND, SHEETS)
    assert b"geheim" not in Path(f"/proc/{children()[0]}/environ").read_bytes()


def test_a_thousand_readings_leave_nothing_behind(
    parser: ParsingProcess, sample: Callable[[int, int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    count = sample(60, 1000)
    monkeypatch.setattr(process, "A_LIFE", count // 5)
    parser(SOUND, SHEETS)
    descriptors = len([*Path("/proc/self/fd").iterdir()])
    seen = set()
    for _ in range(count):
        parser(SOUND, SHEETS)
        seen.update(children())
    assert 5 <= len(seen) <= 6
    assert len(children()) == 1
    assert len([*Path("/proc/self/fd").iterdir()]) == descriptors
    parser.close()
    assert not children()


ASKS = """
import sys
from engine.ledger.reading.ledger import FACT_SHEETS
from engine.service.parsing.process import ParsingProcess
from tests.service.planted_parser import ENTRY, planted
from tests.service.test_parsing_process import BOUNDS, SOUND, children
with ParsingProcess(BOUNDS, ENTRY) as parser:
    parser(SOUND, FACT_SHEETS[:1])
    print(children()[0], flush=True)
    parser(planted(SOUND, "hang"), FACT_SHEETS[:1]) if sys.argv[1] == "busy" else sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
def test_it_ends_with_the_process_that_asked_however_that_ends(state: str) -> None:
    command = [sys.executable, "-c", ASKS, state]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as one:
        parsing = int(one.stdout.readline())
        assert is_alive(parsing)
        one.kill()
    assert until(lambda: not is_alive(parsing))


def test_an_answer_is_one_line_and_its_bytes_whatever_a_library_prints(parser: ParsingProcess) -> None:
    assert json.dumps(sorted(parser(SOUND, SHEETS))) == json.dumps(sorted(sheet.key for sheet in SHEETS))
