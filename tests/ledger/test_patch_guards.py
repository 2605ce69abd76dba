"""Every guard of the patch is missed when it is taken away."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.ledger import patch as public
from engine.ledger.patching import masking, row_grammar, splice
from engine.ledger.patching.refusals import RefusedError, UnsupportedXmlError
from engine.ledger.patching.splice import Edit
from engine.ledger.patching.values import plain_text
from tests.ledger.corpus import excel_made, hand_made, refused
from tests.ledger.corpus.office_book import CHANGES, ROWS
from tests.ledger.patch_mutants import FAULTS, REFUSALS, Mutant, mutated
from tests.ledger.test_patch_corpus import EXPECTED, check_patched, patch_copy

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


def build(name: str, folder: Path) -> Path:
    """The workbook of this name, by whichever builder has it."""
    return (excel_made.excel_made if name in excel_made.MAKERS else hand_made.hand_made)(name, folder)


def check_refused(name: str, folder: Path) -> None:
    book = refused.refused(name, folder)
    before = book.read_bytes()
    with pytest.raises(RefusedError) as refusal:
        public.patch(book, CHANGES, ROWS)
    assert type(refusal.value).__name__ == EXPECTED["refused"][name]["error"]
    assert book.read_bytes() == before


def check_whole(name: str, folder: Path) -> None:
    source = build(name, folder)
    target, report = patch_copy(source, folder)
    check_patched(name, source, target, report)


def check_spans(name: str, folder: Path) -> None:
    target, _ = patch_copy(build(name, folder), folder)
    with zipfile.ZipFile(target) as archive:
        row = re.search(rb'<row r="4"[^>]*spans="1:(\d+)"', archive.read("xl/worksheets/sheet1.xml"))
    assert row
    assert int(row[1]) == 10


def check_dimension(name: str, folder: Path) -> None:
    target, _ = patch_copy(build(name, folder), folder)
    with zipfile.ZipFile(target) as archive:
        assert b'<dimension ref="A1:T4"/>' in archive.read("xl/worksheets/sheet3.xml")


def check_calculates(name: str, folder: Path) -> None:
    def plain(parts: dict[str, bytes]) -> None:
        parts["xl/workbook.xml"] = re.sub(rb"<calcPr[^>]*/>", b"", parts["xl/workbook.xml"])

    target, _ = patch_copy(hand_made.edited(build(name, folder), folder / "asked.xlsx", plain), folder)
    with zipfile.ZipFile(target) as archive:
        assert b"fullCalcOnLoad" in archive.read("xl/workbook.xml")


def check_comment(name: str, folder: Path) -> None:
    target, _ = patch_copy(build(name, folder), folder)
    with zipfile.ZipFile(target) as archive:
        assert archive.comment == "朔州市政府督查室".encode()


def check_masks(name: str, folder: Path) -> None:
    data = b"<t><!-- <row> --><![CDATA[</t><row>&amp;]]></t><?x <row> ?>"
    for step in (1, 2, 5, len(data)):
        seen = b"".join(masking.masked((data[at : at + step] for at in range(0, len(data), step)), ""))
        assert (len(seen), seen.count(b"<row"), seen.count(b"</t>")) == (len(data), 0, 1)
        assert plain_text(seen[3 : seen.index(b"</t>")]) == "</t><row>&amp;"


def check_masks_little(name: str, folder: Path) -> None:
    with pytest.raises(UnsupportedXmlError, match="注释"):
        list(masking.masked([b"<a><!--", *([b"x" * (1 << 19)] * 3), b"--></a>"], ""))


def check_splices(name: str, folder: Path) -> None:
    for edits in ([Edit(3, 5, b""), Edit(4, 6, b"")], [Edit(11, 11, b"x")]):
        with pytest.raises(ValueError, match="edit"):
            list(splice.splice([b"0123456789"], edits))


def check_reading(name: str, folder: Path) -> None:
    hint = b'<t>\xe5\xb8\x82</t><rPh sb="0" eb="1"><t>shi</t></rPh>'
    assert row_grammar.Grammar(b"", "").texts(hint) == "市"


CHECKS: dict[str, Callable[[str, Path], None]] = {
    "refused": check_refused,
    "patched": check_whole,
    "spans": check_spans,
    "dimension": check_dimension,
    "calculates": check_calculates,
    "comment": check_comment,
    "masks": check_masks,
    "reading": check_reading,
    "masks_little": check_masks_little,
    "splices": check_splices,
}


@pytest.mark.parametrize("mutant", [*REFUSALS, *FAULTS], ids=str)
def test_a_guard_taken_away_is_missed(mutant: Mutant, tmp_path: Path) -> None:
    check = CHECKS[mutant.killer]
    for name in ("sound", "mutated"):
        (tmp_path / name).mkdir()
    check(mutant.argument, tmp_path / "sound")
    with mutated(mutant):
        survived = passes(check, mutant.argument, tmp_path / "mutated")
    assert not survived, "nobody misses this guard"


def passes(check: Callable[[str, Path], None], name: str, folder: Path) -> bool:
    """Whether the check is content; any failure of it, an accident in the mutant too, says that it is not."""
    try:
        check(name, folder)
    except (Exception, pytest.fail.Exception):
        return False
    return True


def test_every_refusal_has_a_mutant() -> None:
    """But those that no single guard makes."""
    nothing_there = {"no_table", "table_renamed_twice", "sheet_renamed", "other_zip", "unknown_string", "malformed"}
    broken = {"not_a_workbook", "empty_file", "truncated", "unended_rows"}
    guarded_twice = {"zip64", "entities", "utf16"}
    assert {mutant.argument for mutant in REFUSALS} == EXPECTED[
        "refused"
    ].keys() - nothing_there - broken - guarded_twice
