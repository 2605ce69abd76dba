"""Whether a folder lies on a network share: the journal and the outbox must not, or two hosts write into one."""

import ctypes
import sys
from collections.abc import Iterator
from pathlib import Path

_REMOTE = frozenset(("cifs", "smb3", "smbfs", "nfs", "nfs4", "afpfs", "ncpfs", "9p", "fuse.sshfs", "fuse.davfs"))
_MOUNTS = Path("/proc/self/mounts")
_DRIVE_REMOTE = 4
_ESCAPES = {"\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"}


def is_on_share(path: Path) -> bool:
    """Whether the folder is another computer's, as far as the system reports it."""
    if sys.platform == "win32":
        root = Path(path.absolute().anchor)
        return str(root).startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(str(root)) == _DRIVE_REMOTE
    try:
        return remote_by_mounts(path.absolute(), _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return False


def remote_by_mounts(path: Path, mounts: str) -> bool:
    """The same by the lines of ``/proc/mounts``: the innermost mount that holds the path decides."""
    holding = [(len(point.parts), kind) for point, kind in _mounted(mounts) if path.is_relative_to(point)]
    innermost = max((depth for depth, _ in holding), default=0)
    last = [kind for depth, kind in holding if depth == innermost][-1:]
    return bool(last) and last[0] in _REMOTE


def _mounted(mounts: str) -> Iterator[tuple[Path, str]]:
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) > 2:
            point = words[1]
            for escaped, plain in _ESCAPES.items():
                point = point.replace(escaped, plain)
            yield Path(point), words[2]
