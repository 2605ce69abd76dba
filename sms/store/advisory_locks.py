"""Locks of a PostgreSQL server that several blocks of one process hold by one connection, and lose with it."""

from collections.abc import Callable
from contextlib import suppress
from threading import Lock

import psycopg

from sms.lock import Held
from sms.store.direct_connection import DirectConnection, Driver
from sms.store.store import digest


def key_of(use: str, name: str) -> int:
    """The number by which the server knows a lock."""
    return int.from_bytes(digest(f"{use} {name}"), "big", signed=True)


class AdvisoryLocks:
    """The locks of this process. A server gives a lock twice to one connection: so what is held here is noted here."""

    def __init__(self, connect: Callable[[], Driver]) -> None:
        self._direct = DirectConnection(connect)
        self._held: dict[str, Driver | None] = {}
        self._one = Lock()

    def take(self, name: str) -> None:
        """Hold ``name``.

        Raises:
            Held: another block holds it, in this process or another one.
            psycopg.Error: the server gave no answer.
        """
        with self._one:
            if name in self._held or not self._is_given(name):
                raise Held("另一个督办程序正在使用，请稍后再试。")
            self._held[name] = self._direct.driver

    def keeps(self, name: str) -> bool:
        """Whether ``name``, which was taken, is still held: it is lost with its connection, and for good, since whoever
        had it meanwhile has read and written what its holder knows nothing of.
        """
        with self._one:
            driver = self._held.get(name)
            if driver is None or driver is not self._direct.driver:
                return False
            try:
                driver.execute("SELECT 1")
            except psycopg.Error:
                self._direct.drop()
                return False
            return True

    def release(self, name: str) -> None:
        """Let go of ``name``; a connection that was lost has done so already."""
        with self._one:
            driver = self._held.pop(name, None)
            if driver is None or driver is not self._direct.driver:
                return
            try:
                driver.execute("SELECT pg_advisory_unlock(%s)", (key_of("block", name),))
            except psycopg.Error:
                self._direct.drop()

    def close(self) -> None:
        """Let go of all, before the next program asks."""
        with self._one:
            if self._direct.driver:
                with suppress(psycopg.Error):
                    self._direct.driver.execute("SELECT pg_advisory_unlock_all()")
            self._direct.drop()

    def _is_given(self, name: str) -> bool:
        row = self._direct.ask("SELECT pg_try_advisory_lock(%(key)s)", {"key": key_of("block", name)})
        return bool(row and row[0])
