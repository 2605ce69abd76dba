"""tidy: an old ledger in the new order of its columns, nothing lost; a backup first."""

from typing import Annotated

import typer

from engine.cli.commands.common import AsJson, At, ConfigPath, LedgerPath, bytes_at, now_or, station_of
from engine.cli.console import echo, print_json, show_table, working
from engine.ledger.reading.ledger import read_ledger
from engine.ledger.tidying.tidy import TidyBook

DryRun = Annotated[bool, typer.Option("--dry-run", help="只列出会怎样改，不改动台账")]


def tidy_(
    ledger: LedgerPath,
    dry_run: DryRun = False,
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """整理：把旧台账的列序、分组、列宽和打印设置整理成新样式，自己加的列、颜色、批注都保留，先备份。"""
    from engine.service.tidying import planned, tidy  # here: the store takes longer to load than a plan

    data = bytes_at(ledger)
    backup = None
    if dry_run:
        made = planned(data, read_ledger(data))
    else:
        with station_of(config, acts=True) as station, working("正在整理", quiet=as_json):
            result = tidy(ledger, station, now_or(at))
        made, backup = result.book, result.backup
    if as_json:
        print_json(
            {
                "written": backup is not None,
                "backup": str(backup) if backup else None,
                "parts": sorted(made.parts),
                "columns": [{"heading": name, "from": old or None, "to": new} for name, old, new in made.moves],
            }
        )
        return
    _show(made, dry_run=dry_run)
    if backup:
        echo(f"已整理，整理前的台账备份在 {backup}。", "green")
        echo("要退回整理前：关闭台账，把这份备份复制回原处、改回原来的文件名。")


def _show(made: TidyBook, *, dry_run: bool) -> None:
    if not made.parts:
        echo("台账已经是新的样式，不用整理。", "green")
        return
    moves = [*made.moves]
    if moves:
        rows = [(name, f"{old}列" if old else "没有，补上空列", f"{new}列") for name, old, new in moves]
        show_table("列的变化", ("表头", "原来", "整理后"), rows)
    echo("事项编号和预警灯固定在左边；立项、交办、省级、办结和程序自留的列收进分组，点表头上方的［+］展开。")
    echo("列宽、A3 横向、一页宽和每页重复表头，也按新样式设好；行、内容、颜色、批注、有效性、筛选都不变。")
    if dry_run:
        echo("以上只是预告，台账没有改动。去掉 --dry-run 再运行就整理。", "yellow")
