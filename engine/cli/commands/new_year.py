"""new-year: next year's book in the place of this year's, which stays beside it for reading."""

from typing import Annotated

import typer

from engine.cli.commands.common import AsJson, At, ConfigPath, LedgerPath, existing, now_or, station_of
from engine.cli.console import echo, print_json, working

Year = Annotated[int, typer.Option("--year", metavar="年份", help="结转到哪一年")]


def new_year_(
    ledger: LedgerPath, year: Year, at: At = None, as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """结转：在办的事项转入新一年的台账（仍用原来的文件名），旧台账另存在旁边，只供查阅。"""
    from engine.service.new_year import new_year  # here: openpyxl takes longer to load than other commands to run

    with station_of(config, acts=True) as station, working("正在结转", quiet=as_json):
        done = new_year(existing(ledger), year, station, now_or(at))
    if as_json:
        print_json({"path": str(done.path), "old": str(done.old), "carried": done.carried, "closed": done.closed})
        return
    echo(f"已结转到 {year} 年：{done.carried} 个在办事项转入 {done.path}，{done.closed} 个已办结的留在旧台账。")
    echo(f"旧台账另存为 {done.old}，只供查阅，请留在原处：没有通报的季度得分在新台账里通报，要用到它。")
    echo("值班程序不用改设置。")
