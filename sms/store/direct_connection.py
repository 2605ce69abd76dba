"""A connection to a PostgreSQL server for single statements, opened anew where the server has ended it meanwhile."""

from collections.abc import Callable, Mapping
from typing import Any

import psycopg

Driver = psycopg.Connection[tuple[Any, ...]]


class DirectConnection:
    """One question at a time. ``connect`` opens a connection that commits every statement; ``driver`` is the
    one that stands, if any.
    """

    def __init__(self, connect: Callable[[], Driver]) -> None:
        self._connect = connect
        self.driver: Driver | None = None

    def ask(
        self, question: str, values: Mapping[str, Any] | None = None, *, prepare: bool = False
    ) -> tuple[Any, ...] | None:
        """The first row of the answer. The question is asked a second time where only now the connection turns out to
        have ended: a server that was started anew must not fail whoever asks it first.

        Raises:
            psycopg.Error: the server gave no answer.
        """
        known = self.driver
        if known and known.closed:
            known = self.driver = None
        try:
            return self._answer(question, values, prepare)
        except psycopg.OperationalError:
            if known is None or not known.closed:
                raise
        self.driver = None
        return self._answer(question, values, prepare)

    def drop(self) -> None:
        """Close the connection; a question that is under way in another thread is asked anew."""
        driver, self.driver = self.driver, None
        if driver:
            driver.close()

    def _answer(self, question: str, values: Mapping[str, Any] | None, prepare: bool) -> tuple[Any, ...] | None:
        driver = self.driver
        if driver is None:
            driver = self.driver = self._connect()
        return driver.execute(question, values, prepare=prepare).fetchone()
