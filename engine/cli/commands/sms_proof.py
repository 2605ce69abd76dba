"""sms-proof: 短信回执证明 of one matter, as evidence of what was sent when points are deducted."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import (
    AsJson,
    ConfigPath,
    Force,
    LedgerPath,
    Misuse,
    ledger_at,
    matter_of,
    station_of,
    write_output,
)
from engine.cli.console import echo, print_json
from engine.files.file_names import file_name
from engine.papers.message_life import certificate_docx
from engine.service.sms_lives import lives_of

FOLDER = "短信回执证明"


def sms_proof(
    ledger: LedgerPath,
    number: Annotated[str, typer.Argument(metavar="事项编号", help="如 2026-日-0001")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="文件夹", help="放在哪个文件夹，默认为台账旁的“短信回执证明”")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """短信回执证明：一件事项发了哪些短信、何时、给谁、回执如何，生成 Word。"""
    facts = ledger_at(ledger)
    matter = matter_of(facts, number)
    with station_of(config) as station:
        lives = lives_of(station.outbox, facts.settings.ledger_id, matter.number)
        if not lives:
            raise Misuse(f"本机的发送日志里没有事项 {number} 的短信。请在值班电脑上运行。")
        outputs = station.config.outputs(ledger, force=force)
        content = certificate_docx(matter, lives, facts.settings, station.clock.now())
    path = (to or ledger.parent / FOLDER) / f"{file_name(matter.number)}.docx"
    write_output(outputs, path, content)
    if as_json:
        print_json({"matter": matter.number, "path": str(path), "messages": len(lives)})
    else:
        echo(f"已生成：{path}（{len(lives)} 次）")
