"""The tables of a fleet (``engine/fleet/registry.py``): its name, its workers, its ledgers. Empty on a single host."""

from sqlalchemy import Column, DateTime, Float, MetaData, Table

from sms.store.tables import TEXT

METADATA = MetaData()

FLEET = Table("fleet", METADATA, Column("name", TEXT, primary_key=True))
HOSTS = Table(
    "fleet_hosts",
    METADATA,
    Column("host", TEXT, primary_key=True),
    Column("worker", TEXT, primary_key=True),
    Column("version", TEXT, nullable=False),
    Column("policies", TEXT, nullable=False),
    Column("gateways", TEXT, nullable=False, server_default=""),
    Column("clock_offset", Float, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("stopped_at", DateTime(timezone=True)),
    Column("problem", TEXT, nullable=False),
)
LEDGERS = Table(
    "fleet_ledgers",
    METADATA,
    Column("place", TEXT, primary_key=True),
    Column("share", TEXT, nullable=False),
    Column("ledger", TEXT, nullable=False),
    Column("signature", TEXT, nullable=False),
    Column("next_at", DateTime),
    Column("passed_at", DateTime),
    Column("problem", TEXT, nullable=False),
    Column("host", TEXT, nullable=False),
    Column("digest", TEXT, nullable=False),
)
