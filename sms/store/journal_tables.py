"""The tables of the journal (``engine/service/journal.py``): what was seen and done at the last pass."""

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, PrimaryKeyConstraint, Table

from sms.store.tables import TEXT

METADATA = MetaData()

IDENTITY = Table("journal_identity", METADATA, Column("id", TEXT, primary_key=True))
SECRET = Table("journal_secret", METADATA, Column("secret", TEXT, primary_key=True))
LEDGERS = Table(
    "journal_ledgers",
    METADATA,
    Column("ledger", TEXT, primary_key=True),
    Column("path", TEXT, nullable=False),
    Column("last_pass_at", DateTime),
    Column("regime", TEXT, nullable=False, default=""),
    Column("regime_since", DateTime),
    Column("hold", TEXT, nullable=False, default=""),
    Column("hold_at", DateTime),
    Column("hold_note", TEXT, nullable=False, default=""),
)
ROWS = Table(
    "journal_rows",
    METADATA,
    Column("ledger", TEXT),
    Column("matter", TEXT),
    Column("identity", TEXT, nullable=False),
    Column("stamps", TEXT, nullable=False),
    Column("shown", TEXT, nullable=False),
    PrimaryKeyConstraint("ledger", "matter"),
    sqlite_with_rowid=False,
)
SHEETS = Table(
    "journal_sheets",
    METADATA,
    Column("book", TEXT),
    Column("mark", TEXT),
    Column("cells", LargeBinary, nullable=False),
    PrimaryKeyConstraint("book", "mark"),
)
LEASES = Table(
    "journal_leases",
    METADATA,
    Column("ledger", TEXT),
    Column("token", TEXT),
    PrimaryKeyConstraint("ledger", "token"),
    sqlite_with_rowid=False,
)
CALLS = Table("journal_calls", METADATA, Column("ledger", TEXT, primary_key=True), sqlite_with_rowid=False)
