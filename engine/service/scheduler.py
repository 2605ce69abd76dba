"""The scheduler: polls each workbook every few seconds, and runs a pass when a slot is due or the file has changed.

A poll costs one ``stat``. Nothing is armed: whatever a stop or a crash left undone is found by the next pass. Passes
claim messages and leave them on the desk; sending, receipts and the heartbeat have threads of their own, so that a slow
gateway delays no poll, and a long pass neither a message nor the heartbeat.
"""

import signal
from collections.abc import Callable
from datetime import datetime
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event

import schedule

from engine.facts.moment import to_minute
from engine.facts.service import Hold
from engine.guards.permission import Options
from engine.service.background import Background
from engine.service.desk import SendingDesk
from engine.service.heartbeat import Work, beat
from engine.service.host import Station
from engine.service.logging_setup import LOGGER
from engine.service.one_pass import PassResult, due_after, run_pass
from engine.service.pass_sending import RETRY, sentences_of
from engine.service.service_status import ChangedStatus, Report, statuses_of
from engine.service.watch import ABSENT, Watch, in_words, signature_of
from sms.lock import SenderBusy
from sms.registrations import Registrations

LOOK_EVERY = 20
"""Seconds between polls, fewer than a slot's minute has."""
SEND_EVERY = 30
RECEIPTS_EVERY = 60
BEAT_EVERY = 60
"""Seconds between runs of the other jobs; the sender is woken besides by every pass that leaves it messages."""
BUSY_PAUSE = 1.0
LEAP = 600.0
"""Seconds by which the wall clock may part from elapsed time before nothing is sent any more."""


