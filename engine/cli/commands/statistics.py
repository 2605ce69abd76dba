"""statistics: how the matters stand, by 承办单位, 任务来源, 版块, 立项主体 and month, for the leaders (SZ1-21)."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.commands.common import (
    AsJson,
    At,
    ConfigPath,
    Force,
    LedgerPath,
    Misuse,
    bytes_at,
    check_ending,
    now_or,
    writing,
)
from engine.cli.console import echo, print_json, show_table
from engine.files.outputs import Outputs
from engine.ledger.reading.ledger import read_ledger
from engine.review.burden import Burden
from engine.review.matter_figures import MatterFigures
from engine.review.statistics import Figures, Statistics, statistics
from engine.service.config import load_config
from engine.service.policies import policies_for

From = Annotated[str | None, typer.Option("--from", metavar="日期", help="立项时间从哪天起，默认为今年1月1日")]
To = Annotated[str | None, typer.Option("--to", metavar="日期", help="到哪天为止（含当天），默认为今天")]
Export = Annotated[Path | None, typer.Option("--export", metavar="文件", help="另存为带图表的 .xlsx")]
Word = Annotated[Path | None, typer.Option("--word", metavar="文件", help="另存为报领导的 .docx")]


def statistics_(
    ledger: LedgerPath,
    since: From = None,
    until: To = None,
    export: Export = None,
    word: Word = None,
    force: Force = False,
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """统计分析：按承办单位、任务来源、版块、立项主体、立项月份统计办理和报送情况，可导出图表和报告。"""
    from engine.service.burden import burden_of_book  # here: the store takes longer to load than the figures

    check_ending(export, ".xlsx")
    check_ending(word, ".docx")
    now = now_or(at)
    first = _day(since) if since else datetime(now.year, 1, 1)
    last = _day(until) if until else datetime.combine(now.date(), datetime.min.time())
    if last < first:
        raise Misuse(f"起止日期反了：从 {first:%Y-%m-%d} 到 {last:%Y-%m-%d}。请核对。")
    data, policies = bytes_at(ledger), policies_for(ledger)
    facts = read_ledger(data)
    found = statistics(facts, policies, first, last + timedelta(days=1), now)
    if export or word:
        asked = burden_of_book(data, facts, policies, min(last, now)) if export else None
        outputs = load_config(config).outputs(ledger, force=force)
        _keep(found, asked, (export, word), facts.settings.office_name, outputs)
    if as_json:
        print_json(_json(found))
        return
    _show(found)
    for path in (export, word):
        if path:
            echo(f"已存到 {path}")


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), datetime.min.time())
    except ValueError:
        raise Misuse(f"看不懂日期“{text}”。请写成 2026-12-03 这样的形式。") from None


def _keep(
    found: Statistics, asked: Burden | None, paths: tuple[Path | None, Path | None], office: str, outputs: Outputs
) -> None:
    from engine.papers.statistics_export import export_statistics, report_docx

    export, word = paths
    made = [(export, export_statistics(found, asked))] if export and asked else []
    made += [(word, report_docx(found, office))] if word else []
    with writing(*(path for path, _ in made)):
        outputs.replace(*made)


def _show(found: Statistics) -> None:
    from engine.papers.statistics_export import SHORT_COLUMNS, short_line, summary

    for line in summary(found):
        echo(line)
    for name, groups in found.by if found.matters else ():
        show_table(f"按{name}（{len(groups)}）", (name, *SHORT_COLUMNS), map(short_line, groups))


def _json(found: Statistics) -> dict[str, Any]:
    return {
        "from": found.since,
        "to": found.until,
        "at": found.at,
        "total": _figures_json(found.total),
        "by": {name: [_figures_json(one) for one in groups] for name, groups in found.by},
        "matters": [_matter_json(one) for one in found.matters],
    }


def _figures_json(one: Figures) -> dict[str, Any]:
    rates = {"completion_rate": one.completion_rate, "punctuality": one.punctuality}
    return asdict(one) | {"by_status": {status.value: count for status, count in one.by_status}} | rates


def _matter_json(one: MatterFigures) -> dict[str, Any]:
    unit, source, board, office, month = one.groups
    words = {"unit": unit, "source": source, "board": board, "initiating_office": office, "month": month}
    figures = {name: value for name, value in asdict(one).items() if name not in ("number", "groups")}
    return {"matter": one.number} | words | figures
