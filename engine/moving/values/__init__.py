"""What the cells of old ledgers mean: deadlines, units, people, progress. Pure."""
