"""card: the 签批卡片 of the province's matters, for leaders to sign before anybody handles them (SZ1-10.1)."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import AsJson, At, ConfigPath, LedgerPath, ledger_at, now_or
from engine.cli.console import echo, print_json, show_table
from engine.papers.cards import FOLDER, card_files, cards, named
from engine.service.config import load_config
from engine.service.policies import policies_for


def card(
    ledger: LedgerPath,
    words: Annotated[
        list[str],
        typer.Argument(metavar="事项编号…", help="如 2026-省-0001，可以写几个；还没有编号的写行号，如 第12行"),
    ],
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="文件夹", help=f"放在哪个文件夹，默认为台账旁的“{FOLDER}”"),
    ] = None,
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """签批卡片：给省政府交办的事项生成 Word 卡片，供办公厅分管领导和市领导签批；台账不改动。"""
    facts = ledger_at(ledger)
    made = cards(facts, named(facts, words), policies_for(ledger), now_or(at))
    paths = card_files(made, folder or ledger.parent / FOLDER, load_config(config).outputs(ledger))
    shown = [(one.matter.number or None, one.matter.place.row, path) for one, path in zip(made, paths, strict=True)]
    if as_json:
        print_json({"cards": [{"matter": number, "row": row, "path": str(path)} for number, row, path in shown]})
        return
    rows = ((number or "（未编号）", row, path.name) for number, row, path in shown)
    show_table(f"签批卡片（{len(paths)} 张）", ("事项编号", "行", "文件"), rows)
    echo(f"文件在 {paths[0].parent}，请打印后送签；签批后请把姓名和时间补填到台账。")
