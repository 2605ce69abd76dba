"""SZ5-5(五), SZ4-14: units among the last two, two years running; a clue each, for SZ4-14 also below the base."""

from collections.abc import Mapping
from datetime import datetime

from engine.policy.policy import Policy
from engine.rules.points.accountability import FoundClue
from engine.scores.scorebook import Scorebook
from engine.scores.scoring import UnitScore, year_scores


def ranking_clues(book: Scorebook, year: int) -> list[FoundClue]:
    """SZ4-14, SZ5-5, SZ5-5.5: the clues that the ranking of ``year`` and of the years before it shows, once that year
    is over.

    A year without any entry ranks nobody: all would share the last place.
    """
    account = book.account
    span = account.policy.points.last_years
    if not span or account.now < datetime(year + 1, 1, 1):
        return []
    years = range(year - span + 1, year + 1)
    if any(not any(entry.quarter.year == one for entry in book.entries) for one in years):
        return []
    today = account.now.date()
    tables = [{score.unit: score for score in year_scores(book.entries, account, one, today)} for one in years]
    found = []
    for unit in sorted(tables[-1]):
        scores = [table[unit] for table in tables if unit in table and table[unit].among_last]
        if len(scores) == span:
            found += _of_unit(unit, dict(zip(years, scores, strict=True)), datetime(year + 1, 1, 1), account.policy)
    return found


def _of_unit(unit: str, scores: Mapping[int, UnitScore], at: datetime, policy: Policy) -> list[FoundClue]:
    scored = "，".join(f"{year}年{score.score:g}分、第{score.rank}名" for year, score in scores.items())
    cause = str(max(scores))
    found = [FoundClue(unit, "", policy.citations.last_places, at, f"连续{len(scores)}年倒数后2位：{scored}", cause)]
    if all(score.score < score.base for score in scores.values()):
        evidence = f"连续{len(scores)}年倒数后2位且在基准分以下：{scored}；须经市政府同意方可追究"
        found.append(FoundClue(unit, "", policy.clause("points.last_years"), at, evidence, cause))
    return found
