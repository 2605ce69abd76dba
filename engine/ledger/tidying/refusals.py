"""Why an old book is not brought into the new order. See ``engine/ledger/package/faults.py`` for the rest."""

from engine.ledger.package.faults import RefusedError


class CannotMoveError(RefusedError):
    """Something on the sheet depends on the order of its columns, and cannot be moved along."""
