"""Published points and clues in the workbook: read from their sheets, appended to them, never rewritten."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.facts.points import Quarter
from engine.ledger.headings.board_sheets import CHART_SHEET
from engine.ledger.headings.columns import CLUES, POINT_ENTRIES, QUARTER_SCORES, YEAR_RANKING, YES
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.cells import read_cells
from engine.ledger.reading.forms import FormCells, form_cells
from engine.ledger.reading.ledger import read_rows
from engine.rules.points.accountability import FoundClue
from engine.scores.publishing import (
    NotPublishable,
    Past,
    check_publishable,
    check_signed,
    digest_of,
    entry_row,
    published_quarters,
)
from engine.scores.scorebook import Scorebook

if TYPE_CHECKING:  # pandas costs start-up time, and the button does without the journal and the gateways
    from engine.scores.scoring import UnitScore
    from engine.service.host import Station

Row = dict[str, Value]
Cells = Mapping[tuple[str, int], Value]


def read_past(data: bytes) -> Past:
    """The published quarters that a workbook holds; none for a book that has not these sheets yet.

    Raises UnreadableWorkbook where only one of the two sheets can be read: published scores must not be forgotten.
    """
    try:
        heads = read_rows(data, QUARTER_SCORES.key)
    except UnreadableWorkbook:
        if _has_rows(data):
            raise
        return {}
    return published_quarters(read_rows(data, POINT_ENTRIES.key), heads)


def _has_rows(data: bytes) -> bool:
    try:
        return any(row.get("number") for row in read_rows(data, POINT_ENTRIES.key))
    except UnreadableWorkbook:
        return False


def publish(path: Path, station: "Station", rows: Sequence[NewRow], charted: Cells, now: datetime) -> str | None:
    """Append what was published, scores and clues in one step, and show it in the charts; why not now, if so. What
    stands there already stays as it is.

    Raises:
        UnreadableWorkbook, WorkbookBusyError, BookBusy: nothing was done.
    """
    with station.only_one(path) as path:
        book = station.book(path, lambda: now)
        book.settle()
        book.read()
        held = read_cells(book.data, (CHART_SHEET,)).get(CHART_SHEET.key)
        pending = book.apply(chart_changes(form_cells(held), charted) if held else (), rows).pending
    return f"{pending}没有写入，请处理好后再通报一次。" if pending else None


def chart_changes(held: FormCells, charted: Cells) -> list[Change]:
    """The cells to change so that the charts show what was published."""
    return [
        Change(Place(CHART_SHEET.key, row, letter), "", letter, held.get((letter, row)), value)
        for (letter, row), value in charted.items()
        if held.get((letter, row)) != value
    ]


def quarter_rows(
    book: Scorebook, quarter: Quarter, scores: Sequence["UnitScore"], scorer: str, now: datetime
) -> list[NewRow]:
    """What publishing a quarter appends: its entries to 积分明细, the scores with the digest to 季度积分.

    Raises:
        NotPublishable: the quarter must not be published, or there is nothing to publish.
    """
    check_publishable(quarter, book.past, scorer, now)
    if not scores:
        raise NotPublishable("没有要评分的单位。请先填「单位通讯录」。")
    entries = book.of(quarter)
    digest = digest_of(entries)
    rows = [NewRow(POINT_ENTRIES.key, entry_row(entry, now), "number") for entry in entries]
    return rows + [
        NewRow(QUARTER_SCORES.key, _score_row(quarter, score, scorer, now, digest), "number") for score in scores
    ]


def _score_row(quarter: Quarter, score: "UnitScore", scorer: str, now: datetime, digest: str) -> Row:
    return {
        "number": f"{quarter}-{score.unit}",
        "quarter": str(quarter),
        "unit": score.unit,
        "category": score.category,
        "base": score.base,
        **score.by_column,
        "total": score.total,
        "score": score.score,
        "rank": score.rank,
        "entries": score.entries,
        "scorer": scorer.strip(),
        "published_at": now,
        "digest": digest,
    }


def year_rows(
    book: Scorebook, year: int, readings: Mapping[str, Sequence["UnitScore"]], scorer: str, now: datetime
) -> list[NewRow]:
    """What publishing a year appends to 年度排名: its ranking by both readings.

    Raises:
        NotPublishable: a quarter of the year is not published yet, or nobody signs.
    """
    missing = [str(one) for number in (1, 2, 3, 4) if (one := Quarter(year, number)) not in book.past]
    if missing:
        raise NotPublishable(f"{'、'.join(missing)}还没有通报，不能作年末总评。请先逐季通报。")
    check_signed(scorer)
    means = {score.unit: score for score in readings["mean"]}
    return [
        NewRow(YEAR_RANKING.key, _year_row(year, one, means[one.unit], scorer, now), "number")
        for one in readings["sum"]
    ]


def _year_row(year: int, score: "UnitScore", mean: "UnitScore", scorer: str, now: datetime) -> Row:
    return {
        "number": f"{year}-{score.unit}",
        "year": year,
        "unit": score.unit,
        "category": score.category,
        **{f"q{number}": points for number, points in enumerate(score.by_column.values(), start=1)},
        "total": score.total,
        "sum_score": score.score,
        "sum_rank": score.rank,
        "mean_score": mean.score,
        "mean_rank": mean.rank,
        "among_last": among_last(score) or None,
        "scorer": scorer.strip(),
        "published_at": now,
    }


def among_last(score: "UnitScore") -> str:
    """The word for a unit among the last places, for one whose place hangs on a tie, or none."""
    return YES[0] if score.among_last else "同分待定" if score.tied_for_last else ""


def clue_rows(found: Iterable[FoundClue]) -> list[NewRow]:
    """What clues append to 问责线索."""
    return [NewRow(CLUES.key, clue_row(clue), "number") for clue in found]


def clue_row(clue: FoundClue) -> Row:
    """A clue as a row: what the engine found; everything else is for people."""
    return {
        "number": clue.number,
        "found_at": clue.at,
        "unit": clue.unit,
        "matter": clue.matter or None,
        "clause": clue.clause,
        "evidence": clue.evidence,
        "origin": "程序发现",
    }
