"""A file of ours, replaced whole or left as it was. (The workbook has ``engine.ledger.file.swap``.)"""

import os
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, content: bytes) -> None:
    """Let ``path`` hold ``content``. A reader sees the old file or the new one, never half of one.

    Raises OSError: the old file stands, and nothing is left beside it.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError:
        with suppress(OSError):  # the folder itself may be what is wrong
            fresh.unlink(missing_ok=True)
        raise
