"""A desk without a screen, on a copy of the sample, and the accidents that befall its saves."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

from addin.desk_window.presses import DeskPresses
from addin.dialogs.form import Form, Values
from engine.facts.change import Change
from engine.ledger.file.disk import Disk
from engine.ledger.file.file_options import Collaborators
from engine.ledger.headings.columns import REPORTS
from engine.ledger.patching.patch import patch
from engine.ledger.reading.ledger import read_rows
from tests.addin.pressing import Clerk
from tests.addin.session_adapters import facts


class InterruptedClerk(Clerk):
    """Something happens each time a form lies before them, ``times`` times."""

    def __init__(self, happens: Callable[[], None], times: int = 1) -> None:
        super().__init__()
        self._happens, self._times = happens, times

    def show_form(self, form: Form) -> Values | None:
        values = super().show_form(form)
        if self._times:
            self._times -= 1
            self._happens()
        return values


class FailingDisk(Disk):
    """``call`` fails from the first time on, until ``mend``."""

    def __init__(self, call: str) -> None:
        self._call = call

    def mend(self) -> None:
        self._call = ""

    def create(self, path: Path):
        if self._call == "create":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().create(path)

    def sync_folder(self, folder: Path) -> None:
        if self._call == "sync_folder":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        super().sync_folder(folder)


def presses_on(path: Path, clerk: Clerk, disk: Disk | None = None) -> DeskPresses:
    presses = DeskPresses(path, clerk, Collaborators(disk=disk or Disk(), sleep=lambda seconds: None))
    presses.ledger_id = facts(path).settings.ledger_id
    return presses


def note_by_a_colleague(path: Path, number: str, text: str) -> None:
    """A colleague's save: another 备注 on a matter."""
    matter = next(one for one in facts(path).matters if one.number == number)
    patch(path, [Change(matter.place, number, "note", matter.note or None, text)], [])


def reports_of(path: Path, number: str) -> list[str]:
    return [str(row["content"]) for row in read_rows(path.read_bytes(), REPORTS.key) if row["matter"] == number]
