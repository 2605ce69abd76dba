"""操作日志: who did what with which button, old → new, and what 撤销 needs to undo it."""

import getpass
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from secrets import token_hex
from typing import Any, NamedTuple

from engine.facts.change import Change, NewRow, Value
from engine.facts.faults import DubanError
from engine.facts.finding import Place
from engine.ledger.headings.column import Kind, SheetColumns
from engine.ledger.headings.columns import BY_KEY, BY_NAME, MATTERS, OPERATIONS

_MOST = 32_000
_LAST_ROW, _FIRST_YEAR = 1_048_576, 1900
_DAMAGED = "操作日志最后一次操作的内容看不懂，可能被人改过，不能自动撤销。请手工改回，并告知管理员。"
_CHANGED, _ADDED, _ORIGIN = "改", "增", "源"
_MARK = re.compile(f'"{_ORIGIN}": "([0-9a-f]+)"')


class DamagedLog(DubanError):
    """操作日志 is not as a button writes it."""


class Appended(NamedTuple):
    """Rows written below one sheet's table, from ``first_row`` on."""

    columns: SheetColumns
    first_row: int
    rows: tuple[NewRow, ...]


class Masked(str):
    """A mobile number of which only the first and last digits are kept: full ones stand in 单位通讯录 alone."""

    @classmethod
    def of(cls, value: object) -> "Masked":
        """A number as the log keeps it."""
        digits = str(value).removeprefix("+86")
        return cls(f"{digits[:3]}****{digits[-4:]}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One press of one button: the cells it changed and the rows it added, as they can be undone. ``origins``: row of
    督办台账 → the mark of the source row that was imported into it.
    """

    number: str
    at: datetime
    operator: str
    button: str
    changes: tuple[Change, ...]
    appended: tuple[Appended, ...]
    origins: Mapping[int, str] = field(default_factory=dict)


def entry(
    button: str, now: datetime, changes: Sequence[Change], appended: Sequence[Appended], marks: Sequence[str] = ()
) -> list[NewRow]:
    """The rows of 操作日志 for what a button did just now. ``marks``: of the source rows that an import took over, in
    the order in which its matters were added.
    """
    rows = [row for one in appended if one.columns is MATTERS for row, _ in enumerate(one.rows, one.first_row)]
    origins = dict(zip(rows, marks, strict=bool(marks)))
    number = f"{now:%Y%m%d-%H%M}-{token_hex(2)}"
    return to_rows(Operation(number, now, getpass.getuser(), button, tuple(changes), tuple(appended), origins))


def to_rows(operation: Operation) -> list[NewRow]:
    """The operation as rows of 操作日志: one for each row of a sheet that it touched."""
    touched: dict[tuple[str, str, int | None], dict[str, list[object]]] = {}
    for change in operation.changes:
        key = (change.place.sheet, change.matter, change.place.row)
        packed = [_packed(value, change.place.sheet, change.field) for value in (change.old, change.new)]
        touched.setdefault(key, {})[change.field] = packed
    rows = [_row(operation, sheet, row, matter, _CHANGED, cells) for (sheet, matter, row), cells in touched.items()]
    for appended in operation.appended:
        sheet = appended.columns.key
        for row, new in enumerate(appended.rows, appended.first_row):
            values = {name: _packed(value, sheet, name) for name, value in new.values.items() if value is not None}
            number = str(new.values.get("matter") or new.values.get("number") or "")
            rows.append(_row(operation, sheet, row, number, _ADDED, values))
    return rows


def _row(
    operation: Operation, sheet: str, row: int | None, matter: str, verb: str, cells: Mapping[str, object]
) -> NewRow:
    """A row of the log. People read it too: cells go by their headings."""
    columns = BY_KEY[sheet]
    named = {columns.heading(field): value for field, value in cells.items()}
    said: dict[str, object] = {verb: named}
    if columns is MATTERS and verb == _ADDED and row is not None and row in operation.origins:
        said[_ORIGIN] = operation.origins[row]
    text = json.dumps(said, ensure_ascii=False)
    if len(text) > _MOST:
        raise ValueError("an operation's row does not fit a cell")
    return NewRow(
        OPERATIONS.key,
        {
            "number": operation.number,
            "at": operation.at,
            "operator": operation.operator,
            "button": operation.button,
            "sheet": columns.name,
            "row": row,
            "matter": matter,
            "difference": text,
        },
    )


def last_operation(rows: Sequence[Mapping[str, Value]]) -> Operation | None:
    """The latest operation that has not been undone; ``None`` if there is none.

    Raises DamagedLog where the log is not as a button writes it: anybody may write to it.
    """
    try:
        return _last(rows)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as problem:
        raise DamagedLog(_DAMAGED) from problem


def _last(rows: Sequence[Mapping[str, Value]]) -> Operation | None:
    standing = [row for row in rows if row["number"] and not row["undone_at"]]
    if not standing:
        return None
    number = str(standing[-1]["number"])
    own = [row for row in standing if str(row["number"]) == number]
    at = own[0]["at"]
    changes = [change for row in own for change in _changes(row)]
    return Operation(
        number,
        at if isinstance(at, datetime) else datetime.min,
        str(own[0]["operator"] or ""),
        str(own[0]["button"] or ""),
        tuple(changes),
        tuple(_appended(own)),
    )


def _changes(row: Mapping[str, Value]) -> Iterable[Change]:
    for name, (old, new) in (_cells(row, _CHANGED) or {}).items():
        yield Change(_place(row), str(row["matter"] or ""), name, _unpacked(old), _unpacked(new))


def _appended(rows: Iterable[Mapping[str, Value]]) -> Iterable[Appended]:
    for row in rows:
        values = _cells(row, _ADDED)
        if values is not None:
            place = _place(row)
            new = NewRow(place.sheet, {name: _unpacked(value) for name, value in values.items()})
            yield Appended(BY_KEY[place.sheet], place.row or 0, (new,))


def _cells(row: Mapping[str, Value], verb: str) -> dict[str, Any] | None:
    """The cells of one row as a row of the log records them, by field; ``None`` where it records none."""
    fields = {column.heading: column.field for column in BY_NAME[str(row["sheet"])].columns}
    cells = json.loads(str(row["difference"])).get(verb)
    # A log from before the headings stood in it names the fields themselves.
    known = {*fields.values()}
    named = None if cells is None else {fields.get(name, name): value for name, value in cells.items()}
    if named is not None and not named.keys() <= known:
        raise KeyError("a column that the sheet does not have")
    return named


def _place(row: Mapping[str, Value]) -> Place:
    number = row["row"]
    at = int(number) if isinstance(number, int | float) else None
    if at is not None and not 1 < at <= _LAST_ROW:
        raise ValueError("no row of a table")
    return Place(BY_NAME[str(row["sheet"])].key, at)


def imported_marks(rows: Iterable[Mapping[str, Value]]) -> frozenset[str]:
    """The marks of the source rows that stand imported, those undone left out."""
    standing = (str(row["difference"]) for row in rows if not row["undone_at"])
    return frozenset(mark for text in standing for mark in _MARK.findall(text))


def _packed(value: Value, sheet: str, field: str) -> object:
    """A value for JSON; times and mobile numbers differ from texts by their key."""
    if value and BY_KEY[sheet].column(field).kind is Kind.MOBILE:
        return {"掩": Masked.of(value)}
    if isinstance(value, datetime | date):
        return {"时": value.isoformat()}
    return value


def _unpacked(value: object) -> Value:
    if isinstance(value, dict) and "掩" in value:
        return Masked(value["掩"])
    if isinstance(value, dict):
        moment = datetime.fromisoformat(value["时"])
        if moment.year < _FIRST_YEAR or moment.tzinfo is not None:
            raise ValueError("a time that no ledger has")
        return moment
    return value if isinstance(value, str | int | float) or value is None else str(value)
