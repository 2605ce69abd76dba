"""Names of files and folders made of what stands in cells: one that every system takes, and that leads nowhere else."""

import re

from engine.facts.printable import printable

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # devices of Windows
_LONGEST = 60  # letters: 255 bytes is what most disks allow


def file_name(text: str) -> str:
    """``text`` as a name, without an ending; never empty, never ``..``."""
    name = _UNSAFE.sub("_", printable(_UNSAFE.sub("_", text)))[:_LONGEST].strip(" .")
    return f"_{name}" if not name or _RESERVED.fullmatch(name) else name
