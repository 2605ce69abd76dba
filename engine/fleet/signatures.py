"""The state of a ledger's file as any host of the fleet sees it."""

from pathlib import Path

from engine.service.host import Station
from engine.service.watch import signature_of


def signature_text(station: Station, path: Path) -> str:
    """A text that differs between two saves, and between an open and a closed book; empty while the file is absent.

    Without the number of the file's inode, which two hosts may see differently through their mounts, and with times to
    the microsecond, as not every file system hands down finer ones.
    """
    found = signature_of(station.places.names(station.places.true_path(path)))
    if found is None:
        return ""
    written, size, _, *holders = found
    return " ".join(map(str, (written // 1000, size, *map(int, holders))))
