"""In which line of a TOML file each table and each key stands: what the parser itself does not keep."""

import re
from collections import Counter

_TABLE = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*=(.*)$""")
_PART = re.compile(r"""\s*("[^"]*"|'[^']*'|[^.\s"']+)\s*(?:\.|$)""")
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|' + r"'[^']*'")


def lines_of(text: str) -> dict[str, int]:
    """Dotted path → line, counted from 1: ``nodes.month``; of the third ``[[schedule]]`` ``schedule.2.text``."""
    found: dict[str, int] = {}
    rows: Counter[str] = Counter()
    table, depth, quote = "", 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if quote or depth:
            quote, depth = _open_after(line, quote, depth)
            continue
        if header := _TABLE.match(line):
            table = ".".join(part.strip("\"'") for part in _PART.findall(header[2]))
            if header[1] == "[[":
                rows[table] += 1
                table = f"{table}.{rows[table] - 1}"
            parts = table.split(".") if header[1] == "[" else [table]
            for count in range(1, len(parts) + 1):
                found.setdefault(".".join(parts[:count]), number)
        elif key := _KEY.match(line):
            name = key[1].strip("\"'")
            found.setdefault(f"{table}.{name}" if table else name, number)
            quote, depth = _open_after(key[2], "", 0)
    return found


def line_of(path: str, lines: dict[str, int]) -> int | None:
    """The line of a path, else that of what holds it; ``None`` where the file states nothing of it."""
    while path:
        found = lines.get(path, lines.get(f"{path}.0"))  # of a list of tables: its first
        if found is not None:
            return found
        path = path.rpartition(".")[0]
    return None


def _open_after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Which long string and how many brackets are still open at the end of a line."""
    for mark in ('"""', "'''"):
        if quote == mark or (not quote and line.count(mark) % 2):
            closed = bool(quote) and mark in line
            return ("" if closed else mark), depth
    if quote:
        return quote, depth
    bare = _STRING.sub("", line).partition("#")[0]
    return "", depth + sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")
