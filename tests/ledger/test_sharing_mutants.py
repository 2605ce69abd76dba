"""Each guard of the sharing is taken out in turn, and a test is seen to fail: none is there for decoration."""

import inspect
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.ledger.file import backups, concurrent_access, conflicts, differences, owner_files, swap, workbook_file
from tests.ledger.neighbours import WatchedDisk, tiny_book
from tests.ledger.sharing_mutants import HISTORY, MUTANTS

IN_ORDER = (owner_files, concurrent_access, backups, conflicts, swap, differences, workbook_file)
"""Each imports from those before it, so a fault in one is felt by running those after it anew."""

HISTORIES = 400
PARAM = type(pytest.param())


@contextmanager
def mutated(module: ModuleType, old: str, new: str) -> Iterator[None]:
    """The module with one place in its source changed, and all that builds on it."""
    later = IN_ORDER[IN_ORDER.index(module) :]
    before = {each: dict(vars(each)) for each in later}
    try:
        for each in later:
            source = inspect.getsource(each)
            if each is module:
                assert source.count(old) == 1, f"{source.count(old)} places to mutate: {old}"
                source = source.replace(old, new)
            exec(compile(source, str(each.__file__), "exec"), vars(each))
        yield
    finally:
        for each, names in before.items():
            vars(each).update(names)


def run(test: str, tmp_path: Path) -> None:
    """One test of a neighbouring file, by ``file::name``, with every combination of its parameters."""
    file, name = test.split("::")
    function = runpy.run_path(str(Path(__file__).with_name(f"{file}.py")))[name]
    for turn, arguments in enumerate(combinations(function)):
        folder = tmp_path / f"{name}-{turn}"
        folder.mkdir()
        for needed in inspect.signature(function).parameters:
            if needed not in arguments:
                arguments[needed] = FIXTURES[needed](file, folder)
        function(**arguments)


def combinations(function: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{}]
    for mark in getattr(function, "pytestmark", []):
        names = mark.args[0] if isinstance(mark.args[0], tuple) else (mark.args[0],)
        values = [value.values if isinstance(value, PARAM) else value for value in mark.args[1]]
        rows = [value if len(names) > 1 or isinstance(value, tuple) else (value,) for value in values]
        found = [{**one, **dict(zip(names, row, strict=True))} for one in found for row in rows]
    return found


def a_book(file: str, folder: Path) -> Path:
    book = folder / ("督办台账.xlsx" if file == "test_sharing_owner_files" else "台账.xlsx")
    if file == "test_swap":
        book.write_bytes(b"what was read")
        (folder / "备份").mkdir()
    else:
        book.write_bytes(tiny_book({"light": "绿"}))
    return book


FIXTURES: dict[str, Any] = {
    "book": a_book,
    "disk": lambda file, folder: WatchedDisk(),
    "tmp_path": lambda file, folder: folder,
}


def a_history(tmp_path: Path) -> None:
    runpy.run_path(str(Path(__file__).with_name("test_staff_and_scheduler.py")))["play_many"](
        tmp_path, range(HISTORIES)
    )


@pytest.mark.parametrize("test", sorted({mutant[3] for mutant in MUTANTS} - {HISTORY}))
def test_without_a_fault_it_passes(test: str, tmp_path: Path) -> None:
    with mutated(owner_files, "_MOST = 4096", "_MOST = 4096"):
        run(test, tmp_path)


@pytest.mark.parametrize(
    ("module", "old", "new", "test"), MUTANTS, ids=[f"{mutant[0].__name__}: {mutant[1][:40]}" for mutant in MUTANTS]
)
def test_a_guard_taken_out_is_noticed(module: ModuleType, old: str, new: str, test: str, tmp_path: Path) -> None:
    with mutated(module, old, new), pytest.raises((Exception, pytest.fail.Exception)):
        a_history(tmp_path) if test == HISTORY else run(test, tmp_path)
