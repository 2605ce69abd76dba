"""The store of journal and outbox, in a SQLite file or on a PostgreSQL server: tables, claims, states, 短信记录."""
