"""SMS that is neither lost nor sent twice: the outbox, its gateways, receipts. Imports nothing of ours but its own."""
