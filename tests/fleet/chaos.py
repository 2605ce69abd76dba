"""A fleet in chaos: workers, database and carrier die at random while simulated days go by.

Office time runs many times as fast as everything else, but a worker is still noticed to be dead by seconds. So what is
kept in office time although it waits for machines is stretched alike (``in_seconds``), and what the law gives is not:
a reminder is for five hours, an urging for a day. Of those the fleet must make do with ``5 * 3600 / rate`` seconds: 30
at 600 times, 10 at 1,800. A trouble lasts less, except where the player lets several come together.

Three figures are the bounds of what can be promised at all, here as in the field. A process that is frozen between its
note and its request must thaw before others take its message for interrupted and have found it absent (``INTERRUPTED``
and ``GRACE``; 60 seconds and a minute in the field, where whoever was frozen for half a minute no longer sends). The
gateway's list must not lag for as long as that (``LAG``). And what was lost must be asked about before a person is
(``PATIENCE``; six hours in the field).
"""

import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from random import Random
from time import monotonic, sleep

import psycopg

from sms import settlement
from sms.store.postgresql import PostgresqlStore
from tests.fleet.carrier import BREAKS, Carrier
from tests.fleet.fleet_office import QUICK, Fleet, Plant, until
from tests.sms.standin.phone import Trouble

INTERRUPTED, PATIENCE = 8, 120
"""Seconds."""
PACE = replace(QUICK, beat=0.5, dead=2, watch=0.5, fetch=0.5, poll=1, probe=2, farewell=20, receipts=2)
QUIET = (0.2, 1.5)
"""Seconds between two troubles."""
DOWN = (0, 2.5)
"""Seconds for which something that was killed or stopped stays away."""
FROZEN = (PACE.dead, 2.5 * PACE.dead)

TROUBLES = (
    *("kill", "kill", "kill", "freeze", "cut_off", "stop", "hang_up"),
    *("crash_database", "restart_database", "stop_carrier", "break_lines"),
)
"""The methods of :class:`Chaos` that make them, as often as they are drawn."""


def in_seconds(rate: float, plant: Plant | None = None) -> None:
    """In a worker: what waits for machines waits for seconds, at this rate of office time; and perhaps a fault."""
    PostgresqlStore.interrupted_after = timedelta(seconds=INTERRUPTED * rate)
    settlement.ASK_A_PERSON_AFTER = timedelta(seconds=PATIENCE * rate)
    if plant:
        plant()


@dataclass
class Chaos:
    """Who plays it, and with which ``troubles``. ``counts``: how often each came; ``exits``: codes of workers
    that ended by themselves.
    """

    fleet: Fleet
    carrier: Carrier
    hosts: tuple[str, ...]
    random: Random
    plant: Plant | None = None
    troubles: tuple[str, ...] = TROUBLES
    counts: Counter[str] = field(default_factory=Counter)
    exits: Counter[int | None] = field(default_factory=Counter)
    _workers: dict[str, BaseProcess] = field(default_factory=dict)
    _back_at: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        """All workers, as an administrator starts them."""
        for host in self.hosts:
            self._start(host)

    def play(self, end: datetime, enough: Callable[[], bool] = lambda: False) -> None:
        """One trouble after the other until this office time, or until it is ``enough``."""
        while self.fleet.clock.now() < end and not enough():
            sleep(self.random.uniform(*QUIET))
            self._revive()
            trouble = self.random.choice(self.troubles)
            self.counts[trouble] += 1
            getattr(self, trouble)()

    def calm(self, is_at_rest: Callable[[], bool]) -> list[int | None]:
        """No more troubles: lines hold, and whoever ends is back at once. When everything is at rest, the workers are
        stopped cleanly; their exit codes.
        """
        self.carrier.phone.faults.clear()
        until(lambda: self._all_are_up() and is_at_rest(), 120)
        return [self.fleet.stop(worker, 60) for worker in self._workers.values()]

    def _all_are_up(self) -> bool:
        self._revive()
        return all(worker.is_alive() for worker in self._workers.values())

    def _start(self, host: str) -> None:
        self._workers[host] = self.fleet.start(host, partial(in_seconds, self.fleet.rate, self.plant), PACE)

    def _revive(self) -> None:
        """What the system does for a worker that has ended, a while later."""
        for host, worker in self._workers.items():
            if worker.is_alive():
                continue
            if host not in self._back_at:
                self.exits[worker.exitcode] += 1
            if monotonic() >= self._back_at.get(host, 0):
                self._back_at.pop(host, None)
                self._start(host)

    def _signal(self, number: signal.Signals) -> tuple[str, BaseProcess] | None:
        """To one of the workers that are alive; half of the time in the middle of a request."""
        alive = [(host, worker) for host, worker in self._workers.items() if worker.is_alive()]
        if not alive:
            return None
        host, worker = self.random.choice(alive)
        if self.random.random() < 0.5:
            self._wait_for_a_request()
        with suppress(ProcessLookupError):  # it was about to end
            os.kill(worker.pid or 0, number)
            return host, worker
        return None

    def _wait_for_a_request(self) -> None:
        end = monotonic() + 1
        while not self.carrier.under_way and monotonic() < end:
            sleep(0.01)

    def kill(self) -> None:
        """A worker is gone from one moment to the next."""
        if found := self._signal(signal.SIGKILL):
            found[1].join(5)
            self._back_at[found[0]] = monotonic() + self.random.uniform(*DOWN)

    def stop(self) -> None:
        """An administrator's stop; the worker ends in its own time."""
        if found := self._signal(signal.SIGTERM):
            self._back_at[found[0]] = monotonic() + self.random.uniform(*DOWN)

    def freeze(self) -> None:
        """For longer than it takes to be given up."""
        if found := self._signal(signal.SIGSTOP):
            self._thaw(found[1])

    def cut_off(self) -> None:
        """Frozen, and its connections fall with their locks: another worker goes on, and then it thaws."""
        if found := self._signal(signal.SIGSTOP):
            self._terminate(f"application_name LIKE '%/{found[1].pid}'")
            self._thaw(found[1])

    def hang_up(self) -> None:
        """About half of all sessions of the database end."""
        self._terminate("random() < 0.5")

    def _thaw(self, worker: BaseProcess) -> None:
        sleep(self.random.uniform(*FROZEN))
        with suppress(ProcessLookupError):  # its end was under way
            os.kill(worker.pid or 0, signal.SIGCONT)

    def _terminate(self, which: str) -> None:
        name = self.fleet.database.parsed.database
        with suppress(psycopg.OperationalError):
            self.fleet.server.run(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND {which}"
            )

    def crash_database(self) -> None:
        """It recovers from its journal."""
        self._stop_database("QUIT")

    def restart_database(self) -> None:
        """An administrator's restart, which ends all sessions."""
        self._stop_database("INT")

    def _stop_database(self, how: str) -> None:
        self.fleet.server.stop(how)
        sleep(self.random.uniform(*DOWN))
        self.fleet.server.start()

    def stop_carrier(self) -> None:
        """It answers nobody for a while."""
        self.carrier.stop()
        sleep(self.random.uniform(*DOWN))
        self.carrier.start()

    def break_lines(self) -> None:
        """The next requests go wrong in every way, and the list of what was taken lags."""
        phone = self.carrier.phone
        phone.faults.extend(self.random.choices((*BREAKS, Trouble.OK), k=self.random.randint(1, 6)))
        self.carrier.lag(self.random.randint(0, 2))
