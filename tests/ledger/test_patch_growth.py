"""Many patches one after another: nothing but the rows grows."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.facts.change import Change
from engine.facts.finding import Place
from engine.ledger.package.row_grammar import Grammar, SheetRow
from engine.ledger.patching.cell_writing import row_edits
from engine.ledger.patching.codec import Codec
from engine.ledger.patching.patch import PatchOptions, patch
from engine.ledger.patching.splice import splice
from tests.ledger.corpus.excel_made import excel_made
from tests.ledger.corpus.office_book import log_row
from tests.ledger.patch_checks import calamine_cells, raw_members

WRITTEN = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml", "xl/tables/table3.xml"}
OPTIONS = PatchOptions(Codec(threads=1))


def test_successive_patches_grow_nothing_but_rows(tmp_path: Path, sample: Callable[[int, int], int]) -> None:
    book = excel_made("all_at_once", tmp_path)
    before, unpacked = raw_members(book), _size(book, "xl/worksheets/sheet1.xml")
    count = sample(100, 1000)
    lights = ("绿", "黄", "红")
    for at in range(count):
        light = Change(Place("matters", 4), "2026-日-0003", "light", lights[at % 3], lights[(at + 1) % 3])
        report = patch(book, [light], [log_row(f"S{at + 2:06}")], options=OPTIONS)
        assert (report.applied, report.appended, report.dropped) == ((light,), 1, ())
    after = raw_members(book)
    assert {name for name in before if before[name] != after[name]} == WRITTEN
    with zipfile.ZipFile(book) as archive:
        last = archive.read("xl/worksheets/sheet3.xml")
    one_row = len(last[last.rindex(b"<row ") : last.index(b"</sheetData>")])
    assert abs(_size(book, "xl/worksheets/sheet1.xml") - unpacked) < 200
    assert len(last) < one_row * (count + 3) + 2000
    assert ("短信记录", count + 2, 1) in calamine_cells(book)


def _size(book: Path, part: str) -> int:
    with zipfile.ZipFile(book) as archive:
        return archive.getinfo(part).file_size


@pytest.mark.parametrize(
    ("attributes", "after"),
    [
        ('ht="22"', 'ht="49.5"'),
        ("ht='22'", "ht='49.5'"),
        ('ht="49.5"', 'ht="49.5"'),
        ('ht="60"', 'ht="60"'),
        ('ht="22" customHeight="1"', 'ht="22" customHeight="1"'),
        ("", ""),
    ],
)
def test_a_row_grows_with_the_long_text_written_into_it(attributes: str, after: str) -> None:
    """It never shrinks, and a height that a person has set stays."""
    data = f' r="2" {attributes}><c r="A2"/></row>'.encode()
    row = SheetRow(Grammar(b"", ""), 2, 0, data)
    edits = row_edits(row, {1: b'<c r="A2"/>'}, least=49.5)
    assert b"".join(splice([b"<row" + data], edits)) == f'<row r="2" {after}><c r="A2"/></row>'.encode()
