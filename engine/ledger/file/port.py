"""The one port to the ledger: read it whole, apply changes by key. Adapters: the file, and the open book (add-in)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.facts.change import Change, NewRow
from engine.facts.ledger import Ledger
from engine.ledger.patching.report import Dropped


@dataclass(frozen=True)
class Snapshot:
    """The ledger as it was read. ``version`` is the same exactly while the workbook is the same save."""

    ledger: Ledger
    version: str


@dataclass(frozen=True, slots=True)
class ApplyReport:
    """The result of applying changes. ``pending`` is why nothing at all could be written now (Chinese), else ``None``.

    With ``pending`` set, ``applied`` is empty and ``appended`` 0. ``notices`` are sentences for 督查室 about the file
    itself: a version that a person must merge, a folder that cannot be written. ``version``: that of a ``Snapshot`` of
    what was written, where it holds nothing that was not wanted or last read.
    """

    applied: tuple[Change, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    appended: int = 0
    pending: str | None = None
    notices: tuple[str, ...] = ()
    version: str | None = None


class LedgerPort(Protocol):
    """What the scheduler and the add-in require of a workbook, be it a file or open in Excel.

    Every adapter passes ``tests/ledger/test_port_contract.py``.
    """

    def read(self) -> Snapshot:
        """The ledger as it stands. Raises UnreadableWorkbook."""

    def apply(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """Write cells and append rows: all that can be, in one step, or nothing.

        Rows are found by 事项编号 and columns by heading. A change is dropped, with its reason, where the cell no
        longer holds ``old``, the number is unknown or doubled, or the cell holds a formula; the others are applied.
        A row whose ``key_field`` value stands in the table already is not appended again. Strings stay strings,
        whatever they begin with.
        """
