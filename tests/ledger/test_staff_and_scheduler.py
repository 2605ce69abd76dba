"""Two clerks and the scheduler on one workbook, in any order, with crashes anywhere: no edit lost, nothing half.

Each history comes from one seed. The clerks act before any system call of the scheduler, saves come in between the
last check and the swap, processes die before any call, and some deaths are power cuts.
"""

import random
import shutil
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from engine.ledger.file import workbook_file
from engine.ledger.file.file_options import FileOptions
from tests.ledger.neighbours import (
    Crash,
    MortalDisk,
    Staff,
    SteppedClock,
    WatchedDisk,
    cells_of,
    change,
    log_row,
    our_leftovers,
    tiny_book,
    tiny_file,
)

FIRST_STEP = {"exchange": "exchange", "replace": "replace_keeping", "aside": "rename", "links": "link"}
"""By what the file system can do: the call from which on the workbook is no longer what it was."""
ACTS_BEFORE_A_CALL = 0.12
SAVES_BEFORE_A_SWAP = 0.35


class StaffHistory:
    """One seed's course of events."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.book = folder / "台账.xlsx"
        self.book.write_bytes(tiny_book({"light": 0}))
        self.mode = self.random.choice(tuple(FIRST_STEP))
        self.clock = SteppedClock()
        saved: set[int] = set()
        numbers = count(1)
        self.clerks = [Staff(self.book, saved, numbers) for _ in range(2)]
        self.staff = self.clerks[0]
        self.clock.while_waiting = lambda: self.staff.step()
        self.wanted = 0

    def play(self) -> None:
        for _ in range(self.random.randint(1, 3)):
            dies_at = self.random.randrange(70) if self.random.random() < 0.6 else None
            disk = MortalDisk(self.mode, dies_at, power_cut=self.random.random() < 0.4)
            try:
                self.live(disk)
            except Crash:
                self.look()
            finally:
                disk.release()
        self.staff.close()
        self.live_on_undisturbed()

    def live(self, disk: MortalDisk) -> None:
        """One process of the scheduler, from its start."""
        disk.meanwhile = self.meanwhile
        file = self.file(disk)
        file.settle()
        for turn in range(self.random.randint(1, 2)):
            self.act()
            if turn == 0:
                self.staff.finish_save()
            self.one_pass(file)

    def one_pass(self, file: workbook_file.WorkbookFile) -> None:
        self.staff.finish_save()
        file.read()
        shown = cells_of(self.book).get("light")
        self.wanted += 1
        report = file.apply([change(shown, self.wanted)], [log_row(f"S{self.wanted}")])
        assert report.pending or report.applied or report.dropped
        self.look()

    def live_on_undisturbed(self) -> None:
        """After the last person has closed the book and stale owner files are gone, all comes to rest."""
        file = self.file(WatchedDisk(self.mode))
        file.settle()
        assert our_leftovers(self.folder) == []
        file.read()
        self.wanted += 1
        report = file.apply([change(cells_of(self.book).get("light"), self.wanted)], [])
        assert report.pending is None
        final = cells_of(self.book)
        assert final["light"] == self.wanted
        told = [path for path in self.folder.glob("备份/*") if any(path.name in notice for notice in report.notices)]
        lost = self.staff.saved - set(final.get("edits", [])) - self.edits_in(told)
        assert lost == set(), "neither in the book nor in a copy that people were told of"
        assert {path.name for path in self.folder.iterdir()} == {"台账.xlsx", "备份"}

    def edits_in(self, files: Iterable[Path]) -> set[int]:
        return {edit for path in files for edit in cells_of(path).get("edits", [])}

    def file(self, disk: WatchedDisk) -> workbook_file.WorkbookFile:
        return tiny_file(self.book, self.clock, disk, FileOptions(backup_count=50))

    def meanwhile(self, call: str, args: tuple[Any, ...]) -> None:
        """What happens between the scheduler's system calls."""
        self.look()
        swaps = call == FIRST_STEP[self.mode] and (self.mode in ("exchange", "replace") or args[0] == self.book)
        if swaps and self.random.random() < SAVES_BEFORE_A_SWAP:
            self.save_at_once()
        elif self.random.random() < ACTS_BEFORE_A_CALL:
            self.act()

    def open_book(self, leaves_owner: bool) -> None:
        """Either clerk, now that neither has it open: Excel lets one edit at a time."""
        self.staff = self.random.choice(self.clerks)
        self.staff.open(leaves_owner)

    def save_at_once(self) -> None:
        self.staff.finish_save()
        if not self.staff.is_open:
            self.open_book(leaves_owner=self.random.random() < 0.5)
        if self.staff.is_open:
            self.staff.edit()
            self.staff.start_save()
            self.staff.finish_save()

    def act(self) -> None:
        """One thing that a person does."""
        staff, chance = self.staff, self.random.random()
        if staff.pending:
            staff.step()
        elif not staff.is_open and chance < 0.3:
            staff.owner.unlink(missing_ok=True)
        elif not staff.is_open:
            self.open_book(leaves_owner=chance < 0.9)
        elif chance < 0.1:
            staff.show()
        elif chance < 0.4:
            staff.edit()
        elif chance < 0.7:
            staff.start_save()
        else:
            staff.close(leaves_stale=chance > 0.93)

    def look(self) -> None:
        """At no moment does a half-written file bear the workbook's name."""
        if self.book.exists():
            cells_of(self.book)


def play_many(folder: Path, seeds: range) -> None:
    for seed in seeds:
        place = folder / str(seed)
        place.mkdir()
        try:
            StaffHistory(seed, place).play()
        except Exception as problem:
            raise AssertionError(f"seed {seed}") from problem
        shutil.rmtree(place)


@pytest.mark.timeout(3600)
def test_any_interleaving_loses_no_edit_and_leaves_nothing(tmp_path: Path, sample: Callable[[int, int], int]) -> None:
    play_many(tmp_path, range(sample(300, 10_000)))
