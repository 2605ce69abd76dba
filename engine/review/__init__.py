"""One ledger and one matter at one time: review, check, stamp, simulate, explain, statistics. Pure."""
