"""From entries to scores: sums by unit and column, quarters and years, ranks (SZ1-22, SZ4-8, 11, 14; reading 13).

The entries decide; pandas only adds and ranks. Sums are of whole tenths, so they are exact.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from engine.facts.points import SCORE_COLUMNS, PointEntry, Quarter
from engine.facts.unit import Unit
from engine.policy.points import Points
from engine.rules.points.account import Account


@dataclass(frozen=True, slots=True)
class UnitScore:
    """One unit's score for a quarter or a year. ``by_column`` are points by column of 季度积分 (a quarter)
    or by quarter (a year); ``score`` is to the tenth, a mean of quarters to the hundredth. ``rank`` is shared by equal
    scores, ``None`` for a unit without work, which stands after all others. ``tied_for_last``: whether it is among the
    last places hangs on a tie, which a person decides (reading 36).
    """

    unit: str
    category: str
    base: float
    by_column: Mapping[str, float]
    total: float
    score: float
    rank: int | None
    entries: int
    among_last: bool
    tied_for_last: bool = False


def quarter_scores(entries: Iterable[PointEntry], account: Account, quarter: Quarter) -> tuple[UnitScore, ...]:
    """SZ1-22, SZ4-8, SZ4-11: every unit's score for one quarter, the best first: base plus the sum of its entries."""
    rules = account.policy.points
    chosen = [entry for entry in entries if entry.quarter == quarter]
    table = _sums(chosen, _listed(account.units, chosen), SCORE_COLUMNS, lambda entry: entry.kind.column)
    table["score"] = round(rules.base * 10) + table["total"]
    return _ranked(table, SCORE_COLUMNS, rules, account.at_work(quarter.first, quarter.last))


def year_scores(
    entries: Iterable[PointEntry], account: Account, year: int, until: date, reading: str | None = None
) -> tuple[UnitScore, ...]:
    """SZ1-22, SZ4-11: every unit's score for a year, by quarter: base plus the year's points, or the mean of the
    quarters begun by
    ``until`` (reading 13; ``reading`` overrides the policy's).
    """
    rules = account.policy.points
    chosen = [entry for entry in entries if entry.quarter.year == year]
    quarters = [Quarter(year, number) for number in (1, 2, 3, 4)]
    names = tuple(map(str, quarters))
    table = _sums(chosen, _listed(account.units, chosen), names, lambda entry: str(entry.quarter))
    begun = max(1, sum(quarter.first <= until for quarter in quarters)) if (reading or rules.year) == "mean" else 1
    table["score"] = round(rules.base * 10) + table["total"] / begun
    return _ranked(table, names, rules, account.at_work(quarters[0].first, quarters[-1].last))


def _listed(units: Mapping[str, Unit], entries: Iterable[PointEntry]) -> dict[str, Unit]:
    """The units in use, and those out of use that have entries all the same."""
    named = {entry.unit for entry in entries}
    return {name: unit for name, unit in units.items() if unit.active or name in named}


def _sums(
    entries: Sequence[PointEntry],
    units: Mapping[str, Unit],
    columns: Sequence[str],
    column_of: Callable[[PointEntry], str],
) -> pd.DataFrame:
    """A row for each unit, a column of tenths for each of ``columns``, their ``total``, and how many entries."""
    raw = pd.DataFrame(
        {
            "unit": [entry.unit for entry in entries],
            "column": [column_of(entry) for entry in entries],
            "tenths": pd.Series([entry.tenths for entry in entries], dtype="int64"),
        }
    )
    sums = raw.pivot_table(index="unit", columns="column", values="tenths", aggfunc="sum", fill_value=0)
    table = sums.reindex(index=list(units), columns=list(columns), fill_value=0).astype("int64")
    table["total"] = table.sum(axis=1)
    table["entries"] = raw.groupby("unit").size().reindex(table.index, fill_value=0)
    table["category"] = [unit.category or "" for unit in units.values()]
    return table


def _ranked(
    table: pd.DataFrame, columns: Sequence[str], rules: Points, at_work: Collection[str]
) -> tuple[UnitScore, ...]:
    """Points from tenths, and ranks within one list, or one per 类别, among the units that had work: who did nothing
    must not stand above who worked. 倒数后n位: it had work, and at most n units of the whole list, itself included,
    score as low or lower; where a tie leaves the cut open, those tied are named (reading 36).
    """
    worked = (table["entries"] > 0) | table.index.isin([*at_work])
    lists = table["category"] if rules.ranking == "per_category" else pd.Series("", index=table.index)
    table["rank"] = table["score"].where(worked).groupby(lists).rank(method="min", ascending=False)
    grouped = table["score"].groupby(lists)
    table["reached"] = (grouped.rank(method="min", ascending=True) <= rules.last_places) & worked
    table["filled"] = (grouped.rank(method="max", ascending=True) <= rules.last_places) & worked
    ties_count = rules.last_ties == "included"
    table["idle"], table["list"] = ~worked, lists
    table = table.sort_values(["idle", "list", "rank"], kind="stable")
    return tuple(
        UnitScore(
            str(unit),
            row["category"],
            rules.base,
            {name: row[name] / 10 for name in columns},
            row["total"] / 10,
            _to_the_hundredth(row["score"] / 10),
            None if row["idle"] else int(row["rank"]),
            row["entries"],
            row["filled"] or (row["reached"] and ties_count),
            row["reached"] and not row["filled"] and not ties_count,
        )
        for unit, row in zip(table.index, table.to_dict("records"), strict=True)
    )


def ranked(scores: Iterable[UnitScore]) -> list[UnitScore]:
    """Those that had work, in their order."""
    return [one for one in scores if one.rank is not None]


def without_work(scores: Iterable[UnitScore]) -> list[str]:
    """The units that had none, and stand apart."""
    return [one.unit for one in scores if one.rank is None]


def ties_for_last(scores: Sequence[UnitScore]) -> list[str]:
    """SZ4-14, SZ5-5.5: which units are tied where the last places end, as hints for the person who decides."""
    tied: dict[tuple[float, int | None], list[str]] = {}
    for one in scores:
        if one.tied_for_last:
            tied.setdefault((one.score, one.rank), []).append(one.unit)
    undecided = "是否列入倒数后几位定不下来，请由人认定。"
    return [f"{'、'.join(units)}同为{score:g}分，{undecided}" for (score, _), units in tied.items()]


def _to_the_hundredth(score: float) -> float:
    """Rounded as people round: 103.125 is 103.13. Ranks are taken before."""
    return float(Decimal(score).quantize(Decimal("0.01"), ROUND_HALF_UP))
