"""Every guard of the patch is missed when it is taken away."""

import ast
import inspect
import pkgutil
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.ledger import package, patching
from engine.ledger.package import masking, row_grammar
from engine.ledger.package.faults import RefusedError
from engine.ledger.package.text_content import plain_text
from engine.ledger.patching import patch as public
from tests.ledger.corpus import excel_made, hand_made, refused
from tests.ledger.corpus.office_book import CHANGES, ROWS
from tests.ledger.patch_mutants import FAULTS, REFUSALS, RULES, SCENES, Mutant, module_named, mutated
from tests.ledger.refusal_scenes import SCENES as SCENE_NAMES
from tests.ledger.refusal_scenes import play
from tests.ledger.test_patch_corpus import EXPECTED, check_patched, patch_copy
from tests.ledger.test_sharing_mutants import run

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
        assert b'<dimension ref="A1:U4"/>' in archive.read("xl/worksheets/sheet3.xml")


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


def check_reading(name: str, folder: Path) -> None:
    hint = b'<t>\xe5\xb8\x82</t><rPh sb="0" eb="1"><t>shi</t></rPh>'
    assert row_grammar.Grammar(b"", "").texts(hint) == "市"


CHECKS: dict[str, Callable[[str, Path], None]] = {
    "refused": check_refused,
    "scene": play,
    "rule": run,
    "patched": check_whole,
    "spans": check_spans,
    "dimension": check_dimension,
    "calculates": check_calculates,
    "comment": check_comment,
    "masks": check_masks,
    "reading": check_reading,
}
MUTANTS = [*REFUSALS, *FAULTS, *SCENES, *RULES]


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
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


def test_every_refused_workbook_and_every_scene_has_a_mutant() -> None:
    assert {mutant.argument for mutant in REFUSALS} == EXPECTED["refused"].keys() - BROKEN
    assert {mutant.argument for mutant in SCENES} == SCENE_NAMES.keys()


BROKEN = {"wrong_size", "not_a_workbook", "empty_file", "truncated", "zip64", "entities", "utf16"}
"""More than one guard stops these; each of the guards has a scene of its own."""


def guards(module: str) -> Iterator[tuple[str, int, int]]:
    """The guards of a module: every ``raise`` from the condition or fault that leads to it, by name and offsets."""
    source = inspect.getsource(module_named(module))
    lines = [0, *(found.end() for found in re.finditer("\n", source))]
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            parent = parents[node]
            begin = parent if isinstance(parent, ast.If | ast.ExceptHandler) else node
            yield f"{module}:{node.lineno}", lines[begin.lineno - 1], lines[node.end_lineno or node.lineno]


ROOMS = (*package.__path__, *patching.__path__)
MODULES = sorted(found.name for found in pkgutil.iter_modules(ROOMS) if found.name not in ("refusals", "faults"))


@pytest.mark.parametrize("module", MODULES)
def test_every_guard_has_a_mutant(module: str) -> None:
    source = inspect.getsource(module_named(module))
    spans = [
        (at := source.index(mutant.before), at + len(mutant.before)) for mutant in MUTANTS if mutant.module == module
    ]
    bare = [name for name, begin, end in guards(module) if not any(at < end and begin < to for at, to in spans)]
    assert not bare, "nobody has taken these away"


def test_a_guard_without_a_mutant_would_be_noticed() -> None:
    assert len([*guards("splice")]) == 2
