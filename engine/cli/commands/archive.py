"""archive: the papers of one matter as a zip (SZ1-20)."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import (
    AsJson,
    ConfigPath,
    Force,
    LedgerPath,
    Misuse,
    bytes_at,
    matter_of,
    now_or,
    station_of,
    write_output,
)
from engine.cli.console import echo, print_json
from engine.facts.message import ObligationKey
from engine.files.file_names import file_name
from engine.ledger.headings.columns import MESSAGE_LOG
from engine.ledger.reading.ledger import read_ledger, read_rows
from engine.papers.archive import Material, archive, rows_of_log
from engine.policy.workdays import YearNotCoveredError
from engine.rules.checks.row import has_ended
from engine.service.pass_review import starts
from engine.service.sms_lives import lives_of

FOLDER = "归档"


def archive_(
    ledger: LedgerPath,
    number: Annotated[str, typer.Argument(metavar="事项编号", help="如 2026-日-0001")],
    to: Annotated[
        Path | None, typer.Option("--to", metavar="文件夹", help="放在哪个文件夹，默认为台账旁的“归档”")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """归档：把一件事项的台账行、各项记录、时间线、短信及回执、通知打成一个压缩包。"""
    data = bytes_at(ledger)
    facts = read_ledger(data)
    matter = matter_of(facts, number)
    with station_of(config) as station:
        outputs = station.config.outputs(ledger, force=force)
        ledger_id = facts.settings.ledger_id
        journal = station.outbox.log_rows(ledger_id, matter.number)
        known = station.outbox.outcomes(ledger_id, matter.number)
        material = Material(
            facts,
            rows_of_log(read_rows(data, MESSAGE_LOG.key), journal, matter.number),
            station.outbox.history(ledger_id),
            {ObligationKey(*key): word for key, word in known.items()},
            starts(facts, station.journal.served(ledger_id)),
            lives_of(station.outbox, ledger_id, matter.number),
        )
        try:
            content = archive(material, matter, station.policies_of(ledger), now_or(None))
        except YearNotCoveredError as gap:
            raise Misuse(f"{gap}。请在「节假日」录入后再试。") from gap
    path = (to or ledger.parent / FOLDER) / f"{file_name(matter.number)}.zip"
    write_output(outputs, path, content)
    if as_json:
        print_json({"matter": matter.number, "path": str(path), "ended": has_ended(matter)})
        return
    echo(f"已归档：{path}")
    if not has_ended(matter):
        echo("这件事项还没有销号，里面是截至目前的资料，办结后请再归档一次。")
