"""A file of ours, replaced whole or left as it was. (The workbook has ``engine.ledger.file.swap``.)"""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

_PRIVATE = 0o600


def replace_file(path: Path, content: bytes, *, private: bool = False) -> None:
    """Let ``path`` hold ``content``. A reader sees the old file or the new one, never half of one, and a cut of the
    power leaves one of the two.

    ``private``: only the owner may read it, whatever the umask; otherwise the mode of the old file stays.
    Raises OSError: the old file stands, and nothing is left beside it.
    """
    fresh = path.with_name(f".{secrets.token_hex(6)}.duban.new")
    try:
        with os.fdopen(os.open(fresh, _NEW, _PRIVATE if private else 0o666), "wb") as file:
            if not private:
                _take_mode(path, fresh)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with suppress(OSError):  # the folder itself may be what is wrong
            fresh.unlink(missing_ok=True)
        raise


_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
"""Never an existing file and never through a link: anybody may write to a shared folder."""


def _take_mode(path: Path, fresh: Path) -> None:
    with suppress(OSError):  # a share without modes
        fresh.chmod(stat.S_IMODE(path.stat().st_mode))
