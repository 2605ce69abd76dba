"""Points as a ledger of entries (SZ4, BS-9): pure functions over duties, records and what people entered."""
