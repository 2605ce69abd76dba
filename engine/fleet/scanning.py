"""The scan of a share: a few ``stat`` a ledger tell which of them are due. What is due is asked for in the queue."""

from dataclasses import replace
from pathlib import Path

from engine.fleet.pace import Pace
from engine.fleet.registry import FleetLedger, FleetRegistry, by_place
from engine.fleet.shares import Share
from engine.fleet.signatures import signature_text
from engine.fleet.threads import in_thread, within
from engine.fleet.work_queue import WorkQueue
from engine.service.host import Station
from engine.service.logging_setup import LOGGER
from engine.service.places import place_of

ABSENT = "找不到工作簿。请核对配置中的路径，或等网络恢复。"
_SCANS = 3
"""A scan is given so many times what a single call is given."""
Signatures = list[tuple[str, str]]
"""Of ledgers, by their places."""


async def scan(share: Share, station: Station, registry: FleetRegistry, queue: WorkQueue, pace: Pace) -> None:
    """Ask for a pass over every ledger of the share that has changed or is due."""
    found: Signatures = []
    await within(_SCANS * pace.probe, _gather, share, station, found)
    known = by_place(await in_thread(registry.ledgers))
    now = station.clock.now()
    for place, signature in (*found,):
        record = known.get(place) or FleetLedger(place, share.name)
        if not signature:
            await in_thread(_note_absence, record, registry)
        elif record.is_due(signature, now):
            await queue.serve_now(place, share.queue)


def _gather(share: Share, station: Station, found: Signatures) -> None:
    """Add to ``found``, ledger by ledger: where one hangs, what came before it counts; the next scan passes it over."""
    for path in share.ledgers:
        if path in share.hanging:
            continue
        share.hanging.add(path)
        try:
            found.append((place_of(station.places.true_path(path)), signature_text(station, path)))
        finally:
            share.hanging.discard(path)


def _note_absence(record: FleetLedger, registry: FleetRegistry) -> None:
    """For a moment a workbook is absent whenever Excel saves: it is a problem at the second scan."""
    problem = ABSENT if not record.signature else record.problem
    if problem and problem != record.problem:
        LOGGER.error("%s：%s", Path(record.place).name, problem)
    if (record.signature, problem) != ("", record.problem):
        registry.keep(replace(record, signature="", problem=problem))
