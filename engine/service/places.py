"""One workbook, whatever name leads to it: a link, a hard link, a mapped drive and its UNC path are one ledger.

It has one lock, one journal and one turn of the scheduler.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
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
        place = place_of(true)
        if place not in self._seen:
            served = [*self._served()]
            hangs = False
            if place not in served:  # else no other file is touched
                for one in (*map(Path, served), *self._configured):
                    known = self._known(true, one)
                    hangs = hangs or known is None
                    if isinstance(known, Path):
                        true = known
                        break
            if is_there(true) and not hangs:  # what gives no answer may be another name of a known workbook
                self._seen.add(place_of(true))
        self._names.setdefault(place_of(true), set()).add(path.absolute())
        return true

    def _known(self, true: Path, other: Path) -> Path | bool | None:
        """The true path of ``other`` where it is the file at ``true``, else false; ``None`` where its share hangs: that
        must keep nobody from the ledgers of other shares.
        """

        def compared() -> Path | bool:
            known = Path(os.path.realpath(other))
            return known if place_of(known) == place_of(true) or _is_same(true, known) else False

        return self._patience.ask(other.parent, compared)

    def answers(self, path: Path) -> bool:
        """Whether the share of this file answers, be the file there or not."""
        return self._patience.ask(path.parent, lambda: _probed(path)) is not None

    def names(self, true: Path) -> tuple[Path, ...]:
        """The true path, then every other name under which the workbook was opened: beside each of them somebody may
        leave an owner file.
        """
        return (true, *sorted(self._names.get(place_of(true), set()) - {true}))


def _probed(path: Path) -> bool:
    """Whether the file is there; read from, because a share may answer for names that it has kept."""
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
