"""The far side of 腾讯云 as a fleet meets it: answers take their time, lines break, and it may be gone for a while."""

from contextlib import ExitStack
from datetime import date
from random import Random
from threading import Lock
from time import monotonic, sleep
from typing import Any

from engine.policy.loading import shipped_policies
from engine.service.clock import OfficeClock
from tests.fleet.fleet_office import until
from tests.sms.conftest import table_of
from tests.sms.standin import tencent_api
from tests.sms.standin.phone import Phone, Trouble
from tests.sms.standin.server import Answer, Request, serve

SLOWEST = 0.3
"""Seconds: the longest way of a request to the carrier, and of its answer back."""
READ_TIMEOUT = 1
GRACE = 5
"""Seconds from the first to the last look-up that must find a message absent; a minute in the field."""
LAG = 1
"""Seconds for which the list of what was taken may lag, once in ``GRACE`` seconds: nobody can know that a message was
taken by a gateway whose list lags longer than it says.
"""
BREAKS = (Trouble.DROP_BEFORE, Trouble.DROP_AFTER, Trouble.ERROR_AFTER, Trouble.HANG, Trouble.TOO_MANY)
REGIME, DAY = "朔州", date(2026, 3, 2)


class Carrier:
    """A stand-in that can be stopped and started on its port; what it took stays in ``phone``, which no trouble
    reaches.
    """

    def __init__(self, clock: OfficeClock, random: Random) -> None:
        self.phone = Phone(clock.now)
        self.port = 0
        self.under_way = 0
        self._random = random
        self._is_up = False
        self._lagged_at = -float(GRACE)
        self._up = ExitStack()
        self._counting = Lock()

    def start(self) -> None:
        """Answer, on the same port as before."""
        self.phone.released.clear()
        self._is_up = True
        until(self._listens, 30)

    def stop(self) -> None:
        """Answer nobody any more: those under way get no answer either."""
        self._is_up = False
        self._up.close()

    def lag(self, look_ups: int) -> None:
        """Hide what was taken from so many look-ups, unless it was hidden just now."""
        if monotonic() - self._lagged_at >= GRACE:
            self.phone.hidden_look_ups, self._lagged_at = look_ups, monotonic()

    def table(self, grace: float) -> dict[str, Any]:
        """The gateway's table in duban.toml, with all wordings of the regime. ``grace``: seconds of office time."""
        numbered = {"code": tencent_api.TEMPLATE, "parameters": ["token"]}
        wordings = shipped_policies()[REGIME].on(DAY).texts
        limits = {"grace": grace, "per_second": 50, "per_number_per_day": 100_000}
        table = {**table_of("tencent", self.port), "templates": dict.fromkeys(wordings, numbered), "limits": limits}
        return {"tencent": {**table, "read_timeout": READ_TIMEOUT}}

    def _listens(self) -> bool:
        try:  # while it was away, the port may have been lent to somebody's connection
            self.port = self._up.enter_context(serve(self.phone, self._answer, tencent_api.is_send, self.port))
        except OSError:
            return False
        return True

    def _answer(self, phone: Phone, request: Request) -> Answer:
        with self._counting:
            self.under_way += 1
        try:
            self._travel()
            if monotonic() - self._lagged_at > LAG:
                phone.hidden_look_ups = 0
            answer = tencent_api.tencent_api(phone, request)
            self._travel()
        finally:
            with self._counting:
                self.under_way -= 1
        return answer

    def _travel(self) -> None:
        sleep(self._random.uniform(0, SLOWEST))
        if not self._is_up:
            raise ConnectionAbortedError
