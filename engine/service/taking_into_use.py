"""``policy use``: a ledger takes a regime of its own into use, or a changed file of it, in the name of a person."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.facts.change import Value
from engine.facts.faults import DubanError
from engine.facts.settings import EarlierPolicy, Settings
from engine.policy.loading import PolicyFile, shipped_policies
from engine.service.host import Station
from engine.service.policies import FOLDER, archive, own_text, policies_for


class NotTakenIntoUse(DubanError):
    """The ledger goes on as before; the message states why."""


@dataclass(frozen=True, slots=True)
class TakenIntoUse:
    """What was written: the regime, its fingerprint, and from when it counts."""

    regime: str
    fingerprint: str
    since: datetime


def take_into_use(path: Path, file: Path, station: Station, by: str, since: datetime) -> TakenIntoUse:
    """Write 制度方案, 制度指纹, by whom and from when into 参数设置; the file is copied into 制度 beside the ledger.

    Raises:
        NotTakenIntoUse: the ledger is open, or could not be written.
        UnreadableWorkbook, WorkbookBusyError, BookBusy: nothing was done.
    """
    with station.only_one(path) as path:
        book = station.book(path, lambda: since)
        book.settle()
        settings = book.read().ledger.settings
        running = _running(path, settings, station)
        if holder := book.holder():
            raise NotTakenIntoUse(f"台账由{holder}打开着，没有启用。请关闭后再试。")
        chosen = _beside(path, file, station)
        kept = archive(path, chosen)
        wanted: dict[str, Value] = {
            "regime": chosen.regime,
            "policy_fingerprint": chosen.fingerprint,
            "policy_accepted_by": by,
            "policy_accepted_from": since,
            "policy_archive": kept,
            "earlier_policies": _earlier(settings, running, kept, since),
        }
        changes, rows = book.setting_differences(wanted)
        report = book.apply([change for change in changes if change.old != change.new], rows)
        if report.pending or report.dropped:
            why = report.pending or report.dropped[0].reason
            raise NotTakenIntoUse(f"没有启用：{why}")
    return TakenIntoUse(chosen.regime, chosen.fingerprint, since)


def _running(path: Path, settings: Settings, station: Station) -> str:
    """The name under which the ledger's present regime goes on for its matters; empty where it was never in use."""
    regime = settings.regime or next(iter(shipped_policies()))
    if regime in shipped_policies():
        return regime
    file = policies_for(path, station.config.policies).get(regime)
    if file and file.fingerprint == settings.policy_fingerprint:
        return archive(path, file)  # taken into use by a release that kept nothing
    return settings.policy_archive


def _earlier(settings: Settings, running: str, chosen: str, since: datetime) -> str:
    """Which policy the matters from before ``since`` run under, as 参数设置 holds it."""
    day, began = since.date(), settings.policy_accepted_from
    kept = tuple(one for one in settings.earlier_policies if one.until < day)
    had_its_time = running and running != chosen and (began is None or began.date() < day)
    eras = (*kept, EarlierPolicy(running, day)) if had_its_time else kept
    return "、".join(f"{one.policy}至{one.until}" for one in eras)


def _beside(path: Path, file: Path, station: Station) -> PolicyFile:
    """The policy of ``file`` as the ledger will find it."""
    folder = path.absolute().parent / FOLDER
    listed = [one.absolute() for one in station.config.policies]
    if file.absolute().parent != folder and file.absolute() not in listed:
        folder.mkdir(exist_ok=True)
        for one in (file, *file.parent.glob(f"{file.stem}*.txt")):
            shutil.copyfile(one, folder / one.name)
    name = own_text(file).name
    found = policies_for(path, station.config.policies)
    for regime, policy in found.items():
        if policy.name == name and regime == policy.regime:  # not one of the kept versions
            return policy
    why = next((told for told in getattr(found, "unreadable", {}).values() if name in told), "读不出来")
    raise NotTakenIntoUse(f"没有启用：{why}请运行 duban policy check 逐条核对。")
