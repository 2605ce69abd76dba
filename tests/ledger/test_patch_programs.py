"""The patched corpus as programs of other makes see it. One run of each program for all workbooks."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.ledger.headings.columns import MATTERS
from engine.ledger.patching.patch import patch
from tests.ledger.corpus import resaved
from tests.ledger.corpus.hand_made import hand_made
from tests.ledger.corpus.office_book import CHANGES, ROWS
from tests.ledger.corpus.zip_tools import Parts, edited
from tests.ledger.patch_checks import Cells, calamine_cells, openpyxl_cells, written_cells
from tests.ledger.patch_programs import exceljs_values, open_xml_faults
from tests.ledger.test_patch_corpus import BUILDERS, EXPECTED, PATCHED

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

Pair = tuple[Path, Path]


def patched_corpus(folder: Path, every: int = 1) -> dict[str, Pair]:
    """Name → the book before and after; of ``every`` books one."""
    (folder / "patched").mkdir()
    pairs: dict[str, Pair] = {}
    for kind, name in PATCHED[::every]:
        source = BUILDERS[kind](name, folder)
        target = folder / "patched" / source.name
        target.write_bytes(source.read_bytes())
        patch(target, CHANGES, ROWS)
        pairs[name] = source, target
    return pairs


def written(name: str, source: Path) -> Cells:
    """The cells that the standard patch writes into this book."""
    reader = openpyxl_cells if "calamine" in EXPECTED["unread"].get(name, []) else calamine_cells
    return written_cells(reader(source))


def test_libreoffice_reads_what_was_written(tmp_path: Path, sample: Callable[[int, int], int]) -> None:
    pairs = patched_corpus(tmp_path, every=sample(3, 1))
    resaved.convert((target for _, target in pairs.values()), tmp_path / "reread")
    for name, (source, target) in pairs.items():
        seen = calamine_cells(tmp_path / "reread" / f"{target.stem}.xlsx")
        if "libreoffice" in EXPECTED["unread"].get(name, []):
            continue
        wanted = written(name, source)
        assert {where: seen.get(where) for where in wanted} == wanted, name


def test_exceljs_reads_what_was_written(tmp_path: Path, sample: Callable[[int, int], int]) -> None:
    pairs = patched_corpus(tmp_path, every=sample(2, 1))
    wanted = {target: written(name, source) for name, (source, target) in pairs.items()}
    asked = {target: list(cells) for target, cells in wanted.items()}
    unread = {name: source for name, (source, _) in pairs.items() if "exceljs" in EXPECTED["unread"].get(name, [])}
    found = exceljs_values(asked | {source: [(MATTERS.name, 1, 1)] for source in unread.values()})
    assert all(isinstance(found[source], str) for source in unread.values())
    for name, (_, target) in pairs.items():
        if name not in unread:
            assert found[target] == list(wanted[target].values()), name


def test_the_open_xml_sdk_finds_nothing_new(tmp_path: Path, sample: Callable[[int, int], int]) -> None:
    pairs = patched_corpus(tmp_path, every=sample(6, 1))
    after = open_xml_faults([target for _, target in pairs.values()])
    suspects = [pair for pair in pairs.values() if after[pair[1]]]
    before = open_xml_faults([source for source, _ in suspects])
    new = {target.name: after[target] for source, target in suspects if after[target] != before[source]}
    assert not new, json.dumps(new, ensure_ascii=False, indent=1)


HAND_MADE = {
    "slicers": ("xl/slicers/slicer1.xml", "cache"),
    "threaded_comments": ("xl/threadedComments/threadedComment1.xml", "personId"),
    "printer_and_custom_xml": ("customXml/itemProps1.xml", "ds:itemID"),
}
"""Books with parts written by hand, and an attribute without which such a part would be none."""


def test_the_open_xml_sdk_finds_nothing_wrong_with_parts_made_by_hand(tmp_path: Path) -> None:
    books = {name: hand_made(name, tmp_path) for name in HAND_MADE}
    wrong = [edited(books[name], tmp_path / f"{name}-wrong.xlsx", without(*HAND_MADE[name])) for name in HAND_MADE]
    faults = open_xml_faults([*books.values(), *wrong])
    assert {name: faults[book] for name, book in books.items()} == {name: [] for name in books}
    assert all(faults[book] for book in wrong)


def without(part: str, attribute: str) -> Callable[[Parts], None]:
    """Leaves an attribute out of a part."""

    def edit(parts: Parts) -> None:
        parts[part] = re.sub(rf' {attribute}="[^"]*"'.encode(), b"", parts[part], count=1)

    return edit
