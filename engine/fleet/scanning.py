"""The scan of a share: a few ``stat`` a ledger tell which of them are due. What is due is asked for in the queue."""

from pathlib import Path
from threading import Event

from engine.fleet.pace import Pace
from engine.fleet.registry import FleetLedger, FleetRegistry
from engine.fleet.shares import Share
from engine.fleet.signatures import signature_text
from engine.fleet.threads import in_thread, within
from engine.fleet.work_queue import WorkQueue
from engine.service.host import Station
from engine.service.logging_setup import LOGGER
from engine.service.places import place_of
from engine.service.watch import ABSENT

_SCANS = 3
"""A scan is given so many times what a single call is given."""
Signatures = list[tuple[str, str]]
"""Of ledgers, by their places."""


async def scan(share: Share, station: Station, registry: FleetRegistry, queue: WorkQueue, pace: Pace) -> None:
    """Ask for a pass over every ledger of the share that has changed or is due. Where time runs out, the next scan
    goes on from there: no ledger is never scanned because of those before it.
    """
    found: Signatures = []
    over = Event()
    await within(_SCANS * pace.probe, _gather, share, station, found, over)
    over.set()
    seen = (*found,)
    known = await in_thread(registry.ledgers_at, [place for place, _ in seen])
    now = station.clock.now()
    for place, signature in seen:
        record = known.get(place) or FleetLedger(place, share.name)
        if not signature:
            await in_thread(_note_absence, record, registry)
        elif record.is_due(signature, now):
            await queue.serve_now(place, share.queue)


def _gather(share: Share, station: Station, found: Signatures, over: Event) -> None:
    """Add to ``found``, ledger by ledger, one round of the share from where the last scan stopped. Where one hangs,
    what came before it counts, and the next scan passes it over; when it answers at last, this scan is ``over`` and
    ends, for another one has begun.
    """
    for _ in range(len(share.ledgers)):
        if over.is_set():
            return
        path = share.next_ledger()
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
        registry.note_absence(record, problem)
