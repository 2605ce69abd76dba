"""One workbook, whatever name leads to it: a link, a hard link, a mapped drive and its UNC path are one ledger.

It has one lock, one journal and one turn of the scheduler.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from engine.service.patience import Patience


def place_of(path: Path) -> str:
    """How the journal names a file: the same for every spelling of its path on this host."""
    return os.path.normcase(os.path.realpath(path))


class Places:
    """The workbooks that this host knows by name: those in service, by the places that ``served`` gives, then those
    ``configured``; of two names the first one counts.
    """

    def __init__(self, served: Callable[[], Iterable[str]], configured: Iterable[Path] = ()) -> None:
        self._served, self._configured = served, tuple(configured)
        self._names: dict[str, set[Path]] = {}
        self._seen: set[str] = set()
        self._patience = Patience()

    def true_path(self, path: Path) -> Path:
        """The file behind ``path``: through links, and by the known name where a hard link, a second mount or another
        drive letter leads to a known workbook. Two names are one file by the disk's identity.
        """
        true = Path(os.path.realpath(path))
        if place_of(true) not in self._seen:
            true, is_certain = self._by_known_name(true)
            if is_certain and is_there(true):  # what is absent just now may turn out to be a known workbook
                self._seen.add(place_of(true))
        self._names.setdefault(place_of(true), set()).add(path.absolute())
        return true

    def _by_known_name(self, true: Path) -> tuple[Path, bool]:
        """The known name of this file, or the one it has; whether all that are known could be compared with it: a share
        that hangs keeps nobody from the ledgers of the others.
        """
        served, is_certain = [*self._served()], True
        if place_of(true) in served:
            return true, True  # and no other file is touched
        for known in (*map(Path, served), *self._configured):
            name = self._patience.ask(known.parent, partial(_same_file, true, known))
            if name is None:
                is_certain = False
            elif name != true:
                return name, True
        return true, is_certain

    def answers(self, path: Path) -> bool:
        """Whether the share of this file answers, be the file there or not."""
        return self._patience.ask(path.parent, lambda: _probed(path)) is not None

    def names(self, true: Path) -> tuple[Path, ...]:
        """The true path, then every other name under which the workbook was opened: beside each of them somebody may
        leave an owner file.
        """
        return (true, *sorted(self._names.get(place_of(true), set()) - {true}))


def _same_file(true: Path, known: Path) -> Path:
    """The true path of ``known`` if that is the same file, else ``true``."""
    other = Path(os.path.realpath(known))
    return other if place_of(other) == place_of(true) or _is_same(true, other) else true


def _probed(path: Path) -> bool:
    """Whether something could be read of the file: of it, because a share may answer for names that it has kept."""
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as stream:
                return bool(stream.read(1))
    return False


def is_there(path: Path) -> bool:
    """Whether there is such a file. One that may not be looked up, in a folder that refuses access, is not."""
    with suppress(OSError):
        return path.exists()
    return False


def _is_same(path: Path, other: Path) -> bool:
    with suppress(OSError):
        return path.samefile(other)
    return False
