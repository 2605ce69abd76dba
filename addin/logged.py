"""The record of sent SMS, from 短信记录 of the open book: the add-in has no journal of its own."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from engine.facts.change import Value
from engine.facts.duty import DutyKey
from engine.facts.kinds import URGINGS
from engine.facts.message import ObligationKey

MISSED = "错过未发"
_UNSENT = frozenset((MISSED, "失败", "待人工"))


class LoggedSent:
    """Satisfies ``engine.facts.message.Sent``. Rows without the columns of a key count for the matter only."""

    def __init__(self, rows: Iterable[Mapping[str, Value]]) -> None:
        self.outcomes: dict[ObligationKey, str] = {}
        self._acknowledged: set[ObligationKey] = set()
        self._settled: dict[DutyKey, datetime] = {}
        self._urgings: dict[str, int] = {}
        self._last: dict[str, datetime] = {}
        self._replied: dict[str, datetime] = {}
        for row in rows:
            self._take(row)

    def __contains__(self, key: ObligationKey) -> bool:
        """Whether the obligation is on record."""
        return key in self.outcomes

    def settled_through(self, duty: DutyKey) -> datetime | None:
        """The time of the duty's latest slot on record."""
        return self._settled.get(duty)

    def is_acknowledged(self, key: ObligationKey) -> bool:
        """Whether its row has a 签收时间."""
        return key in self._acknowledged

    def urgings(self, matter: str) -> int:
        """How many urging obligations of the matter went out (reading 24)."""
        return self._urgings.get(matter, 0)

    def last_sent_at(self, matter: str) -> datetime | None:
        """When the last SMS about the matter went out."""
        return self._last.get(matter)

    def acknowledged_at(self, matter: str) -> datetime | None:
        """The latest 签收时间 of its rows."""
        return self._replied.get(matter)

    def _take(self, row: Mapping[str, Value]) -> None:
        matter, state, at = str(row.get("matter") or ""), str(row.get("state") or ""), row.get("at")
        if state not in _UNSENT:
            if row.get("kind") in URGINGS:
                self._urgings[matter] = self._urgings.get(matter, 0) + 1
            if isinstance(at, datetime) and at > self._last.get(matter, datetime.min):
                self._last[matter] = at
        replied = row.get("acknowledged_at")
        if isinstance(replied, datetime) and replied > self._replied.get(matter, datetime.min):
            self._replied[matter] = replied
        due, slot_at = row.get("duty_due"), row.get("due")
        if not isinstance(due, datetime):
            return
        words = [str(row.get(name) or "") for name in ("node", "period")]
        ordinal = row.get("ordinal")
        count = int(ordinal) if isinstance(ordinal, int | float) else 1
        unit, role, slot = (str(row.get(name) or "") for name in ("unit", "role", "slot"))
        key = ObligationKey(matter, words[0], words[1], count, due, slot, unit, role)
        self.outcomes[key] = state
        if row.get("acknowledged_at"):
            self._acknowledged.add(key)
        duty = DutyKey(matter, words[0], words[1], count, due, str(row.get("owed_by") or ""))
        if isinstance(slot_at, datetime):
            self._settled[duty] = max(slot_at, self._settled.get(duty, slot_at))
