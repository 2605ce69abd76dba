"""The commands, one module a group: they read options, call the engine, show what came of it. No rule lives here."""
