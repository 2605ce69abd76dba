"""The law as pure functions: one a paragraph, no clock, no file, no Excel."""
