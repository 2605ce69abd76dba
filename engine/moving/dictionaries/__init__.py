"""The words by which old ledgers speak, as data: headings, deadlines, phrases, minutes."""
