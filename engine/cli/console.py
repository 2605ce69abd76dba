"""What a command shows: one JSON value for programs, or tables and progress bars for people; both in one place."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from io import TextIOWrapper
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from engine.cli.text_table import table_lines
from engine.facts.printable import printable, printable_lines
from sms.masking import mask_secrets, mask_text

_STEERING = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
PEOPLE = Console(soft_wrap=False)
ASIDE = Console(stderr=True)
"""Errors and progress: stdout carries nothing but the answer."""


def plain(value: object) -> Any:
    """A value as JSON has it: times in ISO 8601 without offset, enumerations by their word."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def print_json(value: object) -> None:
    """One JSON value on stdout."""
    sys.stdout.write(mask_secrets(_json(value, indent=1)) + "\n")


def print_json_list(values: Iterable[object]) -> None:
    """A JSON list, written as it comes: it may be longer than memory."""
    separator = "[\n"
    for value in values:
        sys.stdout.write(separator + _json(value))
        separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")


def _json(value: object, indent: int | None = None) -> str:
    """JSON that steers no terminal, and that the stream can take: what it cannot is written as an escape."""
    is_unicode = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    text = json.dumps(value, ensure_ascii=not is_unicode, indent=indent, default=plain)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def prepare_streams() -> None:
    """Let no character end a command, after it may have sent: a console of Chinese Windows that is redirected takes
    cp936, which has neither 䶮 nor 𠮷. As with ``duban.py``, UTF-8 is used unless another one is set.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            encoding = stream.encoding if os.environ.get("PYTHONIOENCODING") else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def echo(text: str, style: str = "") -> None:
    """Print a sentence; nothing in it is interpreted as markup."""
    PEOPLE.print(Text(printable_lines(mask_text(text)), style=style), soft_wrap=True)


def echo_unwritten(why: str) -> None:
    """Print that the workbook was left as it was, and why: a sentence that most often names it already."""
    echo(why if why.startswith("工作簿") else f"工作簿未写入：{why}", "yellow")


def print_error(text: str) -> None:
    """Print one line on stderr: what is wrong and what to do."""
    ASIDE.print(Text(printable(mask_text(text)), style="red"), soft_wrap=True)


def show_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people. Cells are texts from workbooks: never markup, never control characters."""
    texts = [[cell_text(value) for value in row] for row in rows]
    PEOPLE.print(Text(f"\n{printable(title)}", style="bold"), soft_wrap=True)
    for line in table_lines(headings, texts, PEOPLE.width):
        PEOPLE.print(Text(line), soft_wrap=True)


def cell_text(value: object) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return mask_text(printable_lines(str(value)).replace("\t", " "))


class Bar:
    """A progress bar that one may move or leave pulsing."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None) if progress else None

    def at(self, done: float, total: float) -> None:
        """Show ``done`` of ``total``."""
        if self._progress and self._task is not None:
            self._progress.update(self._task, completed=done, total=total)


@contextmanager
def working(what: str, *, quiet: bool) -> Iterator[Bar]:
    """A progress bar on stderr while the block runs; none where ``quiet`` or where stderr is no terminal."""
    if quiet or not ASIDE.is_terminal:
        yield Bar(None)
        return
    columns = (TextColumn(what, markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ASIDE, transient=True) as progress:
        yield Bar(progress)
