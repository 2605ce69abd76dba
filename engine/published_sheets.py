"""Published points and clues in the workbook: read from their sheets, appended to them, never rewritten."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.facts.change import NewRow, Value
from engine.facts.points import Quarter
from engine.ledger.columns import CLUES, POINT_ENTRIES, QUARTER_SCORES, YEAR_RANKING, YES
from engine.ledger.container import UnreadableWorkbook
from engine.ledger.reading import read_rows
from engine.ledger.score_columns import CLAUSE_FIELDS
from engine.publishing import (
    NotPublishable,
    Past,
    check_publishable,
    check_signed,
    digest_of,
    entry_row,
    published_quarters,
)
from engine.rules.accountability import FoundClue
from engine.scorebook import Scorebook

if TYPE_CHECKING:  # pandas costs start-up time, and the button does without the journal and the gateways
    from engine.scoring import UnitScore
    from engine.station import Station

Row = dict[str, Value]


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


def write_quarter(
    path: Path,
    station: "Station",
    book: Scorebook,
    quarter: Quarter,
    scores: Sequence["UnitScore"],
    scorer: str,
    now: datetime,
) -> str | None:
    """Publish a quarter: its entries into 积分明细, the scores with the digest into 季度积分; why not now, if so.

    Raises:
        NotPublishable: the quarter must not be published, or there is nothing to publish.
    """
    return _append(path, station, quarter_rows(book, quarter, scores, scorer, now), now)


def quarter_rows(
    book: Scorebook, quarter: Quarter, scores: Sequence["UnitScore"], scorer: str, now: datetime
) -> list[NewRow]:
    """What publishing a quarter appends to 积分明细 and 季度积分. Raises NotPublishable as ``write_quarter`` does."""
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
        **{CLAUSE_FIELDS[clause]: points for clause, points in score.by_clause.items()},
        "total": score.total,
        "score": score.score,
        "rank": score.rank,
        "entries": score.entries,
        "scorer": scorer.strip(),
        "published_at": now,
        "digest": digest,
    }


def write_year(
    path: Path,
    station: "Station",
    book: Scorebook,
    year: int,
    readings: Mapping[str, Sequence["UnitScore"]],
    scorer: str,
    now: datetime,
) -> str | None:
    """Put a year's ranking by both readings into 年度排名, once all its quarters are published; why not now, if so.

    Raises:
        NotPublishable: a quarter of the year is not published yet, or nobody signs.
    """
    return _append(path, station, year_rows(book, year, readings, scorer, now), now)


def year_rows(
    book: Scorebook, year: int, readings: Mapping[str, Sequence["UnitScore"]], scorer: str, now: datetime
) -> list[NewRow]:
    """What publishing a year appends to 年度排名. Raises NotPublishable as ``write_year`` does."""
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
        **{f"q{number}": points for number, points in enumerate(score.by_clause.values(), start=1)},
        "total": score.total,
        "sum_score": score.score,
        "sum_rank": score.rank,
        "mean_score": mean.score,
        "mean_rank": mean.rank,
        "among_last": YES[0] if score.among_last else None,
        "scorer": scorer.strip(),
        "published_at": now,
    }


def write_clues(path: Path, station: "Station", found: Iterable[FoundClue], now: datetime) -> str | None:
    """Put clues into 问责线索; those that stand there already are left as people wrote them. Why not now, if so."""
    return _append(path, station, clue_rows(found), now)


def clue_rows(found: Iterable[FoundClue]) -> list[NewRow]:
    """What they append to 问责线索."""
    return [NewRow(CLUES.key, clue_row(clue), "number") for clue in found]


def clue_row(clue: FoundClue) -> Row:
    """A clue as a row: what the engine saw; everything else is for people."""
    return {
        "number": clue.number,
        "found_at": clue.at,
        "unit": clue.unit,
        "matter": clue.matter or None,
        "clause": clue.clause,
        "evidence": clue.evidence,
        "origin": "程序发现",
    }


def _append(path: Path, station: "Station", rows: Sequence[NewRow], now: datetime) -> str | None:
    with station.only_one(path):
        book = station.book(path, lambda: now)
        book.settle()
        book.read()
        return book.apply((), rows).pending if rows else None
