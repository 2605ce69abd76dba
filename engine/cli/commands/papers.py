"""circular, sheet: Word drafts of 通报, 督办单 of single matters, 督查单 of a regime. The ledger is only read."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.commands.common import (
    AsJson,
    At,
    ConfigPath,
    LedgerPath,
    Misuse,
    bytes_at,
    ledger_at,
    now_or,
    station_of,
    writing,
)
from engine.cli.console import echo, print_json
from engine.facts.ledger import Ledger
from engine.files.file_names import file_name
from engine.papers.escalation_paper import escalation_papers
from engine.papers.reports import matter_docx
from engine.review.ledger_review import review
from engine.rules.duties.cases import Cases
from engine.service.board_page import board_of
from engine.service.circulars import CircularDesk, CircularKind, circular_path

if TYPE_CHECKING:  # the store takes longer to load than most commands to run
    from engine.service.host import Station

SHEETS_FOLDER = "督办单"


def circular(
    ledger: LedgerPath,
    kind: Annotated[CircularKind, typer.Option("--kind", metavar="种类", help="汇总、重点、排名、批评")],
    quarter: Annotated[str, typer.Option("--quarter", metavar="季度", help="排名通报的季度，如 2026Q3")] = "",
    number: Annotated[str, typer.Option("--number", metavar="文号", help="经批准后的文号；不写就是草稿")] = "",
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """通报：生成 Word 通报草稿；经批准并有记录的，才能编号。"""
    facts, now = ledger_at(ledger), now_or(at)
    with station_of(config) as station:
        sent = station.outbox.history(facts.settings.ledger_id)
        made = CircularDesk(facts, bytes_at(ledger), station.policies_of(ledger), sent, now).made(kind, number, quarter)
        path = circular_path(ledger, kind, number, now)
        with writing(path):
            station.config.outputs(ledger).create(path, made)
    if as_json:
        print_json({"kind": kind.value, "number": number or None, "path": str(path)})
    else:
        echo(f"已存到 {path}。" + ("" if number else "这是草稿，经批准后再编号印发。"), "green")


def sheet(
    ledger: LedgerPath,
    numbers: Annotated[list[str], typer.Argument(metavar="事项编号…", help="如 2026-日-0001，可以写几个")],
    paper: Annotated[str, typer.Option("--paper", metavar="名称", help="改为制度规定的督查单，如 蓝色督查单")] = "",
    number: Annotated[str, typer.Option("--number", metavar="文号", help="经批准的督查单的文号；不写就是草稿")] = "",
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """督办单：给事项各生成一份 Word 督办单，供打印、批示；或制度规定的督查单。"""
    if number and not paper:
        raise Misuse("督办单没有文号。要给督查单编号，请写明 --paper。")
    facts, now = ledger_at(ledger), now_or(at)
    with station_of(config) as station:
        if paper:
            folder = ledger.parent / file_name(paper)
            cases = Cases(facts, station.policies_of(ledger), now)
            papers = escalation_papers(cases, numbers, paper, number)
            made = [(folder / one.file_name(paper), one.content) for one in papers]
        else:
            folder, made = ledger.parent / SHEETS_FOLDER, _sheets(facts, numbers, station, ledger, now)
        with writing(folder):
            folder.mkdir(exist_ok=True)
            station.config.outputs(ledger).replace(*made)
    if as_json:
        print_json([str(path) for path, _ in made])
    else:
        echo(f"{len(made)} 份{paper or SHEETS_FOLDER}在 {folder}。", "green")


def _sheets(
    facts: Ledger, numbers: list[str], station: "Station", ledger: Path, now: datetime
) -> list[tuple[Path, bytes]]:
    sent = station.outbox.history(facts.settings.ledger_id)
    reviewed = review(facts, sent, station.policies_of(ledger), now, facts.settings.enabled_from)
    found = {one.matter.number: one for one in board_of(facts, reviewed, station.policies_of(ledger)).matters}
    unknown = [number for number in numbers if number not in found]
    if unknown:
        raise Misuse(f"台账中没有事项 {'、'.join(unknown)}。请核对编号。")
    return [
        (
            ledger.parent / SHEETS_FOLDER / f"督办单 {file_name(number)}.docx",
            matter_docx(facts, found[number], facts.settings, now),
        )
        for number in dict.fromkeys(numbers)
    ]
