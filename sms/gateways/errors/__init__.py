"""Error codes of the gateways, one table each."""
