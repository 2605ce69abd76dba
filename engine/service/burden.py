"""The SMS of the burden report: 短信记录 in the book, or the journal of the host that sends."""

from datetime import datetime, timedelta

from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import MESSAGE_LOG
from engine.ledger.reading.ledger import read_rows
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.review.burden import Burden, burden, month_of, obligations_of
from engine.service.host import Station

_PUT_OFF = timedelta(days=1)
"""What a quiet night put off to the first morning of the month fell due before it."""


def burden_of_book(data: bytes, ledger: Ledger, policies: Policies, day: datetime) -> Burden:
    """The month that holds ``day``, by 短信记录 of a workbook's bytes."""
    rows = read_rows(data, MESSAGE_LOG.key)
    return burden(ledger, obligations_of(rows), policy_of_ledger(ledger, policies, day), day)


def burden_of_journal(station: Station, ledger: Ledger, policies: Policies, day: datetime) -> Burden:
    """The same by what this host has sent, which spares a pass the reading of a long sheet."""
    since = month_of(day)[0] - _PUT_OFF
    rows = station.outbox.log_rows_since(ledger.settings.ledger_id, since)
    return burden(ledger, obligations_of(rows), policy_of_ledger(ledger, policies, day), day)
