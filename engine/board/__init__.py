"""What leaders look at: the figures of one ledger at one time, as sheets and as one page."""
