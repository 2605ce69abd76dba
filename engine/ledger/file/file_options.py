"""The options of a workbook file, and its collaborators."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from engine.facts.change import Change, NewRow
from engine.facts.ledger import Ledger
from engine.ledger.file.concurrent_access import Sleep
from engine.ledger.file.conflicts import Compare
from engine.ledger.file.disk import Disk
from engine.ledger.file.displaced_edits import lacking
from engine.ledger.patching.codec import Codec
from engine.ledger.patching.patch import patch_into
from engine.ledger.patching.report import PatchOptions, PatchReport
from engine.ledger.reading.ledger import read_ledger

Parse = Callable[[bytes], Ledger]
Patch = Callable[[BinaryIO, BinaryIO, Sequence[Change], Sequence[NewRow], PatchOptions], PatchReport]
"""From the workbook read to the new one. Raises RefusedError for the file as a whole."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """``names`` are other names of the file: beside each of them people may leave owner files. ``backup_count`` is how
    many dated backups stay, ``secret`` seals what is left beside the file for the add-in.
    """

    names: Sequence[Path] = ()
    codec: Codec = field(default_factory=Codec)
    backup_count: int = 30
    secret: bytes = b""


@dataclass(frozen=True, slots=True)
class Collaborators:
    """``parse`` reads the workbook's bytes, ``patch`` makes the new version, ``compare`` finds what the workbook lacks
    of a displaced save; ``sleep`` waits seconds.
    """

    parse: Parse = read_ledger
    patch: Patch = patch_into
    compare: Compare = lacking
    disk: Disk = field(default_factory=Disk)
    sleep: Sleep = time.sleep
