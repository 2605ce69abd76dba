"""Moving in: old ledgers and minutes read, shown for review, and taken over; and next year's book."""
