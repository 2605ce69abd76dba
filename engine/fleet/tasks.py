"""The tasks that the queue hands out: serve a ledger, scan a share, collect a gateway's receipts. Nothing finer."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from procrastinate import JobContext
from procrastinate.jobs import Job

from engine.fleet.pace import Pace
from engine.fleet.registry import FleetLedger, FleetRegistry
from engine.fleet.scanning import scan
from engine.fleet.serving import Serving
from engine.fleet.shares import Share, queue_of
from engine.fleet.threads import in_thread
from engine.fleet.work_queue import RECEIPTS, SCAN, SERVE, SOON, WorkQueue
from engine.service.host import Station
from engine.service.logging_setup import LOGGER
from engine.service.watch import in_words
from sms.registrations import Registrations

RECEIPTS_QUEUE = "receipts"


class Tasks:
    """The tasks of one worker, registered with its queue. ``running``: the jobs that it has begun, by their number."""

    def __init__(
        self, station: Station, registry: FleetRegistry, queue: WorkQueue, serving: Serving, shares: Sequence[Share]
    ) -> None:
        self._station, self._registry, self._queue, self._serving = station, registry, queue, serving
        self._shares = {share.queue: share for share in shares}
        self._registrations: defaultdict[str, Registrations] = defaultdict(Registrations)
        self._faults: dict[str, str] = {}
        self.running: dict[int, Job] = {}

    def register(self, pace: Pace) -> None:
        """Register them, and how often the queue hands out scans and collections: each to one host at a time."""
        self._pace = pace
        app = self._queue.app
        app.task(name=SERVE, pass_context=True)(self.serve_ledger)
        scanning = app.task(name=SCAN, pass_context=True)(self.scan_share)
        collecting = app.task(name=RECEIPTS, pass_context=True)(self.collect_receipts)
        for name, share in self._shares.items():
            app.periodic(
                cron=_every(pace.scan),
                periodic_id=share.scan_queue,
                queue=share.scan_queue,
                queueing_lock=f"{SCAN} {share.scan_queue}",
                priority=SOON,
                task_kwargs={"share": name},
            )(scanning)
        for name in self._station.config.gateways:
            lock = f"{RECEIPTS} {name}"
            app.periodic(
                cron=_every(pace.receipts),
                periodic_id=name,
                queue=RECEIPTS_QUEUE,
                lock=lock,
                queueing_lock=lock,
                priority=SOON,
                task_kwargs={"gateway": name},
            )(collecting)

    async def serve_ledger(self, context: JobContext, place: str) -> None:
        """Serve the ledger at this place, and ask for its next pass. What is left where this worker stops is asked for
        at once.
        """
        async with self._begun(context.job, place):
            share = self._shares[context.job.queue]
            after = await self._serving.serve(place, share) if share.is_reached else None
            if after and after.next_at:
                seconds = (after.next_at - self._station.clock.now()).total_seconds()
                await self._queue.serve_at(place, share.queue, after.next_at, seconds)
            elif self._serving.stopping:
                await self._queue.serve_now(place, share.queue)

    async def scan_share(self, context: JobContext, timestamp: int, share: str) -> None:
        """Ask for what is due on a share."""
        del timestamp  # procrastinate's; what is due does not depend on when the scan was asked for
        async with self._begun(context.job, share):
            if self._shares[share].is_reached:
                await scan(self._shares[share], self._station, self._registry, self._queue, self._pace)

    async def collect_receipts(self, context: JobContext, timestamp: int, gateway: str) -> None:
        """Collect receipts and replies of a gateway; a row whose state has changed is worth a pass."""
        del timestamp
        async with self._begun(context.job, gateway):
            for record in await in_thread(self.collected, gateway):
                await self._queue.serve_now(record.place, queue_of(record.share))

    def collected(self, name: str) -> list[FleetLedger]:
        """Collect what this gateway has, until this worker stops; the ledgers of which messages have moved, which are
        due from now on.
        """
        station, now = self._station, self._station.clock.now()
        gateways = [gateway for gateway in station.gateways if gateway.name == name]
        served = [one.ledger for one in station.journal.all_served()]
        moved: list[FleetLedger] = []
        collect = partial(station.outbox.collect_receipts, clock=station.clock.now, only=name, stopping=self._stopping)
        for ledger in served:  # each at once: a fault at the next one must not forget it
            if collect(ledger, gateways=station.gateways):
                moved += self._registry.make_due((ledger,), now)
        if self._stopping():
            return moved
        collapsed = station.outbox.stop_collapsed(station.clock.now, gateways)
        for sentence in (*collapsed, *self._registrations[name].ask(gateways, now)):
            LOGGER.error("%s", sentence)
        acknowledged = station.outbox.collect_replies(station.clock.now, gateways)
        return [*moved, *self._registry.make_due(acknowledged, now)]

    def _stopping(self) -> bool:
        """Also where the clock has leapt: by it every receipt would be too late, and 无回执 is final."""
        return self._serving.stopping or not self._serving.clock_check.is_right()

    @asynccontextmanager
    async def _begun(self, job: Job, subject: str) -> AsyncIterator[None]:
        """What a job meets ends neither the worker nor its other jobs; it is logged once, until it has passed. The job
        is done all the same: what it left undone is still due, and the next scan finds it.
        """
        self.running[job.id or 0] = job
        fault = ""
        try:
            yield
        except Exception as met:
            fault = in_words(met)
        finally:
            self.running.pop(job.id or 0, None)  # one that was taken for dead may run here a second time
        if fault and fault != self._faults.get(subject):
            LOGGER.error("%s：%s", subject, fault)
        self._faults[subject] = fault


def _every(seconds: int) -> str:
    """In the notation of cron, its sixth field the seconds."""
    return f"* * * * * */{seconds}" if seconds < 60 else "* * * * *"
