"""The base of our own exceptions: what stops a command, as one Chinese line with its remedy."""


class DubanError(Exception):
    """A fault that a person can mend. Its text is the whole message; never a full number or a secret in it."""
