"""Several hosts, one fleet: work from a queue in PostgreSQL, a registry of hosts and ledgers, workers that may die."""
