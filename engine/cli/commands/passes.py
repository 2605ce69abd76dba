"""pass, run, release: what sends and writes."""

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import (
    AsJson,
    At,
    ConfigPath,
    LedgerPath,
    Misuse,
    ask_for_a_pass,
    existing,
    now_or,
    station_of,
)
from engine.cli.console import echo, echo_unwritten, print_error, print_json, show_table, working
from engine.cli.json_shapes import pass_json
from engine.facts.change import Change
from engine.facts.finding import Place
from engine.guards.permission import Options
from engine.ledger.headings.finding_text import address, column_heading
from engine.service.clock import OfficeClock
from engine.service.host import Station
from engine.service.logging_setup import LOGGER
from engine.service.one_pass import PassResult, run_pass
from engine.service.parsing.process import ParsingProcess
from engine.service.pass_sending import NOTICE
from engine.service.scheduler import Service
from engine.service.service_status import LedgerStatus
from engine.service.sole_scheduler import sole_scheduler

Strict = Annotated[bool, typer.Option("--strict", help="一本台账都发不出短信时，不运行，退出码为 2")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只试算：不发送，不写工作簿")]
MOST_SHOWN, MOST_PROBLEMS = 40, 5


def pass_(
    ledger: LedgerPath, at: At = None, dry_run: DryRun = False, as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """跑一轮：读台账、算、发短信、写回标记。"""
    with station_of(config, acts=not dry_run) as station:
        options = Options(dry_run=dry_run, explicit_time=at is not None)
        result = one_pass(existing(ledger), station, at, options, quiet=as_json)
    if as_json:
        print_json(pass_json(result))
    else:
        show_pass(result)


def release(ledger: LedgerPath, at: At = None, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """放行：先列出被暂停的短信，再发出。"""
    with station_of(config, acts=True) as station:
        _vouch(at, station)
        held = one_pass(
            existing(ledger), station, at, Options(dry_run=True, explicit_time=at is not None), quiet=as_json
        )
        if not as_json:
            show_pass(held)
            if sys.stdin.isatty():
                typer.confirm("确定放行以上短信吗？", abort=True)
        options = Options(released=True, explicit_time=at is not None)
        result = run_pass(ledger, station, held.at, options)
        ask_for_a_pass(station, {result.ledger})
    if as_json:
        print_json(pass_json(result))
    else:
        echo(f"已放行，发出 {sum(one.id is not None for one in result.messages)} 条。")


def run(strict: Strict = False, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """一直运行：按配置照看各本台账，直到被停止。"""
    with ParsingProcess() as elsewhere, station_of(config, elsewhere, acts=True) as station:
        if not station.config.ledgers:
            raise Misuse("配置里没有台账。请在 duban.toml 中写上 ledgers = ['台账的路径']。")
        if station.config.fleet:
            raise Misuse(f"本机属于机群“{station.config.fleet}”，请运行 duban worker。duban run 只供单台电脑使用。")
        with sole_scheduler(station.config.state, station.clock.now()), errors_on_the_console():
            service = Service(station, None if as_json else show_statuses)
            if not as_json:
                echo(f"正在照看 {len(service.watches)} 本台账，按 Ctrl-C 停止。")
            can_send = service.run(strict=strict)
        stopped = station.clock.now()
    if as_json:
        ledgers = [{"path": str(watch.path), "problem": watch.problem or None} for watch in service.watches]
        print_json({"stopped_at": stopped, "ledgers": ledgers})
    if not can_send:
        raise Misuse("没有一本台账发得出短信。请按列出的原因处理后再运行；不加 --strict 则照常运行，好了自动发送。")


def show_statuses(statuses: Sequence[LedgerStatus]) -> None:
    """The state of every ledger as a table."""
    headings = ("台账", "值班主机", "短信网关", "下次处理", "上次写入", "没有发送的原因")
    rows = ((one.ledger, one.sender, one.gateways, one.next_at, one.written_at, one.reason) for one in statuses)
    show_table(f"各台账的情况（{OfficeClock().now():%m-%d %H:%M}）", headings, rows)


@contextmanager
def errors_on_the_console() -> Iterator[None]:
    """What goes wrong while the scheduler runs, for whoever watches its window; the log has it too."""

    class Complaints(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            print_error(f"{OfficeClock().now():%m-%d %H:%M} {record.getMessage()}")

    handler = Complaints(logging.ERROR)
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)


def one_pass(path: Path, station: Station, at: str | None, options: Options, *, quiet: bool) -> PassResult:
    """A pass for a person. Naming a time would send at the wrong one, so that needs a gateway without network.

    Raises:
        Misuse: ``--at`` with a network gateway.
    """
    if not options.dry_run:
        _vouch(at, station)
    with working("正在核对台账", quiet=quiet):
        return run_pass(path, station, now_or(at), options)


def _vouch(at: str | None, station: Station) -> None:
    """Real phones are written to at the real time only."""
    if at and station.reaches_phones:
        raise Misuse("--at 只能用于本机网关或与 --dry-run 同用：真实短信只按真实时间发送。")


def show_pass(result: PassResult) -> None:
    """A pass as tables."""
    rows = [
        (one.message.kind.value, one.message.to.unit, one.message.to.name, one.message.text, one.state)
        for one in result.messages[:MOST_SHOWN]
    ]
    if rows:
        show_table(f"短信（{len(result.messages)} 条）", ("类型", "收信单位", "收信人", "内容", "状态"), rows)
    else:
        echo("本轮没有要发的短信。")
    show_changes(result)
    problems = [one for one in result.findings if one.is_error and one.problem != result.obstacle]
    if problems:
        found = [(address(one.place, {}), one.problem, one.remedy) for one in problems[:MOST_PROBLEMS]]
        show_table(f"台账中的错误（{len(problems)} 处）", ("位置", "问题", "处理"), found)
    if len(problems) > MOST_PROBLEMS:
        echo(f"这里只列出前 {MOST_PROBLEMS} 处，全部错误用 duban check 查看。")
    for notice in (one for one in result.findings if one.rule == NOTICE):
        echo(notice.problem, "yellow")
    if result.pending and result.pending != result.obstacle:
        echo_unwritten(result.pending)
    if result.obstacle:
        echo(result.obstacle, "yellow")


def show_changes(result: PassResult) -> None:
    """The changed rows as a table."""
    rows = change_rows(result.changes)
    if rows:
        show_table(f"变动的行（{len(rows)} 行）", ("事项", "变动"), rows[:MOST_SHOWN])


def change_rows(changes: Iterable[Change]) -> list[tuple[str, str]]:
    """Changes gathered by matter: number, or row where it has none, and what became of its cells.

    What is wrong with a row stands among the errors; a count that begins at 0 is left out.
    """
    cells: dict[str, list[str]] = {}
    for change in changes:
        if change.field not in ("synced_at", "check_note") and (change.old is not None or change.new != 0):
            heading = column_heading(Place(change.place.sheet, None, change.field))
            was = "" if change.old is None else f"{_short(change.old)} → "
            cells.setdefault(change.matter or f"第{change.place.row}行", []).append(
                f"{heading}：{was}{_short(change.new)}"
            )
    return [(matter, "；".join(said)) for matter, said in cells.items()]


def _short(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%m-%d %H:%M}"
    return "空" if value is None else str(value)
