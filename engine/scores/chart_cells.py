"""The cells of the charts of 季度积分 and 年度排名: what was published last, of the units that had work."""

from collections.abc import Sequence

from engine.facts.change import Value
from engine.facts.points import Quarter
from engine.ledger.headings.board_sheets import CHARTED_QUARTER, CHARTED_YEAR, FormBlock
from engine.scores.scoring import UnitScore, ranked

Cells = dict[tuple[str, int], Value]
"""By column letter and row."""


def quarter_chart(quarter: Quarter, scores: Sequence[UnitScore]) -> Cells:
    """What the chart of 季度积分 shows after ``quarter`` was published."""
    lines = [(one.unit, [one.score]) for one in ranked(scores)]
    return _headed(CHARTED_QUARTER, (f"{quarter} 得分",)) | _listed(CHARTED_QUARTER, lines)


def year_chart(year: int, scores: Sequence[UnitScore]) -> Cells:
    """What the charts of 年度排名 show after ``year`` was published."""
    lines = [(one.unit, [one.score, *one.by_column.values()]) for one in ranked(scores)]
    return _headed(CHARTED_YEAR, (f"{year}年得分",)) | _listed(CHARTED_YEAR, lines)


def _headed(block: FormBlock, words: Sequence[str]) -> Cells:
    return {(letter, block.top + 1): word for letter, word in zip(block.columns[1:], words, strict=False)}


def _listed(block: FormBlock, scores: Sequence[tuple[str, Sequence[float]]]) -> Cells:
    """As many units as there are bars; where there are more, the last bar is the mean of the rest."""
    kept: list[tuple[Value, ...]] = [(unit, *numbers) for unit, numbers in scores[: block.rows]]
    if len(scores) > block.rows:
        rest = scores[block.rows - 1 :]
        means = [round(sum(column) / len(rest), 1) for column in zip(*(numbers for _, numbers in rest), strict=True)]
        kept[-1] = (f"其余{len(rest)}个平均", *means)
    blank = (None,) * len(block.columns)
    padded = [*kept, *[blank] * (block.rows - len(kept))]
    return {
        (letter, row): value
        for row, line in enumerate(padded, block.first)
        for letter, value in zip(block.columns, line, strict=True)
    }
