"""The version of the program, and the fingerprint of its regimes."""

import hashlib
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import engine.policy
from engine.service.policies import own_text

_LENGTH = 16
Signature = tuple[str, int, int, int]
"""A file's name, time in nanoseconds, size in bytes, and number."""
_SOURCE = Path(__file__).parents[2] / "pyproject.toml"


def program_version() -> str:
    """The version of the installed program, or of the source tree that runs."""
    try:
        return version("duban")
    except PackageNotFoundError:
        return str(tomllib.loads(_SOURCE.read_text(encoding="utf-8"))["project"]["version"])


def policies_print(listed: Iterable[Path]) -> str:
    """A mark of the policy files of this program and of those that duban.toml lists, by name and content. Those beside
    a ledger are the same for every host.

    Raises:
        PolicyFileError: a listed one cannot be read.
    """
    shipped = sorted(Path(engine.policy.__file__).parent.glob("*.toml"))
    mark = hashlib.sha256()
    for path in (*shipped, *sorted(listed, key=lambda path: path.name)):
        own = own_text(path)
        mark.update(f"{own.name}\n{own.text}\n{own.law}\n".encode())
    return mark.hexdigest()[:_LENGTH]


class Regimes:
    """The fingerprint of the program's own regimes and of the ``listed`` ones, which are read again only where one of
    them, or a text of a regulation beside them, has changed.
    """

    def __init__(self, listed: Iterable[Path]) -> None:
        self._listed = tuple(listed)
        self._seen: list[Signature] | None = None
        self._mark = ""

    def fingerprint(self) -> str:
        """Raises PolicyFileError, as ``policies_print``."""
        seen = self._signatures()
        if seen is None or seen != self._seen:
            self._mark = policies_print(self._listed)
            self._seen = seen  # from before they were read: a change meanwhile is read the next time
        return self._mark

    def _signatures(self) -> list[Signature] | None:
        """Of all these files; ``None`` where one cannot be reached."""
        try:
            files = [file for path in self._listed for file in (path, *sorted(path.parent.glob("*.txt")))]
            return [(str(file), (state := file.stat()).st_mtime_ns, state.st_size, state.st_ino) for file in files]
        except OSError:
            return None
