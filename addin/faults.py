"""Why a button cannot go on, as people are told."""


class AddinError(Exception):
    """A button cannot go on; the message is one Chinese sentence with the remedy."""
