"""A value that an old ledger's cell becomes, and how sure that is."""

from dataclasses import dataclass

from engine.facts.change import Value


@dataclass(frozen=True, slots=True)
class ReadValue:
    """``value`` is what is proposed, ``why`` the reason for which a person must confirm it, in a Chinese clause; empty
    where it is certain. ``offers``: what else it may be.
    """

    value: Value = None
    why: str = ""
    offers: tuple[str, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether nobody need confirm it."""
        return not self.why
