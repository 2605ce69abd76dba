"""``<name>.待同步.json``: what only the scheduler knows, left beside a workbook that is open in Excel.

It is the present difference and no queue: each time it is replaced whole, and removed when nothing is pending. The
add-in takes the rows into the open book; a forged or foreign file is refused, since anybody may write to the share. The
scheduler's own seal (HMAC, by a secret of its journal) shows it what it wrote itself.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.facts.change import NewRow, Value
from engine.ledger.file.disk import Disk, NotRegularError
from engine.ledger.file.swap import part_path
from engine.ledger.headings.column import Kind
from engine.ledger.headings.columns import MESSAGE_LOG
from engine.ledger.reading.moments import FIRST_YEAR, LAST_YEAR

FORMAT = 2
LARGEST = 32 << 20
_LONGEST_TEXT = 32_767
_FULL_NUMBER = re.compile(r"\d{9}")
_FORGED = "待同步文件内容不符合格式，不是本程序所写，未采用。请删除该文件并告知管理员。"
_MEMBERS = frozenset({"format", "ledger_id", "heartbeat", "rows", "seal"})
_KINDS: Mapping[str, Kind] = {column.field: column.kind for column in MESSAGE_LOG.columns}


class ForeignDifferencesError(Exception):
    """The file beside the workbook is not what our scheduler wrote for this ledger; the message states the remedy."""


@dataclass(frozen=True, slots=True)
class Differences:
    """``ledger_id`` is 台账标识, ``heartbeat`` the time of the pass, ``rows`` the 短信记录 rows not yet in the book."""

    ledger_id: str
    heartbeat: datetime
    rows: tuple[NewRow, ...] = ()


def differences_path(book: Path) -> Path:
    """Where the differences of this workbook stand."""
    return book.with_name(f"{book.stem}.待同步.json")


def leave(disk: Disk, book: Path, differences: Differences, secret: bytes = b"") -> None:
    """Replace the file beside the workbook by the present difference, sealed with the journal's ``secret``.

    Raises OSError where the folder is closed,
    and ValueError or KeyError for rows that do not belong there.
    """
    content = encode(differences, secret)
    part = part_path(book)
    stream = disk.create(part)
    try:
        with stream:
            stream.write(content)
            disk.keep_access(disk.stat(book), book, stream)
            disk.sync(stream)
        disk.overwrite(part, differences_path(book))
    except OSError:
        disk.remove(part)
        raise


def withdraw(disk: Disk, book: Path) -> None:
    """Remove the file: nothing is pending."""
    path = differences_path(book)
    if path.name in disk.names(book.parent):
        disk.remove(path)


def find(disk: Disk, book: Path, ledger_id: str, secret: bytes | None = None) -> Differences | None:
    """What the scheduler left for this ledger, ``None`` if nothing; with ``secret`` only what bears its seal.

    Raises ForeignDifferencesError.
    """
    try:
        with disk.open(differences_path(book)) as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except NotRegularError as problem:
        raise ForeignDifferencesError(_FORGED) from problem
    return decode(data, ledger_id, secret)


def encode(differences: Differences, secret: bytes = b"") -> bytes:
    """The file's bytes. Raises ValueError for a row of another sheet or an unmasked number, KeyError for a field
    that 短信记录 does not have.
    """
    rows = [_encode_row(row) for row in differences.rows]
    heartbeat = differences.heartbeat.isoformat(timespec="seconds")
    value = {"format": FORMAT, "ledger_id": differences.ledger_id, "heartbeat": heartbeat, "rows": rows}
    value |= {"seal": _seal(value, secret)}
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _seal(value: Mapping[str, object], secret: bytes) -> str:
    content = {name: held for name, held in value.items() if name != "seal"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, allow_nan=False)
    return hmac.new(secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _encode_row(row: NewRow) -> dict[str, str | int]:
    if row.sheet != MESSAGE_LOG.key or row.key_field != "number":
        raise ValueError(f"no row of {MESSAGE_LOG.key}: {row.sheet}")
    cells: dict[str, str | int] = {}
    for field, value in row.values.items():
        if isinstance(value, datetime):
            cells[field] = value.isoformat(timespec="seconds")
        elif isinstance(value, str | int):
            cells[field] = value
        elif value is not None:
            raise ValueError(f"{field}: {type(value).__name__}")
    _decode_row(cells)  # nothing is written that the add-in would refuse
    return cells


def decode(data: bytes, ledger_id: str, secret: bytes | None = None) -> Differences:
    """The differences in a file's bytes, every member checked. Raises ForeignDifferencesError."""
    if len(data) > LARGEST:
        raise ForeignDifferencesError("待同步文件过大，不是本程序所写，未采用。请删除该文件并告知管理员。")
    try:
        value = json.loads(data)
        found = _decode(value)
        is_sealed = secret is None or hmac.compare_digest(str(value["seal"]).encode(), _seal(value, secret).encode())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise ForeignDifferencesError(_FORGED) from problem
    if not is_sealed:
        raise ForeignDifferencesError(_FORGED)
    if not ledger_id or found.ledger_id != ledger_id:
        raise ForeignDifferencesError("待同步文件属于另一本台账，未采用。请核对是否复制过台账文件。")
    return found


def _decode(value: dict[str, object]) -> Differences:
    rows, ledger_id = value["rows"], value["ledger_id"]
    if value.keys() != _MEMBERS or value["format"] != FORMAT or not isinstance(rows, list):
        raise ValueError("not the members of this format")
    return Differences(str(ledger_id), _moment(value["heartbeat"]), tuple(_decode_row(row) for row in rows))


def _decode_row(cells: Mapping[str, object]) -> NewRow:
    values = {field: _decode_value(_KINDS[field], value) for field, value in cells.items()}
    if not values.get("number"):
        raise ValueError("a row without 短信编号")
    if _FULL_NUMBER.search(str(values.get("mobile", ""))):
        raise ValueError("an unmasked number")
    return NewRow(MESSAGE_LOG.key, values, "number")


def _decode_value(kind: Kind, value: object) -> Value:
    if kind is Kind.MOMENT:
        return _moment(value)
    if kind is Kind.INTEGER:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif isinstance(value, str) and len(value) <= _LONGEST_TEXT:
        return value
    raise ValueError(f"{kind.value}: {type(value).__name__}")


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise TypeError(f"a time, not {type(value).__name__}")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is not None:
        raise ValueError("office time has no offset")
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("a year that no ledger has")
    return moment
