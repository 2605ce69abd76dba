"""The vocabulary of old ledgers, as data: headings, deadlines, phrases, minutes."""
