"""A file that was taken for a ledger and is none: what it holds, and how to take it over."""

from collections import Counter
from pathlib import Path

from engine.facts.ledger import Ledger
from engine.facts.settings import Settings
from engine.facts.unit import Directory
from engine.ledger.package.faults import (
    BinaryFormatError,
    DamagedError,
    ForeignWorkbookError,
    LegacyFormatError,
    MissingPartError,
    UnreadableWorkbook,
)
from engine.moving.dictionaries.loading import shipped_dictionaries
from engine.moving.files.sources import UnreadableSource, read_source
from engine.moving.proposals.propose import Scheme, propose

_OF_OTHERS = (ForeignWorkbookError, LegacyFormatError, BinaryFormatError, MissingPartError, DamagedError)
_NOBODY = Ledger(Settings(), Directory.of(()), ())
_MOST_SHEETS, _MOST_COLUMNS = 3, 6


def explained(path: Path, fault: UnreadableWorkbook, year: int) -> UnreadableWorkbook:
    """The fault of reading ``path`` as a ledger, with what stands in it if that looks like an old ledger or minutes."""
    if not isinstance(fault, _OF_OTHERS):
        return fault
    try:
        found = propose(read_source(path), _NOBODY, shipped_dictionaries(), Scheme(year))
    except UnreadableSource:
        return fault
    if not found.rows:
        return fault
    counted = Counter(one.source.sheet for one in found.rows)
    columns = {table.sheet: [one.heading for one in table.columns if one.ours] for table in found.tables}
    named = [_named(sheet, count, columns.get(sheet, [])) for sheet, count in counted.most_common(_MOST_SHEETS)]
    more = f"等{len(counted)}张表" if len(counted) > _MOST_SHEETS else ""
    return ForeignWorkbookError(
        f"{path.name} 不是督办台账，像是旧台账或会议纪要，读出 {len(found.rows)} 个事项：{'，'.join(named)}{more}。"
        f"请运行 duban import {path.name} --into 台账.xlsx 搬进来；还没有台账的，先用 duban new 新建。"
    )


def _named(sheet: str, count: int, headings: list[str]) -> str:
    known = "、".join(headings[:_MOST_COLUMNS]) + "等" * (len(headings) > _MOST_COLUMNS)
    return f"“{sheet}”{count} 个" + (f"（认得的列：{known}）" if known else "")
