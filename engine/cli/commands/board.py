"""board: 看板.html, one page for leaders' phones, beside the ledger or at a given path."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import AsJson, At, ConfigPath, Force, LedgerPath, ledger_at, now_or, station_of, writing
from engine.cli.console import echo, print_json
from engine.service.board_page import page_path, rendered

Output = Annotated[Path | None, typer.Option("--output", metavar="文件", help="存到哪里，默认是台账旁边的 看板.html")]


def board_(
    ledger: LedgerPath,
    output: Output = None,
    force: Force = False,
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """看板：生成一个网页文件，手机、电脑都能看，可按灯色、单位、版块、责任领导筛选，可打印。"""
    facts, now = ledger_at(ledger), now_or(at)
    with station_of(config) as station:
        made = rendered(facts, station, station.policies_of(ledger), now)
        path = output or page_path(ledger, facts.settings.ledger_id)
        with writing(path):
            station.config.outputs(ledger, force=force).replace((path, made.encode()))
    if as_json:
        print_json({"path": str(path), "at": now})
    else:
        echo(f"看板已存到 {path}，用浏览器打开即可。", "green")
