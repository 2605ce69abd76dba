"""A pass of the scheduler at any moment of the desk's save: both are in the file once, nothing is left beside it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from engine.facts.change import Change
from engine.ledger.file.disk import Disk
from engine.ledger.file.file_options import Collaborators
from engine.ledger.file.workbook_file import WorkbookFile
from tests.addin.button_cases import ONE
from tests.addin.desk_people import presses_on, reports_of
from tests.addin.pressing import NOW, Clerk
from tests.addin.session_adapters import facts
from tests.addin.test_desk_presses import ANSWERS, CHOSEN, OTHER
from tests.service.office import DAY, matter_row, write_book

WRITTEN = "后台写的"
CALLS = ("create", "overwrite", "exchange", "rename", "sync_folder")


class InterruptedDisk(Disk):
    """``happens`` once, before a system call or after it."""

    def __init__(self, call: str, after: bool, happens: Callable[[], None]) -> None:
        self._call, self._after, self._happens = call, after, happens

    def _at(self, call: str, done: Callable[[], Any]) -> Any:
        if call != self._call:
            return done()
        self._call = ""
        if self._after:
            result = done()
            self._happens()
            return result
        self._happens()
        return done()

    def create(self, path: Path) -> BinaryIO:
        return self._at("create", lambda: super(InterruptedDisk, self).create(path))

    def overwrite(self, source: Path, target: Path) -> None:
        self._at("overwrite", lambda: super(InterruptedDisk, self).overwrite(source, target))

    def exchange(self, first: Path, second: Path) -> None:
        self._at("exchange", lambda: super(InterruptedDisk, self).exchange(first, second))

    def rename(self, source: Path, target: Path) -> None:
        self._at("rename", lambda: super(InterruptedDisk, self).rename(source, target))

    def sync_folder(self, folder: Path) -> None:
        self._at("sync_folder", lambda: super(InterruptedDisk, self).sync_folder(folder))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two matters at work: a press on them costs a third of one on the sample."""
    matters = [matter_row(number, assigned_at=NOW - 2 * DAY) for number in (ONE, OTHER)]
    return write_book(tmp_path_factory.mktemp("small") / "台账.xlsx", matters)


@pytest.fixture
def path(tmp_path: Path, small: Path) -> Path:
    return Path(shutil.copy(small, tmp_path / "督办台账.xlsx"))


def scheduler(path: Path) -> WorkbookFile:
    return WorkbookFile(path, lambda: NOW, collaborators=Collaborators(sleep=lambda seconds: None))


def passes(path: Path) -> None:
    """What a pass does to the file: it reads, and writes a cell."""
    book = scheduler(path)
    matter = next(one for one in book.read().ledger.matters if one.number == OTHER)
    book.apply([Change(matter.place, OTHER, "note", matter.note or None, WRITTEN)], [])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", CALLS)
def test_both_are_written_whatever_the_moment(path: Path, person: Clerk, call: str, after: bool) -> None:
    person.answers = ANSWERS
    happened: list[str] = []

    def happens() -> None:
        passes(path)
        happened.append(call)

    presses_on(path, person, InterruptedDisk(call, after, happens)).press("register_report", "登记反馈", CHOSEN)
    scheduler(path).settle()
    passes(path)
    assert happened == [call]
    assert person.asked == ["登记反馈"]
    assert "已登记1条" in person.told[-1]
    assert reports_of(path, ONE).count("已完成初稿") == 1
    assert next(one.note for one in facts(path).matters if one.number == OTHER) == WRITTEN
    assert not [entry.name for entry in path.parent.iterdir() if entry.name.startswith(".~duban")]
