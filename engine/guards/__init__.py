"""May this pass send: permission, the circuit breaker, and what was tampered with since the last pass. Pure."""
