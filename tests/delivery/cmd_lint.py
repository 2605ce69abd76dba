"""What can be wrong with a .cmd file, as far as it can be read off its text."""

import re
from collections.abc import Iterator
from pathlib import Path

_KNOWN = frozenset(("TEMP", "ERRORLEVEL", "LOCALAPPDATA"))
_USED = re.compile(r"%(?!%)([A-Za-z_]+)%")
_SET = re.compile(r'\bset (?:/p )?"?([A-Za-z_]+)=', re.IGNORECASE)
_GOTO, _LABEL = re.compile(r"\b(?:goto :?|call :)(\w+)", re.IGNORECASE), re.compile(r"^:(\w+)")
_QUOTED = re.compile(r'"[^"]*"')


def faults_of_cmd(file: Path) -> list[str]:
    """Each fault with its line. cmd.exe reads the system's code page, GBK in China, and wants CRLF."""
    content = file.read_bytes()
    if re.search(rb"(?<!\r)\n", content) or not content.endswith(b"\r\n"):
        return ["a line that does not end in CRLF"]
    try:
        lines = content.decode("gbk").split("\r\n")[:-1]
    except UnicodeDecodeError:
        return ["not in GBK"]
    return [*_whole(lines), *(f"{number}: {fault}" for number, line in enumerate(lines, 1) for fault in _line(line))]


def _whole(lines: list[str]) -> Iterator[str]:
    labels = {found[1].lower() for line in lines if (found := _LABEL.match(line))}
    wanted = {name.lower() for line in lines for name in _GOTO.findall(line)} - {"eof"}
    yield from (f"no label {name}" for name in sorted(wanted - labels))
    bare = "".join(_QUOTED.sub("", line) for line in lines if not line.lower().startswith(("rem ", "echo ")))
    if bare.count("(") != bare.count(")"):
        yield "brackets that do not close"
    assigned: set[str] = set()
    for number, line in enumerate(lines, 1):
        used = {name.upper() for name in _USED.findall(line)} - _KNOWN
        yield from (f"{number}: {name} is not set" for name in sorted(used - assigned))
        assigned |= {name.upper() for name in _SET.findall(line)}
    if not lines[0].lower().startswith("@echo off"):
        yield "commands are shown"


def _line(line: str) -> Iterator[str]:
    if line.count('"') % 2:
        yield "a quotation mark that does not close"
    if not line.isascii() and not line.lstrip().lower().startswith("echo "):
        yield "Chinese in a command: names of files come from the system, not from the code page"
    if re.search(r"(?<!%)%[A-Z]\b(?!%)", line):
        yield "a loop variable with one percent sign"
    if re.search(r"%HERE%[^\s\"]* |(?<![\"%\w])%HERE%", _QUOTED.sub('""', line)):
        yield "a path without quotation marks"
