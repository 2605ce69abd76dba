"""A worker's place in its fleet: what it registers of itself, its signs of life, and whether it may take work."""

import socket
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from engine.facts.faults import DubanError
from engine.fleet.pace import Pace
from engine.fleet.program import Regimes, program_version
from engine.fleet.registry import FleetHost, FleetRegistry, WorkerProgram
from engine.fleet.standing import why_held
from engine.fleet.threads import Probe, in_thread
from engine.fleet.work_queue import install
from engine.service.host import Station
from sms.store.model import SmsError

SECOND = "（重名）"
"""What the row of a worker is called whose own row another computer writes."""


class AnotherFleet(DubanError):
    """The database is another fleet's."""


class Membership:
    """Of the worker of ``station``, by the name of this machine and its state folder. ``wall``: the wall clock in
    seconds since 1970; ``offset``: by how many of them it was ahead of the database's when last measured.
    """

    def __init__(
        self, station: Station, registry: FleetRegistry, conninfo: str, pace: Pace, wall: Callable[[], float]
    ) -> None:
        self._station, self._registry, self._pace, self._wall = station, registry, pace, wall
        self._conninfo = conninfo
        self.host, self._worker = socket.gethostname(), str(station.config.state)
        self._regimes = Probe(Regimes(station.config.policies).fingerprint)
        self._program, self.offset = WorkerProgram(program_version(), "", ""), 0.0
        self._started_at: datetime | None = None
        self._displaced = ""

    def join(self) -> None:
        """Take this worker into the fleet. Until its standing has been checked, it counts as one that cannot work.

        Raises:
            AnotherFleet: the database is not this host's fleet's.
        """
        name = self._registry.join(self._station.host)
        if name != self._station.host:
            raise AnotherFleet(
                f"这个数据库属于机群“{name}”，本机配置的是“{self._station.host}”，没有启动。"
                "请核对 duban.toml 的 store 和 fleet。"
            )
        self.offset = self._measured_offset()
        install(self._conninfo)
        self._register(self._program)

    async def why_held(self) -> str:
        """Why this worker takes no work at present, empty if it may. What has changed of it is registered first."""
        self.offset = await in_thread(self._measured_offset)
        me, _ = await in_thread(self._rows)
        if me is None:  # the tables were made anew, or it was struck off
            await in_thread(self.join)
        elif self._started_at and me.started_at != self._started_at and not self._displaced:
            await in_thread(self._give_way)
        program, fault = await self._equipped()
        if program != self._program or not self._started_at:
            await in_thread(self._register, program)
        me, hosts = await in_thread(self._rows)
        if fault or me is None:
            return fault
        own = replace(me, **asdict(program), clock_offset=self.offset)  # not as another process may have registered it
        return why_held(own, hosts, dead=self._pace.dead, clock=self._pace.clock)

    def beat(self, problem: str, *, stopped: bool = False) -> None:
        """Leave a sign of life in the registry; ``stopped``: the last one. Not in a row that a clone of this host has
        taken over since: it would stand there as one that has stopped.
        """
        if self._started_at:
            self._registry.beat(self.host, self._started_at, self.offset, problem, stopped=stopped)

    def _rows(self) -> tuple[FleetHost | None, list[FleetHost]]:
        """The row of this worker in the registry, if it has one, and all rows."""
        key, hosts = (self.host, self._worker), self._registry.hosts()
        return next((one for one in hosts if (one.host, one.worker) == key), None), hosts

    def _give_way(self) -> None:
        """Leave the row to the process that registered under it last, and register under another name."""
        self._displaced = (
            f"另有一台电脑也叫“{self.host}”、状态文件夹也是 {self._worker}，后启动的它占了这个登记"
            "（多半是克隆的系统），本机暂不处理台账。请给其中一台改主机名，再重新启动 duban worker。"
        )
        self._worker += SECOND
        self._register(self._program)

    async def _equipped(self) -> tuple[WorkerProgram, str]:
        """What this worker brings along at present, and why it cannot work with it: nobody then waits for it."""
        version = self._program.version
        try:
            policies = await self._regimes.within(self._pace.probe)
            gateways = await in_thread(lambda: self._station.gateways)  # before several threads ask for them
        except (DubanError, SmsError) as met:
            why = f"{met}本机暂不处理台账，改好后自动恢复；要改环境变量的，请重新启动。"
            return WorkerProgram(version, "", ""), why
        hangs = "" if policies else "duban.toml 列出的制度文件没有响应，本机暂不处理台账。请检查它们所在的共享。"
        if policies is None or self._displaced:
            return WorkerProgram(version, "", ""), self._displaced or hangs
        return WorkerProgram(version, policies, "、".join(sorted(one.name for one in gateways))), ""

    def _register(self, program: WorkerProgram) -> None:
        """Where this fails, the next check does it again: the row may be written although the answer was lost."""
        self._started_at = None
        self._started_at = self._registry.register(self.host, self._worker, program, self.offset)
        self._program = program

    def _measured_offset(self) -> float:
        """By how many seconds this host's clock is ahead of the database's, its answer taken for the middle."""
        before = self._wall()
        theirs = self._registry.clock()
        return (before + self._wall()) / 2 - theirs
