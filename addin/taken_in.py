"""Which rows of 待同步 are credible: those that this ledger's scheduler could have written; anybody may write there.

The add-in has no journal, and so not the scheduler's secret; but a 短信编号 follows from the content of its row.
"""

import re
from datetime import datetime, timedelta

from engine.facts.change import NewRow
from engine.facts.kinds import MessageKind
from engine.ledger.file.differences import Differences
from sms.store.keys import number_of
from sms.store.model import BOOK_WORD, Key

_NUMBER = re.compile(r"S[0-9A-Z]{12}")
_LONGEST_TEXT = 1000
_KEY = ("matter", "node", "period", "ordinal", "duty_due", "slot", "unit", "role")
_AHEAD = timedelta(days=1)
"""How far the clocks of the scheduler's host and of this PC may differ."""


def credible(left: Differences, now: datetime) -> tuple[list[NewRow], int]:
    """The rows to take in, and how many there are that the scheduler cannot have written.

    A row without the columns of its key is neither: a book older than these columns gets it from the scheduler itself.
    """
    keyed = [row for row in left.rows if all(name in row.values for name in _KEY)]
    latest = min(left.heartbeat, now) + _AHEAD
    good = [row for row in keyed if _could_be_written(row, left.ledger_id, latest)]
    return good, len(keyed) - len(good)


def _could_be_written(row: NewRow, ledger_id: str, latest: datetime) -> bool:
    values = row.values
    at, due, ordinal = values.get("at"), values["duty_due"], values["ordinal"]
    if not (isinstance(at, datetime) and isinstance(due, datetime) and isinstance(ordinal, int) and at <= latest):
        return False
    words = ((values.get("kind"), {*MessageKind}), (values.get("state"), {*BOOK_WORD.values()}))
    if any(word not in known for word, known in words) or len(str(values.get("text", ""))) > _LONGEST_TEXT:
        return False
    matter, node, period, slot, unit, role = (str(values[name]) for name in (*_KEY[:3], *_KEY[5:]))
    key = Key(ledger_id, matter, node, period, ordinal, due, slot, unit, role)
    return bool(_NUMBER.fullmatch(str(values["number"]))) and values["number"] == number_of(key)
