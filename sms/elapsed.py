"""How much time has passed, whatever is done to the wall clock and whether the machine slept or not."""

import sys
import time


def elapsed() -> float:
    """Seconds that only run forward, sleep of the machine included: a suspended laptop is no jumping clock, and what
    it noted before it slept is old.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()
