"""The status that ``duban run`` reports: for each ledger who sends, by which gateway, why not if not, what comes
next.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from engine.facts.kinds import SmsSwitch
from engine.facts.settings import Settings
from engine.service.host import Station
from engine.service.watch import Watch
from sms.store.model import SmsError

UNKNOWN = "—"
"""Who sends for a ledger of which no pass has come to its end since the start."""


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """One ledger in service. ``reason``: why nothing is sent, empty if SMS go out. ``next_at``: when the scheduler next
    has something to do for it; ``written_at``: when it last replaced the file, ``None`` if never or not determined.
    """

    path: Path
    ledger: str
    sender: str
    gateways: str
    reason: str
    next_at: datetime | None = None
    written_at: datetime | None = None

    @property
    def substance(self) -> tuple[str, ...]:
        """What people are shown anew when it changes; times move all the while."""
        return self.ledger, self.sender, self.gateways, self.reason


Report = Callable[[Sequence[LedgerStatus]], None]


def statuses_of(station: Station, watches: Iterable[Watch]) -> list[LedgerStatus]:
    """Each ledger as it stands after its last pass."""
    names, fault = _gateways(station)
    found = []
    for watch in watches:
        gateways, off = _sending(watch.settings, names)
        sender = watch.settings.host if watch.settings else ""
        reason = watch.problem or fault or off
        name = watch.path.name
        nobody = "未接管" if watch.settings else UNKNOWN
        found.append(LedgerStatus(watch.path, name, sender or nobody, gateways, reason, watch.due_at))
    return found


def _gateways(station: Station) -> tuple[str, str]:
    """The names of the gateways in their order; or nothing, and why none can be had."""
    try:
        return "、".join(gateway.name for gateway in station.gateways), ""
    except SmsError as fault:
        return "", str(fault)


def _sending(settings: Settings | None, gateways: str) -> tuple[str, str]:
    """By which gateways a ledger's SMS go, and why they do not although this host may send."""
    if settings is None:
        return gateways, ""
    if settings.sms is SmsSwitch.OFF:
        return "", "参数设置里短信发送为“停”，只写标记、不发短信。"
    if settings.sms is SmsSwitch.TRIAL:
        return f"{gateways}（试运行）", ""
    return gateways, ""


class ChangedStatus:
    """Passes a report on only when something has changed that people should know. Only then ``last_written`` is
    determined for each ledger: that lists its folder of backups.
    """

    def __init__(self, report: Report, last_written: Callable[[Path], datetime | None]) -> None:
        self._report, self._last_written = report, last_written
        self._known: tuple[tuple[str, ...], ...] | None = None

    def __call__(self, statuses: Sequence[LedgerStatus]) -> None:
        """Report, unless the substance is that of the last report."""
        substance = tuple(one.substance for one in statuses)
        if substance != self._known:
            self._known = substance
            self._report([replace(one, written_at=self._last_written(one.path)) for one in statuses])
