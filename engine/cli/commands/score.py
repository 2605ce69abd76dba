"""score: the quarter's points, the year's ranking, and publishing them. Without --publish it only reads."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.commands.common import AsJson, At, ConfigPath, Force, LedgerPath, Misuse, now_or, station_of, writing
from engine.cli.commands.ledgers import show_findings
from engine.cli.commands.unit_points import entry_json, ledger_and_past, publication, quarter_of, title
from engine.cli.console import echo, print_json, show_table
from engine.facts.points import PointEntry, Quarter
from engine.files.outputs import Outputs
from engine.ledger.headings.finding_text import finding_json
from engine.rules.points.accountability import FoundClue, ungraded
from engine.rules.points.accountability import clues as clues_of
from engine.scores.scorebook import Scorebook, scorebook
from engine.service.config import load_config
from engine.service.policies import policies_for
from engine.service.published_sheets import among_last, clue_rows, publish, quarter_rows, year_rows
from engine.service.sms_faults import MARK, sms_faults

if TYPE_CHECKING:  # pandas costs start-up time
    from engine.papers.points_export import PointsExport
    from engine.scores.scoring import UnitScore

QuarterText = Annotated[str | None, typer.Option("--quarter", metavar="季度", help="如 2026Q1")]
YearNumber = Annotated[int | None, typer.Option("--year", metavar="年份", help="如 2026：年末总评和排名")]
Publish = Annotated[bool, typer.Option("--publish", help="通报：得分从此固定，写入台账")]
Scorer = Annotated[str, typer.Option("--scorer", metavar="姓名", help="通报时的评分人")]
Export = Annotated[Path | None, typer.Option("--export", metavar="文件", help="导出 .xlsx，并在旁边另存一份 .csv")]


def score(
    ledger: LedgerPath,
    quarter: QuarterText = None,
    year: YearNumber = None,
    publish_now: Publish = False,
    scorer: Scorer = "",
    export: Export = None,
    force: Force = False,
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
    book = scorebook(facts, policies_for(ledger), now, past)
    wishes = Wishes(ledger, now, publish_now, scorer, _Export.of(export, ledger, config, force=force), as_json, config)
    if quarter is not None:
        _quarter(book, quarter_of(quarter), wishes)
    elif year is not None:
        _year(book, year, wishes)


@dataclass(frozen=True, slots=True)
class _Export:
    """Where the export goes, if one is wanted: judged before anything is published, written after it."""

    path: Path | None
    outputs: Outputs

    @classmethod
    def of(cls, path: Path | None, ledger: Path, config: Path | None, *, force: bool) -> "_Export":
        return cls(path, load_config(config).outputs(ledger, force=force) if path else Outputs())

    def judge(self, make: "Callable[[], PointsExport]") -> Sequence[tuple[Path, bytes]]:
        """The files with their contents; none where none is wanted. Raises OutputRefused."""
        if self.path is None:
            return ()
        made = make()
        files = ((self.path, made.workbook), (self.path.with_suffix(".csv"), made.csv))
        for path, content in files:
            self.outputs.judged(path, content)
        return files

    def write(self, files: Sequence[tuple[Path, bytes]]) -> None:
        with writing(*(path for path, _ in files)):
            self.outputs.replace(*files)


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options besides the quarter or the year."""

    path: Path
    now: datetime
    publish: bool
    scorer: str
    export: "_Export"
    as_json: bool
    config: Path | None


@dataclass(frozen=True, slots=True)
class _Scored:
    """The result: the clues, and why nothing was written, if it should have been."""

    book: Scorebook
    clues: Sequence[FoundClue]
    pending: str | None
    wishes: Wishes

    def json(self) -> dict[str, object]:
        """What a quarter and a year have in common."""
        return {
            "at": self.wishes.now,
            "clues": [asdict(clue) | {"number": clue.number} for clue in self.clues],
            "left_out": [finding_json(finding) for finding in self.book.findings],
            "written": self.wishes.publish and self.pending is None,
            "pending": self.pending,
        }

    def inform(self, done: str) -> None:
        """What was left out, and whether it was written."""
        if self.book.findings:
            echo("登记有问题的如下，没有计分的已注明：", "yellow")
            show_findings(self.book.findings, self.book.account.ledger.letters)
        if self.wishes.publish:
            echo(f"工作簿未写入：{self.pending}" if self.pending else done, "yellow" if self.pending else "green")


