"""Sheets built to exhaust whoever reads them, and a run that reads them in a process with little memory.

    python -m tests.ledger.hostile_sheets SCALE

prints a line of JSON for each: name, seconds of the processor, megabytes above what was in use, what came out.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import process_time

from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.ledger import read_ledger
from tests.ledger.messy_books import book_of, letter

Parts = dict[str, bytes]
SHEET, LOG = "xl/worksheets/sheet1.xml", "短信记录"
MOST_MEMORY = 1 << 30
_STRINGS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%b</sst>'
_RELATION = (
    b'<Relationship Id="strings" Target="sharedStrings.xml" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
)


def repacked(data: bytes, change: Callable[[Parts], None]) -> bytes:
    """The workbook with other parts."""
    with zipfile.ZipFile(BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    change(parts)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def with_rows(rows: bytes, sheet: str = SHEET) -> Callable[[Parts], None]:
    """More rows at the end of a sheet."""
    return lambda parts: parts.update({sheet: parts[sheet].replace(b"</sheetData>", rows + b"</sheetData>")})


def inserted(part: str, before: bytes, content: bytes) -> Callable[[Parts], None]:
    """Something in front of a tag."""
    return lambda parts: parts.update({part: parts[part].replace(before, content + before, 1)})


def long_string(cells: int) -> Callable[[Parts], None]:
    """One text of 32,767 letters in so many cells."""

    def change(parts: Parts) -> None:
        parts["xl/sharedStrings.xml"] = _STRINGS % (b"<si><t>" + "督".encode() * 32_767 + b"</t></si>")
        rels = "xl/_rels/workbook.xml.rels"
        parts[rels] = parts[rels].replace(b"</Relationships>", _RELATION)
        column = letter("matters", "content").encode()
        row = b'<row r="%d"><c r="' + column + b'%d" t="s"><v>0</v></c></row>'
        rows = (row % (number, number) for number in range(10, cells + 10))
        with_rows(b"".join(rows))(parts)

    return change


def many_tables(elements: int, times: int) -> Callable[[Parts], None]:
    """A sheet that names one heavy table so often."""

    def change(parts: Parts) -> None:
        rels = "xl/worksheets/_rels/sheet1.xml.rels"
        relation = b'<Relationship Id="more%d" Target="/xl/tables/heavy.xml" Type="http://x/table"/>'
        more = b"".join(relation % number for number in range(times))
        parts[rels] = parts[rels].replace(b"</Relationships>", more + b"</Relationships>")
        parts["xl/tables/heavy.xml"] = b'<table displayName="heavy" ref="A1:B2">' + b"<a/>" * elements + b"</table>"

    return change


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def far(cell: bytes) -> Callable[[Parts], None]:
    return with_rows(b'<row r="1048576">' + cell + b"</row>")


def cases(scale: float) -> dict[str, Callable[[Parts], None]]:
    """Every sheet by name. ``scale`` 1 is the size at which readers were seen to die."""
    many, deep = int(1_000_000 * scale), int(2_000_000 * scale)
    letters = [bytes([letter]) for letter in range(65, 85)]
    blank_row = b"".join(b'<c r="%b%%d" s="1"/>' % letter for letter in letters)
    blanks = (b'<row r="%d">' % row + blank_row % ((row,) * 20) + b"</row>" for row in range(20, many // 5 + 20))
    space = b'<row r="%d"><c r="ZZ%d" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>'
    return {
        "a space in ZZ150000": with_rows(space % (150_000, 150_000)),
        "a space in ZZ200000": with_rows(space % (200_000, 200_000)),
        "the last cell": far(b'<c r="XFD1048576"><v>1</v></c>'),
        "single quotes": far(b"<c r='XFD1048576'><v>1</v></c>"),
        "small letters": far(b'<c r="xfd1048576"><v>1</v></c>'),
        "leading zeros": far(b'<c r="XFD001048576"><v>1</v></c>'),
        "blanks in the address": far(b'<c r =" XFD1048576"><v>1</v></c>'),
        "a sign in an attribute": far(b'<c r="XFD1048576" x="/>"><v>1</v></c>'),
        "a column past the last": with_rows(b'<row r="100"><c r="ZZZZZ100"><v>1</v></c></row>'),
        "a row of billions": with_rows(b'<row r="4000000000"><c><v>1</v></c></row>'),
        "a row of billions, in quotes": with_rows(b"<row r='4000000000'><c r='A1'><v>1</v></c></row>"),
        "rows in an attribute": inserted(SHEET, b"<sheetData>", b'<a b="<sheetData></sheetData>"/>'),
        "one long string": long_string(int(100_000 * scale)),
        "empty rows": with_rows(b"".join(b'<row r="%d"/>' % row for row in range(20, many + 20))),
        "styled blanks": with_rows(b"".join(blanks)),
        "one heavy table, named often": many_tables(int(400_000 * scale), 4000),
        "nested in a row": with_rows(b'<row r="50">' + nested(deep) + b"</row>"),
        "nested in the head": inserted(SHEET, b"<sheetData>", nested(deep)),
        "nested in the workbook": inserted("xl/workbook.xml", b"<sheets>", nested(deep)),
        "nested in the styles": inserted("xl/styles.xml", b"<cellXfs", nested(deep)),
    }


def outcome(data: bytes) -> str:
    """What comes of reading it."""
    try:
        return f"{len(read_ledger(data).matters)} matters"
    except UnreadableWorkbook as fault:
        return str(fault)


def main(scale: float) -> None:
    """Read them all, in little memory."""
    sound = book_of()
    books = {name: repacked(sound, change) for name, change in cases(scale).items()}
    outcome(sound)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + MOST_MEMORY, in_use + MOST_MEMORY))
    for name, data in books.items():
        start = process_time()
        result = outcome(data)
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        print(json.dumps([name, process_time() - start, more, result]), flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
