"""The commands, one module a group: they read options, call the engine, show the result. No rule lives here."""
