"""Running numbers of matters (事项编号) and of reports (记录编号)."""

import re

from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import HIGH_WATER_PREFIX, SETTINGS

_NUMBER = re.compile(r"(\d{4})-(\D)-(\d+)")
_RECORD_NUMBER = re.compile(r"反(\d{4})-(\d+)")
_EXPLANATION = "已用过的最大顺序号。删行后号码也不再重复使用，请勿改小"


class RunningNumbers:
    """Running numbers by board mark and year. They never recur: the high water in 参数设置 outlives deleted rows."""

    def __init__(self, ledger: Ledger) -> None:
        self._before = ledger.settings.high_water
        self._highest = dict(self._before)
        self._present = {matter.number for matter in ledger.matters}
        for matter in ledger.matters:
            if found := _NUMBER.fullmatch(matter.number):
                self._raise(found[2] + found[1], int(found[3]))

    def next(self, mark: str, year: int) -> str:
        """``2026-日-0136``: the year of 立项, the board's mark, the next number of both."""
        running = self._highest.get(f"{mark}{year}", 0) + 1
        self._raise(f"{mark}{year}", running)
        return _spelled(mark, str(year), running)

    def unused(self) -> list[str]:
        """The numbers up to the highest of each mark and year that no row bears."""
        every = (
            _spelled(key[0], key[1:], running) for key, top in self._highest.items() for running in range(1, top + 1)
        )
        return [number for number in every if number not in self._present]

    def high_water(self) -> tuple[tuple[Change, ...], tuple[NewRow, ...]]:
        """The changes to 参数设置."""
        changes, rows = [], []
        for mark, highest in self._highest.items():
            key, before = f"{HIGH_WATER_PREFIX}{mark}", self._before.get(mark)
            if before is None:
                values: dict[str, Value] = {"key": key, "value": highest, "explanation": _EXPLANATION}
                rows.append(NewRow(SETTINGS.key, values, "key"))
            elif before != highest:
                changes.append(Change(Place(SETTINGS.key, None, "value"), key, "value", before, highest))
        return tuple(changes), tuple(rows)

    def _raise(self, mark: str, running: int) -> None:
        self._highest[mark] = max(self._highest.get(mark, 0), running)


def _spelled(mark: str, year: str, running: int) -> str:
    return f"{year}-{mark}-{running:04}"


def last_report_number(ledger: Ledger, year: int) -> int:
    """The greatest running number of 反馈记录 in that year; 0 without any."""
    numbers = (report.number for records in ledger.records.values() for report in records.reports)
    found = [match for number in numbers if (match := _RECORD_NUMBER.fullmatch(number))]
    return max((int(match[2]) for match in found if int(match[1]) == year), default=0)


def report_number(year: int, running: int) -> str:
    """``反2026-0012``."""
    return f"反{year}-{running:04d}"
