"""The times of a fleet in seconds, in one place: a dead worker's work goes on elsewhere within a minute."""

from dataclasses import dataclass
from os import cpu_count


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between the steps of a worker, and after how many what is silent counts as dead.

    ``beat``: between signs of life; ``dead``: without one for so long. ``watch``: between checks of a worker by itself.
    ``fetch``: between questions for new work. ``scan``: between scans of a share, a divisor of 60. ``poll``: between
    checks of a file whose messages are on their way. ``probe``: until a share that does not answer counts as out of
    reach. ``patience``: until a pass that takes long makes room for others; ``hung``: until its process has to go.
    ``clock``: by how much a clock may be wrong. ``farewell``: how long other ledgers may take to end before a process
    with a hung pass ends. ``silence``: without asking for work, until a process counts as broken.
    """

    beat: float = 10
    dead: float = 30
    watch: float = 10
    fetch: float = 1
    scan: int = 20
    poll: float = 20
    probe: float = 5
    patience: float = 30
    hung: float = 600
    clock: float = 60
    farewell: float = 60
    silence: float = 60
    receipts: int = 60
    passes: int = max(cpu_count() or 1, 2)
    """How many passes at once: with one that hangs there is room for another."""
    ledgers: int = 200
    """How many ledgers at once, those included whose messages are on their way."""
