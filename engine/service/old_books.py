"""Books of earlier years hold the matters that were closed in them. Points look back at all of them: what was published
is compared with today's facts, and the last quarter of a year is published after the change of books.
"""

import os
from dataclasses import replace
from pathlib import Path

from engine.facts.faults import DubanError
from engine.facts.ledger import Ledger
from engine.ledger.file.concurrent_access import reason
from engine.ledger.reading.ledger import read_ledger


class NoOldBook(DubanError):
    """The book of an earlier year is not where ``new-year`` left it; the message states the remedy."""


def old_book_path(path: Path, year: int) -> Path:
    """Where the book of ``year`` stands once the ledger at ``path`` has gone on to the next."""
    return path.with_name(f"{path.stem}-{year}{path.suffix}")


def with_old_books(ledger: Ledger, path: Path) -> Ledger:
    """The ledger at ``path`` with the matters that stayed in the books of earlier years, and their records.

    Raises:
        NoOldBook: one of these books is gone, or is another ledger's.
        UnreadableWorkbook: one of them cannot be read.
    """
    path, settings, whole = Path(os.path.realpath(path)), ledger.settings, ledger
    if settings.carried_over:  # a book of an earlier year itself
        path = path.with_name(path.stem.removesuffix(f"-{settings.carried_over - 1}") + path.suffix)
    before = settings.carried_over or None
    while settings.carried_from and (before is None or settings.carried_from < before):
        before = settings.carried_from
        old = _read(old_book_path(path, before), before, ledger.settings.ledger_id)
        whole, settings = _joined(whole, old), old.settings
    return whole


def _read(path: Path, year: int, ledger_id: str) -> Ledger:
    try:
        old = read_ledger(path.read_bytes())
    except OSError as fault:
        raise NoOldBook(
            f"旧台账“{path.name}”打不开（{reason(fault)}）。{year}年办结的事项在里面，没有它算不出积分。"
            "请把它放回台账所在的文件夹。"
        ) from fault
    if old.settings.ledger_id != ledger_id:
        raise NoOldBook(f"“{path.name}”不是这本台账的旧台账（台账标识不同）。请换回结转时留下的文件。")
    return old


def _joined(ledger: Ledger, old: Ledger) -> Ledger:
    """With what ``old`` alone holds: what went on has its newer facts in ``ledger``."""
    there = {matter.number for matter in ledger.matters}
    stayed = [matter for matter in old.matters if matter.number and matter.number not in there]
    numbers = {matter.number for matter in stayed}
    return replace(
        ledger,
        matters=(*ledger.matters, *stayed),
        records={number: one for number, one in old.records.items() if number in numbers} | dict(ledger.records),
        point_exclusions=(*ledger.point_exclusions, *(one for one in old.point_exclusions if one.matter in numbers)),
    )
