"""score: the quarter's points, the year's ranking, and publishing them. Without --publish it only looks."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.commands.common import AsJson, At, ConfigPath, LedgerPath, Misuse, bytes_at, now_or, station_of
from engine.commands.ledgers import show_findings
from engine.console import print_json, say, show_table
from engine.facts.ledger import Ledger
from engine.facts.points import PointEntry, Quarter
from engine.ledger.addresses import finding_json
from engine.ledger.reading import read_ledger
from engine.policy.loading import shipped_policies
from engine.published_sheets import read_past, write_clues, write_quarter, write_year
from engine.publishing import Past
from engine.rules.accountability import clues as clues_of
from engine.rules.accountability import ungraded
from engine.scorebook import Scorebook, of_unit, scorebook
from engine.sms_faults import MARK, sms_faults

if TYPE_CHECKING:  # pandas costs start-up time
    from engine.scoring import UnitScore

QuarterText = Annotated[str | None, typer.Option("--quarter", metavar="季度", help="如 2026Q1")]
YearNumber = Annotated[int | None, typer.Option("--year", metavar="年份", help="如 2026：年末总评和排名")]
Publish = Annotated[bool, typer.Option("--publish", help="通报：得分从此固定，写入台账")]
Scorer = Annotated[str, typer.Option("--scorer", metavar="姓名", help="通报时的评分人")]
Export = Annotated[Path | None, typer.Option("--export", metavar="文件", help="导出 .xlsx，并在旁边另存一份 .csv")]


def score(
    ledger: LedgerPath,
    quarter: QuarterText = None,
    year: YearNumber = None,
    publish: Publish = False,
    scorer: Scorer = "",
    export: Export = None,
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """评分：列出各单位的季度积分或年度排名；加 --publish 通报并固定下来。"""
    if (quarter is None) == (year is None):
        raise Misuse("请写明评哪个季度（--quarter 2026Q1）或哪一年（--year 2026），两者选一。")
    if export and export.suffix.lower() != ".xlsx":
        raise Misuse(f"导出的文件名“{export.name}”要以 .xlsx 结尾；CSV 会自动存在旁边。")
    now = now_or(at)
    facts, past = ledger_and_past(ledger)
    book = scorebook(facts, shipped_policies(), now, past)
    wishes = Wishes(ledger, now, publish, scorer, export, as_json, config)
    if quarter is not None:
        _quarter(book, quarter_of(quarter), wishes)
    elif year is not None:
        _year(book, year, wishes)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for besides the quarter or the year."""

    path: Path
    now: datetime
    publish: bool
    scorer: str
    export: Path | None
    as_json: bool
    config: Path | None


def ledger_and_past(path: Path) -> tuple[Ledger, Past]:
    """The ledger and its published quarters, of one save. Raises UnreadableWorkbook."""
    data = bytes_at(path)
    return read_ledger(data), read_past(data)


def quarter_of(text: str) -> Quarter:
    """A quarter as typed. Raises Misuse."""
    try:
        return Quarter.parse(text)
    except ValueError:
        raise Misuse(f"看不懂季度“{text}”。请写成 2026Q1 这样的形式（年份、Q、1到4）。") from None


def _quarter(book: Scorebook, quarter: Quarter, wishes: Wishes) -> None:
    from engine.points_export import export_quarter
    from engine.scoring import quarter_scores

    account = book.account
    scores = quarter_scores(book.entries, account.units, account.policy, quarter)
    entries = book.of(quarter)
    clues = [clue for clue in clues_of(account) if clue.at.date() <= quarter.last]
    pending = None
    with station_of(wishes.config) as station:
        faults = sms_faults(entries, station.outbox, account.ledger.settings.ledger_id)
        if wishes.publish:
            pending = write_quarter(wishes.path, station, book, quarter, scores, wishes.scorer, wishes.now)
            pending = pending or write_clues(wishes.path, station, clues, wishes.now)
    if wishes.export:
        export_quarter(wishes.export, quarter, scores, entries)
    if wishes.as_json:
        print_json(
            {
                "quarter": str(quarter),
                "at": wishes.now,
                "published": _publication(book, quarter),
                "digest": book.digest(quarter),
                "scores": [score_json(one) for one in scores],
                "entries": [entry_json(entry) | {"sms_fault": entry in faults} for entry in entries],
                "clues": [asdict(clue) | {"number": clue.number} for clue in clues],
                "left_out": [finding_json(finding) for finding in book.findings],
                "written": wishes.publish and pending is None,
                "pending": pending,
            }
        )
        return
    headings = ("名次", "单位", "类别", "加减分", "得分", "笔数")
    rows = ((one.rank, one.unit, one.category, f"{one.total:+g}", f"{one.score:g}", one.entries) for one in scores)
    show_table(f"{quarter} 积分（{_title(book, quarter)}）", headings, rows)
    marked = ((e.date, e.unit, e.matter, e.evidence) for e in entries if e in faults)
    if faults:
        show_table(MARK, ("日期", "单位", "事项", "依据"), marked)
    _tell(book, pending, f"已通报 {quarter}，得分固定。", wishes)


