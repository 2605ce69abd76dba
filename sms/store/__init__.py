"""The SQLite file of journal and outbox: tables, claims, states, 短信记录."""
