"""notice: what the button 下发通知 does, from the command line."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import AsJson, At, ConfigPath, LedgerPath, existing, now_or, station_of
from engine.cli.console import echo, print_json, show_table, working
from engine.cli.json_shapes import change_json
from engine.papers.notice_document import Per
from engine.service.issuing import FOLDER, run_notice


class PerWord(StrEnum):
    """``--per`` as it is typed."""

    UNIT = "unit"
    MATTER = "matter"


_PER = {PerWord.UNIT: Per.UNIT, PerWord.MATTER: Per.MATTER}


def notice(
    ledger: LedgerPath,
    numbers: Annotated[list[str], typer.Argument(metavar="事项编号…", help="如 2026-日-0001，可以写几个")],
    per: Annotated[
        PerWord, typer.Option("--per", metavar="份数", help="unit 每个单位一份（默认），matter 每个事项一份")
    ] = PerWord.UNIT,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="文件夹", help=f"放在哪个文件夹，默认为台账旁的“{FOLDER}”"),
    ] = None,
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """下发通知：给事项生成 Word 通知，编通知文号，写入下发时间；交办短信随后由程序发出。"""
    with station_of(config, acts=True) as station, working("正在生成通知", quiet=as_json):
        done = run_notice(existing(ledger), numbers, _PER[per], folder, station, now_or(at))
    if as_json:
        made = [
            {
                "number": one.number,
                "issued_at": one.issued_at,
                "recipients": list(one.recipients),
                "matters": [matter.number for matter in one.matters],
                "path": str(path),
            }
            for one, path in zip(done.notices, done.files, strict=True)
        ]
        print_json({"notices": made, "changes": [change_json(change) for change in done.changes]})
        return
    rows = (
        (one.number, "、".join(one.recipients), "、".join(matter.number for matter in one.matters), path.name)
        for one, path in zip(done.notices, done.files, strict=True)
    )
    show_table(f"已下发（{len(done.notices)} 份）", ("通知文号", "主送", "事项", "文件"), rows)
    echo(f"文件在 {done.files[0].parent}，请核对后印发；交办短信由值班程序随后发出。")
