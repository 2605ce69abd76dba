"""No full number in what people see, nor in any log at DEBUG, whatever command is run on a ledger in service."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import NUMBER

_MOBILE = re.compile(r"1[3-9]\d{9}")
COMMANDS = (
    ("adopt", "台账.xlsx", "--from", "2026-03-02T09:30"),
    ("check", "台账.xlsx"),
    ("pass", "台账.xlsx", "--at", "2026-03-03T04:30", "--dry-run"),
    ("pass", "台账.xlsx", "--at", "2026-03-03T04:30"),
    ("pass", "台账.xlsx", "--at", "2026-03-03T14:30"),
    ("release", "台账.xlsx", "--at", "2026-03-03T14:31"),
    ("explain", "台账.xlsx", NUMBER),
    ("simulate", "台账.xlsx", "--from", "2026-03-03", "--to", "2026-03-06"),
    ("outbox", "list"),
    ("outbox", "retry", "S没有"),
    ("send-test", "--to", "19900010001"),
    ("send-test", "--to", "19900010001234"),
    ("archive", "台账.xlsx", NUMBER),
    ("doctor",),
)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that any logger writes at DEBUG, unfiltered."""
    stream, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(stream), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_command_shows_or_logs_a_whole_number(book: Path, duban, logged: io.StringIO) -> None:
    told = {}
    for command in COMMANDS:
        _, out, err = duban(*command)
        told[" ".join(command)] = out + err
    told["日志"] = logged.getvalue()
    assert {name: _MOBILE.findall(text) for name, text in told.items() if _MOBILE.search(text)} == {}
    assert "199****0001" in told["outbox list"], "a number was there to be shown"