def _quarter(book: Scorebook, quarter: Quarter, wishes: Wishes) -> None:
    from engine.papers.points_export import export_quarter
    from engine.scores.chart_cells import quarter_chart
    from engine.scores.scoring import quarter_scores

    account = book.account
    scores = quarter_scores(book.entries, account, quarter)
    entries = book.of(quarter)
    clues = [clue for clue in clues_of(account) if clue.at.date() <= quarter.last]
    files = wishes.export.judge(lambda: export_quarter(quarter, scores, entries))
    pending = None
    with station_of(wishes.config, acts=wishes.publish) as station:
        faults = sms_faults(entries, station.outbox, account.ledger.settings.ledger_id)
        if wishes.publish:
            rows = [*quarter_rows(book, quarter, scores, wishes.scorer, wishes.now), *clue_rows(clues)]
            pending = publish(wishes.path, station, rows, quarter_chart(quarter, scores), wishes.now)
    wishes.export.write(files)
    scored = _Scored(book, clues, pending, wishes)
    if wishes.as_json:
        print_json(_quarter_json(scored, quarter, scores, faults))
    else:
        _show_quarter(scored, quarter, scores, faults)


def _quarter_json(
    scored: _Scored, quarter: Quarter, scores: Sequence["UnitScore"], faults: frozenset[PointEntry]
) -> dict[str, object]:
    book, by_clause = scored.book, _by_clause(scored.book.of(quarter))
    return {
        "quarter": str(quarter),
        "published": publication(book, quarter),
        "digest": book.digest(quarter),
        "scores": [score_json(one) | {"by_clause": by_clause[one.unit]} for one in scores],
        "entries": [entry_json(entry) | {"sms_fault": entry in faults} for entry in book.of(quarter)],
        **scored.json(),
    }


def _by_clause(entries: Iterable[PointEntry]) -> Mapping[str, Mapping[str, float]]:
    """Each unit's points by the paragraph that its entries cite, to the tenth."""
    tenths: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        tenths[entry.unit][entry.clause] += entry.tenths
    sums = {unit: {clause: count / 10 for clause, count in sorted(of.items())} for unit, of in tenths.items()}
    return defaultdict(dict, sums)


def _show_quarter(
    scored: _Scored, quarter: Quarter, scores: Sequence["UnitScore"], faults: frozenset[PointEntry]
) -> None:
    from engine.scores.scoring import ranked

    headings = ("名次", "单位", "类别", "加减分", "得分", "笔数")
    rows = (
        (one.rank, one.unit, one.category, f"{one.total:+g}", f"{one.score:g}", one.entries) for one in ranked(scores)
    )
    show_table(f"{quarter} 积分（{title(scored.book, quarter)}）", headings, rows)
    _show_idle(scores)
    if faults:
        marked = ((e.date, e.unit, e.matter, e.evidence) for e in scored.book.of(quarter) if e in faults)
        show_table(MARK, ("日期", "单位", "事项", "依据"), marked)
    scored.inform(f"已通报 {quarter}，得分固定。")


def _show_idle(scores: Sequence["UnitScore"]) -> None:
    from engine.scores.scoring import without_work

    if idle := without_work(scores):
        echo(f"没有督办事项、不参加排名的单位（{len(idle)}个）：{'、'.join(idle)}。")


