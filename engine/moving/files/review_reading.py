"""导入核对.xlsx as a person left it → what was decided. Anybody may have written into it: every cell is a text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from python_calamine import CalamineError

from engine.facts.faults import DubanError
from engine.ledger.headings.columns import MATTERS
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.ledger import without_collections
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.values import plain_text
from engine.moving.dictionaries.loading import OURS
from engine.moving.files import review_words as words
from engine.moving.files.checked_workbook import CheckedWorkbook
from engine.moving.files.side_sheets import ROLES
from engine.moving.proposals.model import WordKind
from engine.moving.proposals.reviewed import (
    ReviewedColumn,
    ReviewedContact,
    ReviewedRow,
    ReviewedWord,
    ReviewedWorkbook,
)

_REMEDY = "请用 duban import 重新生成导入核对.xlsx。"
Record = Mapping[str, Cell]


class NotAReview(DubanError):
    """The workbook is no review of ours, or has lost a sheet or a heading; the message states the remedy."""


_MARK = re.compile("[0-9a-f]{16}")


@without_collections()
def read_review(data: bytes) -> ReviewedWorkbook:
    """The decisions in the workbook. Raises NotAReview or UnreadableWorkbook."""
    checked = CheckedWorkbook.of(data)
    try:
        book = checked.opened()
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except CalamineError as fault:
        raise UnreadableWorkbook("核对表读不出来，文件可能已损坏。请用 Excel 打开并修复后再试。") from fault
    return ReviewedWorkbook(
        _ledger_id(sheets),
        tuple(_row(number, record) for number, record in _records(sheets, words.ROWS)),
        tuple(_word(number, record) for number, record in _records(sheets, words.WORDS)),
        tuple(_contact(number, record) for number, record in _records(sheets, words.CONTACTS)),
        _common(sheets),
        tuple(_column(number, record) for number, record in _records(sheets, words.COLUMNS)),
        _made_rows(sheets),
    )


def _ledger_id(sheets: Mapping[str, list[list[Any]]]) -> str:
    """台账标识 on the hidden sheet, where no person meets it."""
    rows = sheets.get(words.CHOICES) or [[]]
    return str(rows[0][1]) if len(rows[0]) > 1 else ""


def _made_rows(sheets: Mapping[str, list[list[Any]]]) -> int | None:
    """How many rows the review was made with; ``None`` where that cannot be determined any more."""
    rows = sheets.get(words.CHOICES) or []
    count = rows[1][1] if len(rows) > 1 and len(rows[1]) > 1 else None
    return int(count) if isinstance(count, int | float) else None


def _records(sheets: Mapping[str, list[list[Any]]], name: str) -> Iterator[tuple[int, Record]]:
    if name not in sheets:
        raise NotAReview(f"核对表里没有「{name}」。{_REMEDY}")
    rows = sheets[name]
    if not rows:
        raise NotAReview(f"核对表的「{name}」是空的。{_REMEDY}")
    headings = [str(heading).strip() for heading in rows[0]]
    for number, row in enumerate(rows[1:], 2):
        if any(value not in ("", None) for value in row):
            yield number, dict(zip(headings, row, strict=False))


def _text(record: Record, heading: str) -> str:
    if heading not in record:
        raise NotAReview(f"核对表里没有“{heading}”一列。{_REMEDY}")
    return plain_text(record[heading]).strip()


_FIELDS = {column.heading: column.field for column in MATTERS.columns}


def _row(number: int, record: Record) -> ReviewedRow:
    mark, *keys = _text(record, words.MACHINE).split("\n")
    if not _MARK.fullmatch(mark):
        raise NotAReview(f"「{words.ROWS}」第{number}行不是程序生成的。增加事项请在台账里登记，不要加在核对表里。")
    cells = {field: _cell(value) for heading, value in record.items() if (field := _field(heading))}
    return ReviewedRow(
        number,
        _text(record, words.DECISION),
        _text(record, words.SOURCE),
        cells,
        _text(record, words.PROGRESS),
        _cell(record.get(words.PROGRESS_DATE)),
        mark,
        tuple(keys),
    )


@lru_cache(1024)
def _field(heading: str) -> str:
    if heading in _FIELDS:
        return _FIELDS[heading]
    return heading if heading in words.ALWAYS else ""  # a field that this version of the ledger does not have yet


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    found: Cell = value
    return found


def _word(number: int, record: Record) -> ReviewedWord:
    kind = _text(record, words.KIND)
    if kind not in set(WordKind):
        raise NotAReview(f"「{words.WORDS}」第{number}行的类别“{kind}”看不懂。{_REMEDY}")
    return ReviewedWord(
        number,
        WordKind(kind),
        _text(record, words.TEXT),
        _text(record, words.PROPOSED),
        _text(record, words.DECISION),
        _changed_to(record),
    )


def _changed_to(record: Record) -> str:
    value = record.get(words.CHANGED_TO)
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else plain_text(value).strip()


def _contact(number: int, record: Record) -> ReviewedContact:
    role = _text(record, words.ROLE)
    if role not in ROLES.values():
        raise NotAReview(f"「{words.CONTACTS}」第{number}行的角色“{role}”看不懂。{_REMEDY}")
    named = next(name for name, word in ROLES.items() if word == role)
    return ReviewedContact(
        number,
        _text(record, words.UNIT),
        named,
        _text(record, words.NAME),
        _text(record, words.MOBILE),
        _text(record, words.DECISION),
    )


def _common(sheets: Mapping[str, list[list[Any]]]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for _, record in _records(sheets, words.COMMON):
        field = _FIELDS.get(_text(record, words.ITEM), "")
        value = _cell(record.get(words.VALUE))
        if field in words.COMMON_FIELDS and value is not None:
            found[field] = value
    return found


def _column(number: int, record: Record) -> ReviewedColumn:
    becomes = _text(record, words.BECOMES)
    ours = words.ours_by_words(OURS)
    if becomes not in ours:
        raise NotAReview(f"「{words.COLUMNS}」第{number}行“导入到”写的“{becomes}”不在下拉列表中。请从列表中选。")
    return ReviewedColumn(number, _text(record, words.HEADING), ours[becomes], _text(record, words.DECISION))


def scheme_of(columns: Sequence[ReviewedColumn]) -> dict[str, str]:
    """Heading → ours, as 导入方案.toml keeps it."""
    return {column.heading: column.ours for column in columns if column.heading}
