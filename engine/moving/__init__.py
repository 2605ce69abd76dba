"""Moving in: old ledgers and minutes are read, shown for review, and imported."""
