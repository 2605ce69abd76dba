"""What a worker brings along: the version of its program, and the fingerprint of its regimes."""

import hashlib
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import engine.policy
from engine.service.policies import own_text

_LENGTH = 16
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