def _year(book: Scorebook, year: int, wishes: Wishes) -> None:
    from engine.points_export import export_year
    from engine.ranking_clues import ranking_clues
    from engine.scoring import year_scores

    if not 2000 <= year <= 2100:
        raise Misuse(f"年份 {year} 不对。请写四位年份，如 2026。")
    account = book.account
    today, units = wishes.now.date(), account.units
    readings = {way: year_scores(book.entries, units, account.policy, year, today, way) for way in ("sum", "mean")}
    chosen = account.policy.points.year
    other = {one.unit: one for one in readings["mean" if chosen == "sum" else "sum"]}
    clues = [clue for clue in clues_of(account) if clue.at.year == year] + ranking_clues(book, year)
    pending = None
    if wishes.publish:
        with station_of(wishes.config) as station:
            pending = write_year(wishes.path, station, book, year, readings, wishes.scorer, wishes.now)
            pending = pending or write_clues(wishes.path, station, clues, wishes.now)
    if wishes.export:
        export_year(wishes.export, year, readings, [entry for entry in book.entries if entry.quarter.year == year])
    waiting = ungraded(account, year)
    if wishes.as_json:
        others = {unit: {"score": one.score, "rank": one.rank} for unit, one in other.items()}
        print_json(
            {
                "year": year,
                "at": wishes.now,
                "reading": chosen,
                "scores": [score_json(one) | {"other_reading": others[one.unit]} for one in readings[chosen]],
                "clues": [asdict(clue) | {"number": clue.number} for clue in clues],
                "ungraded": [asdict(one) for one in waiting],
                "left_out": [finding_json(finding) for finding in book.findings],
                "written": wishes.publish and pending is None,
                "pending": pending,
            }
        )
        return
    headings = ("名次", "单位", "类别", "加减分", "得分", "另一读法", "倒数后几位")
    rows = (
        (one.rank, one.unit, one.category, f"{one.total:+g}", one.score, other[one.unit].score, "是" * one.among_last)
        for one in readings[chosen]
    )
    show_table(f"{year}年 总评和排名", headings, rows)
    if waiting:
        lines = ((one.unit, one.board, one.evidence, one.clause) for one in waiting)
        show_table(f"尚未作年度评价（{len(waiting)} 个）", ("单位", "版块", "事项等级", "条款"), lines)
    if clues:
        told = ((clue.at, clue.unit, clue.clause, clue.evidence) for clue in clues)
        show_table(f"线索（{len(clues)} 条，是否追究由人决定）", ("时间", "单位", "条款", "内容"), told)
    _tell(book, pending, f"已写入{year}年的总评、排名和线索。", wishes)


def explain_unit(path: Path, name: str, quarter: Quarter, now: datetime, as_json: bool, config: Path | None) -> None:
    """Each entry of one unit in one quarter, with its evidence. Raises Misuse for a unit that is not scored."""
    facts, past = ledger_and_past(path)
    unit = facts.directory.find(name.strip())
    if unit is None:
        raise Misuse(f"通讯录里没有单位“{name}”。请写「单位通讯录」中的单位名或别名。")
    book = of_unit(facts, unit.name, shipped_policies(), now, past)
    if unit.name not in book.account.units:
        raise Misuse(f"“{unit.name}”不在积分范围内：科室不计积分。")
    entries = book.of(quarter)
    base, total = book.account.policy.points.base, sum(entry.tenths for entry in entries) / 10
    with station_of(config) as station:
        faults = sms_faults(entries, station.outbox, facts.settings.ledger_id)
    if as_json:
        shown = [entry_json(entry) | {"sms_fault": entry in faults} for entry in entries]
        told = {"unit": unit.name, "quarter": str(quarter), "at": now, "published": _publication(book, quarter)}
        print_json(told | {"base": base, "total": total, "score": base + total, "entries": shown})
        return
    say(f"{unit.name} {quarter}：基准分 {base:g}，加减分 {total:+g}，得分 {base + total:g}（{_title(book, quarter)}）")
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


def _publication(book: Scorebook, quarter: Quarter) -> dict[str, object] | None:
    done = book.past.get(quarter)
    return {"scorer": done.scorer, "at": done.at} if done else None


def _title(book: Scorebook, quarter: Quarter) -> str:
    done = book.past.get(quarter)
    return f"已通报，评分人 {done.scorer}" if done else "试算，未通报"


def _tell(book: Scorebook, pending: str | None, done: str, wishes: Wishes) -> None:
    """What was left out, and whether it was written."""
    if book.findings:
        say("登记有问题的如下，没有计分的已注明：", "yellow")
        show_findings(book.findings, book.account.ledger.letters)
    if wishes.publish:
        say(f"工作簿未写入：{pending}" if pending else done, "yellow" if pending else "green")


def score_json(one: "UnitScore") -> dict[str, object]:
    """One unit's score."""
    return {
        "unit": one.unit,
        "category": one.category,
        "base": one.base,
        "by_clause": dict(one.by_clause),
        "total": one.total,
        "score": one.score,
        "rank": one.rank,
        "among_last": one.among_last,
        "entries": one.entries,
    }


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
