"""The schema of the store, the same in both dialects: the tables of outbox, journal and fleet."""

from sqlalchemy import Connection

from sms.store import fleet_tables, journal_tables, tables

_OUTBOX, _JOURNAL, _FLEET = tables.METADATA, journal_tables.METADATA, fleet_tables.METADATA
MOVED = (*_OUTBOX.sorted_tables, *_JOURNAL.sorted_tables)
"""The tables that go along into another store, in an order in which one may be filled after the other. Those of a fleet
stay: workers register anew, and the next scan finds the ledgers.
"""


def create_missing(connection: Connection) -> None:
    """Create those of all tables that are missing."""
    for part in (_OUTBOX, _JOURNAL, _FLEET):
        part.create_all(connection)
