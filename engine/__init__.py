"""The rules of supervision, the ledger they read, and the service that runs them."""
