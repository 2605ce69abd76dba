"""Why a button cannot continue, in words for people."""


class AddinError(Exception):
    """A button cannot go on; the message is one Chinese sentence with the remedy."""


class NotSavedError(AddinError):
    """The file took nothing: it stands as it was, and what a person typed must be kept."""


class BookHeldError(NotSavedError):
    """Somebody has the workbook open."""


class BookChangedError(NotSavedError):
    """The workbook was saved by somebody else since it was read: the button can be pressed again at once."""
