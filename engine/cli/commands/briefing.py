"""briefing, year-end: the overdue matters for a meeting, and what is not cleared at the year's end. Both only read."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import (
    AsJson,
    ConfigPath,
    Force,
    LedgerPath,
    Misuse,
    check_ending,
    ledger_at,
    station_of,
    writing,
)
from engine.cli.console import echo, print_json, show_table
from engine.facts.matter import Matter
from engine.files.outputs import Outputs
from engine.papers.reports import briefing_docx, year_end_docx
from engine.review.briefing import BriefedMatter, Briefing, briefing, not_cleared
from engine.service.clock import OfficeClock
from engine.service.config import load_config
from engine.service.policies import policies_for

Word = Annotated[Path | None, typer.Option("--word", metavar="文件", help="另存为 .docx")]


def briefing_(
    ledger: LedgerPath,
    meeting: Annotated[str, typer.Option("--meeting", metavar="日期", help="开会日期，如 2026-12-03")],
    word: Word = None,
    force: Force = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """会议汇报：列出到开会前一日逾期未落实的事项，供常务会议通报。"""
    facts = ledger_at(ledger)
    at = min(_day(meeting), OfficeClock().now().replace(second=0, microsecond=0))
    with station_of(config) as station:
        found = briefing(facts, policies_for(ledger), station.outbox.history(facts.settings.ledger_id), at)
        if word:
            meant = _day(meeting) + timedelta(minutes=1)
            _keep(word, briefing_docx(found, meant, facts.settings), station.config.outputs(ledger, force=force))
    if as_json:
        print_json({"meeting": meeting} | _briefing_json(found))
        return
    if word:
        echo(f"已存到 {word}")
    counts = "，".join(f"{state.value} {count}" for state, count in found.by_state.items())
    echo(f"截至 {found.at:%Y-%m-%d %H:%M}，共 {found.total} 项：{counts or '无'}。")
    if not found.overdue:
        echo("没有逾期未落实的事项。")
        return
    headings = ("编号", "牵头单位", "节点", "期限", "逾期天数", "标记", "未函告意见", "条款")
    show_table(f"逾期未落实（{len(found.overdue)} 项）", headings, map(_briefed_row, found.overdue))


def year_end(
    ledger: LedgerPath,
    year: Annotated[int, typer.Option("--year", metavar="年份", help="如 2026")],
    word: Word = None,
    force: Force = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """年底清零：列出重点工作、重大改革两个版块尚未销号的事项。"""
    facts = ledger_at(ledger)
    if not 2000 <= year <= 2100:
        raise Misuse(f"年份 {year} 不对。请写四位年份，如 2026。")
    now = OfficeClock().now().replace(second=0, microsecond=0)
    found = not_cleared(facts, policies_for(ledger), year, now)
    if word:
        _keep(word, year_end_docx(found, year, now, facts.settings), load_config(config).outputs(ledger, force=force))
    if as_json:
        print_json([_matter_json(matter) for matter in found])
        return
    if word:
        echo(f"已存到 {word}")
    if found:
        rows = ((m.number, m.board, m.lead_unit, m.initiating_office, m.status) for m in found)
        show_table(f"{year}年尚未清零（{len(found)} 项）", ("编号", "版块", "牵头单位", "立项主体", "状态"), rows)
    else:
        echo(f"{year}年应清零的事项都已销号。")


def _keep(path: Path, content: bytes, outputs: Outputs) -> None:
    check_ending(path, ".docx")
    with writing(path):
        outputs.replace((path, content))


def _day(text: str) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Misuse(f"看不懂日期“{text}”。请写成 2026-12-03 这样的形式。") from None
    return datetime.combine(day, datetime.min.time()) - timedelta(minutes=1)


def _briefing_json(found: Briefing) -> dict[str, object]:
    return {
        "at": found.at,
        "total": found.total,
        "closed": found.closed,
        "by_state": {state.value: count for state, count in found.by_state.items()},
        "overdue": [
            _matter_json(one.matter)
            | {
                "duty": one.duty,
                "due": one.due,
                "days_overdue": one.days_overdue,
                "urgings": one.urgings,
                "escalation": one.escalation,
                "silent_units": one.silent_units,
                "clause": one.clause,
            }
            for one in found.overdue
        ],
    }


def _matter_json(matter: Matter) -> dict[str, object]:
    return {
        "matter": matter.number,
        "board": matter.board,
        "content": matter.content,
        "lead_unit": matter.lead_unit,
        "responsible_leader": matter.responsible_leader,
        "initiating_office": matter.initiating_office,
        "status": matter.status,
    }


def _briefed_row(one: BriefedMatter) -> tuple[object, ...]:
    matter = one.matter
    return (
        matter.number,
        matter.lead_unit or matter.handling_office,
        one.duty,
        one.due,
        one.days_overdue,
        one.escalation or "",
        "、".join(one.silent_units),
        one.clause,
    )
