"""A real process that sends, killed at every system call."""
