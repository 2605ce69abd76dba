"""The SMS of the burden report: 短信记录 in the book, or the journal of the host that sends."""

from datetime import datetime, timedelta
from itertools import starmap

from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import MESSAGE_LOG
from engine.ledger.reading.ledger import read_rows
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.review.burden import (
    LEFT_THE_OFFICE,
    Burden,
    CountBasis,
    SentObligation,
    burden,
    counted,
    month_of,
    obligations_of,
    with_matters,
)
from engine.service.remembered import KnownCount
from sms.outbox import Outbox
from sms.store.model import BOOK_WORD

_LEFT_THE_OFFICE = tuple(state for state, word in BOOK_WORD.items() if word in LEFT_THE_OFFICE)
_PUT_OFF = timedelta(days=1)
"""What a quiet night put off to the first morning of the month fell due before it."""


def burden_of_book(data: bytes, ledger: Ledger, policies: Policies, day: datetime) -> Burden:
    """The month that holds ``day``, by 短信记录 of a workbook's bytes."""
    rows = read_rows(data, MESSAGE_LOG.key)
    return burden(ledger, obligations_of(rows), policy_of_ledger(ledger, policies, day), day)


def burden_of_journal(
    outbox: Outbox, ledger: Ledger, policies: Policies, day: datetime, known: KnownCount | None = None
) -> Burden:
    """The same by what this host has sent, which spares a pass the reading of a long sheet; counted anew where what
    ``known`` was counted from has changed.
    """
    known = known or KnownCount()
    basis = CountBasis.of(ledger, policy_of_ledger(ledger, policies, day), day)
    sent = (ledger.settings.ledger_id, month_of(day)[0] - _PUT_OFF, _LEFT_THE_OFFICE)
    standing = outbox.standing_since(*sent)  # before the rows: what comes in between is counted anew next time
    if known.count is None or known.counted_from != (basis, standing):
        known.count = counted(starmap(SentObligation, outbox.sent_since(*sent)), basis)
        known.counted_from = basis, standing
    return with_matters(known.count, ledger)
