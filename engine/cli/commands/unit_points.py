"""The points of one unit and its entries, as commands show them."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from engine.cli.commands.common import Misuse, bytes_at, station_of
from engine.cli.console import echo, print_json, show_table
from engine.facts.ledger import Ledger
from engine.facts.points import PointEntry, Quarter
from engine.ledger.reading.ledger import read_ledger
from engine.scores.publishing import Past
from engine.scores.scorebook import Scorebook, of_unit
from engine.service.old_books import with_old_books
from engine.service.policies import policies_for
from engine.service.published_sheets import read_past
from engine.service.sms_faults import MARK, sms_faults


def ledger_and_past(path: Path) -> tuple[Ledger, Past]:
    """The ledger with the closed matters of earlier years, and its published quarters, of one save.

    Raises UnreadableWorkbook, NoOldBook.
    """
    data = bytes_at(path)
    return with_old_books(read_ledger(data), path), read_past(data)


def quarter_of(text: str) -> Quarter:
    """A quarter as typed. Raises Misuse."""
    try:
        return Quarter.parse(text)
    except ValueError:
        raise Misuse(f"看不懂季度“{text}”。请写成 2026Q1 这样的形式（年份、Q、1到4）。") from None


def explain_unit(path: Path, name: str, quarter: Quarter, now: datetime, as_json: bool, config: Path | None) -> None:
    """Each entry of one unit in one quarter, with its evidence. Raises Misuse for a unit that is not scored."""
    facts, past = ledger_and_past(path)
    unit = facts.directory.find(name.strip())
    if unit is None:
        raise Misuse(f"通讯录里没有单位“{name}”。请写「单位通讯录」中的单位名或别名。")
    book = of_unit(facts, unit.name, policies_for(path), now, past)
    if unit.name not in book.account.units:
        raise Misuse(f"“{unit.name}”不在积分范围内：科室不计积分。")
    entries = book.of(quarter)
    base, total = book.account.policy.points.base, sum(entry.tenths for entry in entries) / 10
    with station_of(config) as station:
        faults = sms_faults(entries, station.outbox, facts.settings.ledger_id)
    if as_json:
        shown = [entry_json(entry) | {"sms_fault": entry in faults} for entry in entries]
        answer = {"unit": unit.name, "quarter": str(quarter), "at": now, "published": publication(book, quarter)}
        print_json(answer | {"base": base, "total": total, "score": base + total, "entries": shown})
        return
    echo(f"{unit.name} {quarter}：基准分 {base:g}，加减分 {total:+g}，得分 {base + total:g}（{title(book, quarter)}）")
    show_entries(f"共 {len(entries)} 笔", entries, faults)


def show_entries(title: str, entries: Iterable[PointEntry], faults: frozenset[PointEntry] = frozenset()) -> None:
    """Entries as a table, each with its evidence in plain words."""
    rows = (
        (entry.date, entry.kind, f"{entry.points:+g}", entry.clause, _evidence(entry, entry in faults), entry.scorer)
        for entry in entries
    )
    show_table(title, ("日期", "事由", "分值", "条款", "依据", "评分主体"), rows)


def _evidence(entry: PointEntry, fault: bool) -> str:
    reading = f"（读法{entry.reading}）" if entry.reading else ""
    return entry.evidence + reading + (f"【{MARK}】" if fault else "")


def publication(book: Scorebook, quarter: Quarter) -> dict[str, object] | None:
    """By whom and when a quarter was published; ``None`` for one that is not."""
    done = book.past.get(quarter)
    return {"scorer": done.scorer, "at": done.at} if done else None


def title(book: Scorebook, quarter: Quarter) -> str:
    """The same for the heading of a table."""
    done = book.past.get(quarter)
    return f"已通报，评分人 {done.scorer}" if done else "试算，未通报"


def entry_json(entry: PointEntry) -> dict[str, object]:
    """One entry."""
    return {
        "unit": entry.unit,
        "role": entry.role,
        "matter": entry.matter or None,
        "clause": entry.clause,
        "kind": entry.kind.value,
        "points": entry.points,
        "date": entry.date,
        "quarter": str(entry.quarter),
        "evidence": entry.evidence,
        "scorer": entry.scorer,
        "reading": entry.reading,
        "corrects": entry.corrects or None,
    }