def _year(book: Scorebook, year: int, wishes: Wishes) -> None:
    from engine.papers.points_export import export_year
    from engine.scores.chart_cells import year_chart
    from engine.scores.ranking_clues import ranking_clues
    from engine.scores.scoring import year_scores

    if not 2000 <= year <= 2100:
        raise Misuse(f"年份 {year} 不对。请写四位年份，如 2026。")
    account = book.account
    today = wishes.now.date()
    readings = {way: year_scores(book.entries, account, year, today, way) for way in ("sum", "mean")}
    clues = [clue for clue in clues_of(account) if clue.at.year == year] + ranking_clues(book, year)
    of_year = [entry for entry in book.entries if entry.quarter.year == year]
    files = wishes.export.judge(lambda: export_year(year, readings, of_year))
    pending = None
    if wishes.publish:
        with station_of(wishes.config, acts=True) as station:
            rows = [*year_rows(book, year, readings, wishes.scorer, wishes.now), *clue_rows(clues)]
            charted = year_chart(year, readings[account.policy.points.year])
            pending = publish(wishes.path, station, rows, charted, wishes.now)
    wishes.export.write(files)
    scored = _Scored(book, clues, pending, wishes)
    if wishes.as_json:
        print_json(_year_json(scored, year, readings))
    else:
        _show_year(scored, year, readings)


def _year_json(scored: _Scored, year: int, readings: Mapping[str, Sequence["UnitScore"]]) -> dict[str, object]:
    from engine.scores.scoring import ties_for_last

    account = scored.book.account
    chosen, other = _both(scored.book, readings)
    others = {unit: {"score": one.score, "rank": one.rank} for unit, one in other.items()}
    return {
        "year": year,
        "reading": account.policy.points.year,
        "scores": [score_json(one) | {"other_reading": others[one.unit]} for one in chosen],
        "ties_for_last": ties_for_last(chosen),
        "ungraded": [asdict(one) for one in ungraded(account, year)],
        **scored.json(),
    }


def _show_year(scored: _Scored, year: int, readings: Mapping[str, Sequence["UnitScore"]]) -> None:
    from engine.scores.scoring import ranked, ties_for_last

    chosen, other = _both(scored.book, readings)
    headings = ("名次", "单位", "类别", "加减分", "得分", "另一读法", "倒数后几位")
    rows = (
        (one.rank, one.unit, one.category, f"{one.total:+g}", one.score, other[one.unit].score, among_last(one))
        for one in ranked(chosen)
    )
    show_table(f"{year}年 总评和排名", headings, rows)
    _show_idle(chosen)
    for hint in ties_for_last(chosen):
        echo(hint, "yellow")
    waiting = ungraded(scored.book.account, year)
    if waiting:
        lines = ((one.unit, one.board, one.evidence, one.clause) for one in waiting)
        show_table(f"尚未作年度评价（{len(waiting)} 个）", ("单位", "版块", "事项等级", "条款"), lines)
    if scored.clues:
        clues = ((clue.at, clue.unit, clue.clause, clue.evidence) for clue in scored.clues)
        show_table(f"线索（{len(scored.clues)} 条，是否追究由人决定）", ("时间", "单位", "条款", "内容"), clues)
    scored.inform(f"已写入{year}年的总评、排名和线索。")


def _both(
    book: Scorebook, readings: Mapping[str, Sequence["UnitScore"]]
) -> tuple[Sequence["UnitScore"], dict[str, "UnitScore"]]:
    """The scores by the policy's reading, and by unit those by the other one."""
    chosen = book.account.policy.points.year
    return readings[chosen], {one.unit: one for one in readings["mean" if chosen == "sum" else "sum"]}


def score_json(one: "UnitScore") -> dict[str, object]:
    """One unit's score."""
    return {
        "unit": one.unit,
        "category": one.category,
        "base": one.base,
        "by_column": dict(one.by_column),
        "total": one.total,
        "score": one.score,
        "rank": one.rank,
        "among_last": one.among_last,
        "tied_for_last": one.tied_for_last,
        "entries": one.entries,
    }
