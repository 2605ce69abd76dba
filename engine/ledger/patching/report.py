"""What a patch did, and how it is to be done."""

from dataclasses import dataclass, field
from typing import NamedTuple

from engine.facts.change import Change, NewRow
from engine.ledger.package.zip_archive import STEP
from engine.ledger.patching.codec import Codec


@dataclass(frozen=True, slots=True)
class Dropped:
    """A change that was not made because the sheet is no longer what was read; the next pass decides anew."""

    change: Change
    reason: str


class AddedRows(NamedTuple):
    """Rows written below the data of one sheet, from ``first_row`` on."""

    sheet: str
    first_row: int
    rows: tuple[NewRow, ...]


@dataclass(frozen=True, slots=True)
class PatchReport:
    """``applied`` are the changes that stand now, those that stood already among them; ``written`` only those that were
    made, each with what the cell held. ``appended`` rows were written, at ``added``; ``repeated`` rows stood there
    already by their key. ``parts`` are the zip members written anew: none means that the file needs no replacement and
    nothing was written.
    """

    applied: tuple[Change, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    appended: int = 0
    repeated: int = 0
    parts: tuple[str, ...] = ()
    written: tuple[Change, ...] = ()
    added: tuple[AddedRows, ...] = ()


@dataclass(frozen=True, slots=True)
class PatchOptions:
    """``drop_refused``: a cell that must not be written (formula, array, rich value, merged, value that Excel has no
    cell for) is dropped with its reason instead of refusing the whole patch. ``step``: the most bytes unpacked at a
    time.
    """

    codec: Codec = field(default_factory=Codec)
    drop_refused: bool = False
    step: int = STEP