class Service:
    """All workbooks of one station, until :meth:`stop` or a signal. ``report`` is handed the state of every ledger at
    the start and whenever it has changed.
    """

    def __init__(self, station: Station, report: Report | None = None) -> None:
        self.station = station
        self._report = ChangedStatus(report, lambda path: station.book(path).last_written()) if report else None
        paths = dict.fromkeys(map(station.places.true_path, station.config.ledgers))
        self.watches = [Watch(path, due_at=datetime.min) for path in paths]
        self.desk = SendingDesk(self._at_rest)
        self._rested: SimpleQueue[str] = SimpleQueue()
        self._work: Work | None = None
        self._stopping, self._wake = Event(), Event()
        self._scheduler = schedule.Scheduler()
        self._troubles: dict[str, str] = {}
        self._leapt = False
        self._send_at: datetime | None = None
        self._registrations = Registrations()
        self._sender = self._thread("发送", self.send, SEND_EVERY)
        self._base = (station.clock.now(), station.clock.elapsed())

    def run(self, *, strict: bool = False) -> bool:
        """Work until stopped. A signal lets the pass that is under way end.

        ``strict``: return ``False`` after the first round of passes if not one ledger's SMS can go out.
        """
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), lambda *_: self.stop())
        LOGGER.info("调度程序启动，照看 %d 本台账", len(self.watches))
        threads = [
            self._sender,
            self._thread("查询回执", self.collect_receipts, RECEIPTS_EVERY),
            self._thread("心跳", self.beat, BEAT_EVERY),
        ]
        self._survive("短信网关", self._open_gateways)
        for thread in threads:
            thread.start()
        self._plan()
        self._scheduler.run_all()
        can_send = self.report_statuses()
        if strict and not can_send:
            self.stop()
        while not self._stopping.is_set():
            self._pause()
            self._survive("时钟", self._watch_clock)
            self._scheduler.run_pending()
            if not self._rested.empty():
                self._survive("查看台账", self.poll_all)
            self.report_statuses()
        self.desk.hold_all()
        for thread in threads:
            thread.stop()
        self._survive("心跳", self.beat)
        LOGGER.info("调度程序停止")
        return can_send or not strict

    def report_statuses(self) -> bool:
        """Report what has changed; whether any ledger's SMS can go out."""
        statuses = statuses_of(self.station, self.watches)
        if self._report:
            self._report(statuses)
        return any(not one.reason for one in statuses)

    def stop(self) -> None:
        """End after the pass and the requests that are under way."""
        self._stopping.set()
        self._wake.set()

    def turn(self) -> None:
        """One round without threads, for whoever brings a clock and a loop: poll, send, poll for what went out."""
        self.poll_all()
        self.send()
        self.poll_all()

    def poll_all(self) -> None:
        """Poll every ledger, those too whose messages have all gone out, or for which another process called: it has
        taken in receipts or replies.
        """
        self._survive("日志", self._take_calls)
        self._take_rested()
        now = to_minute(self.station.clock.now())
        for watch in self.watches:
            if self._stopping.is_set():
                return
            self.poll(watch, now)

    def poll(self, watch: Watch, now: datetime) -> None:
        """Pass over a workbook if it has changed or something is due; else this was one ``stat``."""
        signature = signature_of(self.station.places.names(watch.path))
        if signature is None:
            if watch.signature is None:  # for a moment it is absent whenever Excel saves
                self._has_problem(watch, ABSENT)
            watch.signature = None
            return
        if signature == watch.signature and (watch.due_at is None or now < watch.due_at):
            return
        # From before the pass: our own writing costs one more pass, but no save of a colleague is ever missed.
        watch.signature = signature
        watch.due_at = now + RETRY
        self._work = Work(watch.path.name, now)
        try:
            result = run_pass(watch.path, self.station, now, Options(jumped=self._leapt, throttled=True), self.desk)
        except Exception as fault:  # one workbook that poisons the rules must not stop the others
            self.desk.hold(watch.ledger)
            self._has_problem(watch, in_words(fault))
        else:
            self._passed(watch, result)
            self._sender.wake()
        finally:
            self._work = None

    def send(self) -> None:
        """Send what is due of all ledgers on the desk, as fast as the gateways allow."""
        station, now = self.station, self.station.clock.now()
        if self._leapt or not station.outbox.has_work(self.desk.names(), now):
            return
        try:
            report = station.outbox.send_for(self.desk, station.clock.now, station.gateways, wait=self._let_pass)
        except SenderBusy:
            return  # a pass by hand sends just now: this job comes again
        self._send_at = report.next_at
        for sentence in sentences_of(report):
            LOGGER.error("%s", sentence)

    def collect_receipts(self) -> None:
        """Collect the receipts of messages sent earlier; a row whose state has changed is worth a pass."""
        if self._leapt:
            return  # by that clock every receipt would be too late, and 无回执 is final
        station, ends = self.station, self._stopping.is_set
        collect = partial(station.outbox.collect_receipts, clock=station.clock.now, stopping=ends)
        for watch in self.watches:
            if watch.ledger and collect(watch.ledger, gateways=station.gateways):
                self._at_rest(watch.ledger)
        if ends():
            return
        collapsed = station.outbox.stop_collapsed(station.clock.now, station.gateways)
        for sentence in (*collapsed, *self._registrations.ask(station.gateways, station.clock.now())):
            LOGGER.error("%s", sentence)
        for ledger in station.outbox.collect_replies(station.clock.now, station.gateways):
            self._at_rest(ledger)

    def beat(self) -> None:
        """Leave the sign of life that ``doctor`` reads; at the end, that it was the last one."""
        problems = {str(watch.path): watch.problem for watch in self.watches if watch.problem}
        now, stopped = self.station.clock.now(), self._stopping.is_set()
        beat(self.station.config.state, now, problems, work=self._work, stopped=stopped)

    def _plan(self) -> None:
        self._scheduler.clear()
        self._scheduler.every(LOOK_EVERY).seconds.do(self._survive, "查看台账", self.poll_all)

    def _thread(self, name: str, job: Callable[[], None], seconds: float) -> Background:
        return Background(name, lambda: self._survive(name, job), seconds)

    def _open_gateways(self) -> None:
        """Once, before several threads ask for them."""
        LOGGER.info("短信网关：%s", "、".join(gateway.name for gateway in self.station.gateways))

    def _pause(self) -> None:
        """Wait until the next poll is due, or until messages that went out call for one."""
        if self._send_at and self._send_at <= self.station.clock.now():
            self._send_at = None
            self._sender.wake()
        if self._sender.is_busy:
            self._sender.wait_idle(BUSY_PAUSE)
        elif self._rested.empty():
            idle = min(max(self._scheduler.idle_seconds or 0, 0), LOOK_EVERY)
            self.station.clock.wait(self._wake, idle)
        if not self._stopping.is_set():
            self._wake.clear()

    def _let_pass(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def _at_rest(self, ledger: str) -> None:
        """Nothing of this ledger waits to be sent any more: its rows are worth a pass."""
        self._rested.put(ledger)
        self._wake.set()

    def _take_calls(self) -> None:
        for ledger in self.station.journal.take_calls():
            self._at_rest(ledger)

    def _take_rested(self) -> None:
        while True:
            try:
                ledger = self._rested.get_nowait()
            except Empty:
                return
            for watch in self.watches:
                if watch.ledger == ledger:
                    watch.due_at = datetime.min

    def _survive(self, name: str, job: Callable[[], None]) -> None:
        """Run one job. Whatever it meets (a full disk, a busy file), the others and its own next turn come all the
        same; what it met is logged once, until it has passed.
        """
        told = ""
        try:
            job()
        except Exception as fault:  # whatever it is, the scheduler must live to meet it again
            told = in_words(fault)
        if told and told != self._troubles.get(name):
            LOGGER.error("%s：%s", name, told)
        self._troubles[name] = told

    def _passed(self, watch: Watch, result: PassResult) -> None:
        watch.ledger, watch.settings = result.ledger, result.settings
        watch.due_at = due_after(result)
        self._has_problem(watch, result.obstacle or "")
        sent = sum(one.id is not None for one in result.messages)
        if sent or result.changes:
            LOGGER.info(
                "%s：短信 %d 条，改动 %d 处。%s",
                watch.path.name,
                sent,
                len(result.changes),
                result.pending or "已写入。",
            )

    def _has_problem(self, watch: Watch, problem: str) -> None:
        if problem and problem != watch.problem:
            LOGGER.error("%s：%s", watch.path.name, problem)
        watch.problem = problem

    def _watch_clock(self) -> None:
        """Hold everything when the wall clock leaps, and let go by itself only when it has come back."""
        now, elapsed = self.station.clock.now(), self.station.clock.elapsed()
        since, began = self._base
        leapt = abs((now - since).total_seconds() - (elapsed - began)) > LEAP
        if not leapt:
            self._base = (now, elapsed)
        if leapt == self._leapt:
            return
        self._leapt = leapt
        self.desk.hold_all()
        LOGGER.error("电脑时钟跳变，暂停发送" if leapt else "电脑时钟已恢复")
        self._plan()  # its times of day were those of the other clock
        for watch in self.watches:
            watch.due_at = datetime.min
            served = self.station.journal.served(watch.ledger)
            if not leapt and served and served.hold is Hold.CLOCK:
                self.station.journal.save(served.released())
