"""The fingerprint of a row without a number, so that a change goes to the row that was read and to no other."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zlib import adler32, crc32

from engine.ledger.package.text_folding import key_of

CellValue = str | int | float | bool | datetime | date | time | timedelta | None

_EPOCH = datetime(1899, 12, 30)
_DAY = timedelta(days=1)
_GREATEST = 1e15
"""Past any date: such a number is compared as it is written."""
_LONG = 4096


def cell_text(value: CellValue) -> str:
    """One spelling for contents that a person takes as the same; empty for a cell without content.

    Width, white space, invisible characters and the sort of dash do not count (``key_of``). Dates, times and numbers
    become whole seconds since Excel's day 0 (a number counts as days), because a reader sees a date where the file
    holds a serial number. Dates are those of the 1900 system: whoever holds a serial of a 1904 book adds 1462 first.
    """
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return key_of(value)
        case datetime():
            return f"#{round((value - _EPOCH) / _DAY * 86400)}"
        case date():
            return f"#{(value - _EPOCH.date()).days * 86400}"
        case time():
            return f"#{value.hour * 3600 + value.minute * 60 + value.second}"
        case timedelta():
            return f"#{round(value.total_seconds())}"
        case int() | float():
            return f"#{round(value * 86400)}" if abs(value) < _GREATEST else f"#{value!r}"


def _framed(part: str) -> bytes:
    return f"{len(part)}:{part}".encode("utf-8", "surrogatepass")


@lru_cache(maxsize=64)
def _framed_long(part: str) -> bytes:
    """The sum of a long text, computed once: it may stand in a hundred thousand cells."""
    data = _framed(part)
    return b"%d:%08x%08x" % (len(part), crc32(data), adler32(data))


def row_hash(cells: Mapping[str, CellValue]) -> str:
    """Hash of a row's cells by heading, 16 hexadecimal digits. Order and empty cells do not count.

    Give it the columns of owner 人 (``Owner.STAFF``) that the sheet has, each with the value the cell holds, the cached
    one for a formula. What the scheduler writes must not change the fingerprint, so 机 and 钮 columns stay out.
    """
    parts = sorted((cell_text(heading), text) for heading, value in cells.items() if (text := cell_text(value)))
    data = b"".join(_framed_long(part) if len(part) > _LONG else _framed(part) for pair in parts for part in pair)
    # It must detect accidents, not attacks; both sums need no OpenSSL in memory.
    return f"{crc32(data):08x}{adler32(data):08x}"
