"""One workbook, whatever name leads to it: a link, a hard link, a mapped drive and its UNC path are one ledger.

It has one lock, one journal and one turn of the scheduler.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path


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

    def true_path(self, path: Path) -> Path:
        """The file behind ``path``: through links, and by the known name where a hard link, a second mount or another
        drive letter leads to a known workbook. Two names are one file by the disk's identity.
        """
        true = Path(os.path.realpath(path))
        place = place_of(true)
        if place not in self._seen:
            served = [*self._served()]
            if place not in served:  # else no other file is touched: one of them may lie on a share that hangs
                known = (Path(os.path.realpath(one)) for one in (*map(Path, served), *self._configured))
                true = next((one for one in known if place_of(one) == place or _is_same(true, one)), true)
            if is_there(true):  # what is absent just now may turn out to be another name of a known workbook
                self._seen.add(place_of(true))
        self._names.setdefault(place_of(true), set()).add(path.absolute())
        return true

    def names(self, true: Path) -> tuple[Path, ...]:
        """The true path, then every other name under which the workbook was opened: beside each of them somebody may
        leave an owner file.
        """
        return (true, *sorted(self._names.get(place_of(true), set()) - {true}))


def is_there(path: Path) -> bool:
    """Whether there is such a file. One that may not be looked up, in a folder that refuses access, is not."""
    with suppress(OSError):
        return path.exists()
    return False


def _is_same(path: Path, other: Path) -> bool:
    with suppress(OSError):
        return path.samefile(other)
    return False
