"""The tables of the outbox: messages and what they cover, what went out, gateways, replies. Never pruned of keys.

Text is compared byte by byte in both dialects, so that orders and pages are the same.
"""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

METADATA = MetaData()
TEXT = String().with_variant(String(collation="C"), "postgresql")


def _text(name: str) -> Column[str]:
    return Column(name, TEXT, nullable=False, default="")


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, default=0)


MESSAGES = Table(
    "messages",
    METADATA,
    Column("id", TEXT, primary_key=True),
    _text("ledger"),
    Column("at", DateTime, nullable=False),
    _text("kind"),
    _text("unit"),
    _text("role"),
    _text("name"),
    _text("mobile"),
    _text("text"),
    _text("token"),
    _text("parameters"),
    Column("expires_at", DateTime),
    _text("state"),
    _text("gateway"),
    _text("ref"),
    _text("tried"),
    _count("attempts"),
    _count("round"),
    _count("absences"),
    Column("absent_since", DateTime),
    Column("first_submitted_at", DateTime),
    Column("submitted_at", DateTime),
    Column("accepted_at", DateTime),
    Column("receipt_at", DateTime),
    Column("next_at", DateTime),
    Column("changed_at", DateTime, nullable=False),
    _text("explanation"),
    _text("rank"),
    Column("acknowledged_at", DateTime),
    _text("submitted_by"),
    _text("account"),
    Index("messages_by_state", "ledger", "state", "at", "id"),
    Index("messages_by_rank", "state", "rank", "ledger", "id"),
    Index("messages_by_mobile", "mobile"),
    Index("messages_by_receipt", "gateway", "receipt_at"),
)

OBLIGATIONS = Table(
    "obligations",
    METADATA,
    Column("number", TEXT, primary_key=True),
    _text("ledger"),
    _text("matter"),
    _text("duty"),
    _text("period"),
    _count("ordinal"),
    Column("due", DateTime, nullable=False),
    _text("slot"),
    _text("unit"),
    _text("role"),
    Column("message_id", TEXT, ForeignKey("messages.id")),
    _text("owed_by"),
    _text("kind"),
    _text("clause"),
    Column("at", DateTime, nullable=False),
    Column("counts_as_urging", Boolean, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    _text("missed_reason"),
    _count("unlogged"),
    _text("recorded_by"),
    UniqueConstraint("ledger", "matter", "duty", "period", "ordinal", "due", "slot", "unit", "role"),
    Index("obligations_by_message", "message_id"),
    Index("obligations_unlogged", "ledger", sqlite_where=text("unlogged = 1")).ddl_if(dialect="sqlite"),
    # Not a partial one too: to name what only PostgreSQL knows loads all of its dialect.
    Index("obligations_by_log", "ledger", "unlogged").ddl_if(dialect="postgresql"),
)

# The time up to which every slot of a duty is recorded; it only moves forward.
SETTLEMENTS = Table(
    "settlements",
    METADATA,
    _text("ledger"),
    _text("matter"),
    _text("duty"),
    _text("period"),
    _count("ordinal"),
    Column("due", DateTime, nullable=False),
    _text("unit"),
    Column("through", DateTime, nullable=False),
    PrimaryKeyConstraint("ledger", "matter", "duty", "period", "ordinal", "due", "unit"),
    sqlite_with_rowid=False,
)

# What went out about each matter, kept current as messages are accepted and acknowledged: a pass reads it whole.
TALLIES = Table(
    "tallies",
    METADATA,
    _text("ledger"),
    _text("matter"),
    _count("urgings"),
    Column("last_sent_at", DateTime, nullable=False),
    Column("acknowledged_at", DateTime),
    PrimaryKeyConstraint("ledger", "matter"),
    sqlite_with_rowid=False,
)

# Every request made of a gateway: evidence, and the memory of the rate limits.
ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("message_id", TEXT, ForeignKey("messages.id"), nullable=False),
    _text("gateway"),
    _text("mobile"),
    Column("at", DateTime, nullable=False),
    _text("outcome"),
    Index("attempts_by_time", "at"),
    # SQLite finds the last one from the end of the table, without the cost of an index.
    Index("attempts_by_message", "message_id").ddl_if(dialect="postgresql"),
    # One host counts in memory, and by time.
    Index("attempts_by_mobile", "mobile", "at").ddl_if(dialect="postgresql"),
)

# What people did with a message by hand. ``person`` is a name or login, with the host.
HANDLINGS = Table(
    "handlings",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("message_id", TEXT, ForeignKey("messages.id"), nullable=False),
    Column("at", DateTime, nullable=False),
    _text("person"),
    _text("act"),
    Index("handlings_by_message", "message_id"),
)

# Replies, each once. ``message_id`` is empty where the message that it answers is unknown.
REPLIES = Table(
    "replies",
    METADATA,
    Column("id", TEXT, primary_key=True),
    _text("gateway"),
    _text("mobile"),
    _text("text"),
    Column("at", DateTime, nullable=False),
    _text("ledger"),
    _text("message_id"),
    _text("meaning"),
    Column("seen_at", DateTime),
    Index("replies_by_ledger", "ledger", "meaning"),
)

# Codes of a gateway that no table has: put to a person once. ``meaning`` is the answer.
CODES = Table(
    "codes",
    METADATA,
    _text("gateway"),
    _text("code"),
    _text("said"),
    Column("first_at", DateTime, nullable=False),
    _count("times"),
    _text("meaning"),
    PrimaryKeyConstraint("gateway", "code"),
)

# The moment from which a gateway may have its next request, in seconds of the server's clock: hosts take turns by it.
RATES = Table(
    "rates",
    METADATA,
    Column("gateway", TEXT, primary_key=True),
    Column("free_at", Float(53), nullable=False),
)

GATEWAYS = Table(
    "gateways",
    METADATA,
    Column("name", TEXT, primary_key=True),
    Column("stopped_at", DateTime),
    _text("reason"),
    _count("failures"),
    Column("retry_at", DateTime),
    Column("resumed_at", DateTime),
)
