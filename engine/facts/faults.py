"""The root of our own faults: what stops a command, said in one Chinese line that tells what to do."""


class DubanError(Exception):
    """A fault that a person can mend. Its text is the whole message; never a full number or a secret in it."""
