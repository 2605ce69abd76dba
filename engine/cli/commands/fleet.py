"""fleet: how the hosts and ledgers of a fleet stand, and 总览.html for the centre."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.commands.common import AsJson, ConfigPath, Force, Misuse, now_or, station_of, write_output
from engine.cli.console import echo, print_json, show_table
from engine.facts.faults import DubanError
from engine.fleet.pace import Pace
from engine.fleet.registry import FleetHost, FleetRegistry
from engine.fleet.status import FleetStatus, LedgerStanding, fleet_status
from engine.papers.overview_page import overview
from engine.service.places import place_of

Gone = Annotated[
    str | None,
    typer.Option("--strike-off", metavar="主机", help="已停用或换掉的主机，或已撤下的台账的路径，从名单上去掉"),
]
Page = Annotated[Path | None, typer.Option("--page", metavar="文件", help="另存总览网页，如 总览.html")]


def fleet(
    page: Page = None, gone: Gone = None, force: Force = False, as_json: AsJson = False, config: ConfigPath = None
) -> int:
    """机群：各主机、各台账的情况，积压多久，每小时发多少条；可另存总览网页。"""
    with station_of(config, acts=bool(gone)) as station:
        if not station.config.fleet:
            raise DubanError("本机没有加入机群：duban.toml 里没有写 fleet。单机请用 duban doctor。")
        registry, pace = FleetRegistry(station.outbox.store), Pace()
        if gone:
            _strike_off(gone, registry, pace)
        status = fleet_status(station, registry, now_or(None), pace)
        if page:
            made = overview(status.name, status.overview(), status.at)
            write_output(station.config.outputs(force=force), page, made.encode())
    if as_json:
        print_json(_as_json(status, page))
    else:
        _show(status)
        if page:
            echo(f"总览已存到 {page}，用浏览器打开即可。", "green")
    return int(not status.is_well)


def _strike_off(gone: str, registry: FleetRegistry, pace: Pace) -> None:
    """Take a host, or the ledger of this path, off the list; of a host that still works the workers that do not. Raises
    Misuse for what is not there, and for a host of which all work: they would go on unseen.
    """
    known, place = [one for one in registry.hosts() if one.host == gone], place_of(Path(gone))
    left = [one.worker for one in known if not one.is_alive(pace.dead)]
    if known and not left:
        raise Misuse(f"主机“{gone}”还在工作。请先在它上面停掉 duban worker，再去掉。")
    if known:
        registry.strike_off(gone, left)
    elif registry.ledger(place):
        registry.forget_place(place)
    else:
        raise Misuse(f"机群里没有主机或台账“{gone}”。主机请照 duban fleet 列出的名称写，台账请写完整路径。")


def _show(status: FleetStatus) -> None:
    echo(f"机群“{status.name}”，{status.at:%Y-%m-%d %H:%M}", "bold")
    if not status.hosts:
        echo("还没有一台主机工作过。请先接管台账（duban adopt），再在各主机上运行 duban worker。", "yellow")
        return
    workers = Counter(one.host for one in status.hosts)
    hosts = [
        (
            one.host if workers[one.host] == 1 else f"{one.host}（{one.worker}）",
            one.version,
            _state(status, one),
            status.fault_of(one) or "正常",
        )
        for one in status.hosts
    ]
    show_table("主机", ("主机", "版本", "状态", "情况和办法"), hosts)
    offices = Counter(_office(one) for one in status.ledgers)
    heads = ("台账", "上次处理", "由谁", "待发", "积压", "近一小时", "情况和办法")
    show_table("台账", heads, [_row(one, offices) for one in sorted(status.ledgers, key=_gravity)])
    echo(f"近一小时发出 {status.requests} 条；积压最久的已等 {_span(status.lag)}。")
    if status.is_well:
        echo("一切正常。", "green")
    elif status.problem:
        echo(status.problem, "red")
    else:
        echo("有需要处理的，请看上面的“情况和办法”。", "yellow")


def _gravity(one: LedgerStanding) -> tuple[bool, timedelta, str]:
    return not one.problem, -one.lag, one.record.place


def _office(one: LedgerStanding) -> str:
    return one.digest.office if one.digest and one.digest.office else one.name


def _row(one: LedgerStanding, offices: Mapping[str, int]) -> tuple[str, ...]:
    """``offices``: how many ledgers go by each name; those that share one are told apart by their files."""
    seen = f"{one.record.passed_at:%m-%d %H:%M}" if one.record.passed_at else "—"
    lag = _span(one.lag) if one.flow.waiting else "—"
    office = _office(one)
    return (
        office if offices[office] == 1 else f"{office}（{one.name}）",
        seen,
        one.record.host or "—",
        str(one.flow.waiting),
        lag,
        str(one.flow.requests),
        one.problem or "正常",
    )


def _state(status: FleetStatus, one: FleetHost) -> str:
    if one.stopped_at:
        return "已停"
    if one.silent_for >= status.dead:
        return f"{_span(timedelta(seconds=one.silent_for))}没有消息"
    return "等待" if one.problem else "在值"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return f"{int(span.total_seconds())} 秒"
    return f"{minutes} 分钟" if minutes < 120 else f"{minutes // 60} 小时"


def _as_json(status: FleetStatus, page: Path | None) -> dict[str, Any]:
    return {
        "fleet": status.name,
        "at": status.at,
        "well": status.is_well,
        "problem": status.problem,
        "requests_last_hour": status.requests,
        "lag_seconds": int(status.lag.total_seconds()),
        "hosts": [
            {
                "host": one.host,
                "worker": one.worker,
                "version": one.version,
                "state": _state(status, one),
                "clock_offset": round(one.clock_offset, 1),
                "problem": status.fault_of(one),
            }
            for one in status.hosts
        ],
        "ledgers": [
            {
                "path": one.record.place,
                "share": one.record.share,
                "ledger": one.record.ledger,
                "host": one.record.host,
                "last_pass_at": one.record.passed_at,
                "next_at": one.record.next_at,
                "hold": one.hold,
                "waiting": one.flow.waiting,
                "lag_seconds": int(one.lag.total_seconds()),
                "requests_last_hour": one.flow.requests,
                "problem": one.problem,
            }
            for one in status.ledgers
        ],
        "page": str(page) if page else None,
    }
