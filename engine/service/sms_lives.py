"""The life of a matter's SMS from the outbox, as the papers show it."""

from engine.papers.message_life import MessageLife
from sms.outbox import Outbox


def lives_of(outbox: Outbox, ledger_id: str, matter: str) -> list[MessageLife]:
    """Every obligation of one matter on record, in the order in which it fell due."""
    return [MessageLife(**row) for row in outbox.lives(ledger_id, matter)]
