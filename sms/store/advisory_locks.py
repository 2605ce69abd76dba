"""Locks of a PostgreSQL server that several blocks of one process hold by one connection, and lose with it."""

from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any

import psycopg

from sms.lock import Held
from sms.store.store import digest

Driver = psycopg.Connection[tuple[Any, ...]]


def key_of(use: str, name: str) -> int:
    """The number by which the server knows a lock."""
    return int.from_bytes(digest(f"{use} {name}"), "big", signed=True)


class AdvisoryLocks:
    """The locks of this process. A server gives a lock twice to one connection: so what is held here is noted here."""

    def __init__(self, connect: Callable[[], Driver]) -> None:
        self._connect = connect
        self._driver: Driver | None = None
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
            self._held[name] = self._driver

    def keeps(self, name: str) -> bool:
        """Whether ``name``, which was taken, is still held: it is lost with its connection, and for good, since whoever
        had it meanwhile has read and written what its holder knows nothing of.
        """
        with self._one:
            driver = self._held.get(name)
            if driver is None or driver is not self._driver:
                return False
            try:
                driver.execute("SELECT 1")
            except psycopg.Error:
                self._drop()
                return False
            return True

    def release(self, name: str) -> None:
        """Let go of ``name``; a connection that was lost has done so already."""
        with self._one:
            if self._held.pop(name, None) is not self._driver or self._driver is None:
                return
            try:
                self._driver.execute("SELECT pg_advisory_unlock(%s)", (key_of("block", name),))
            except psycopg.Error:
                self._drop()

    def _drop(self) -> None:
        if self._driver:
            self._driver.close()
            self._driver = None

    def close(self) -> None:
        """Let go of all, before the next program asks."""
        with self._one:
            if self._driver:
                with suppress(psycopg.Error):
                    self._driver.execute("SELECT pg_advisory_unlock_all()")
            self._drop()

    def _is_given(self, name: str) -> bool:
        """The server's answer; by a new connection where the one that stood turns out to have ended meanwhile."""
        known = self._driver
        if known is None or known.closed:
            known = self._driver = None
        try:
            return self._asked(name)
        except psycopg.OperationalError:
            if known is None or not known.closed:
                raise
            self._driver = None
            return self._asked(name)

    def _asked(self, name: str) -> bool:
        if self._driver is None:
            self._driver = self._connect()
        answer = self._driver.execute("SELECT pg_try_advisory_lock(%s)", (key_of("block", name),)).fetchone()
        return bool(answer and answer[0])
