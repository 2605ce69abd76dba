"""The command line: commands, the JSON shapes of their answers, and what a console shows."""
