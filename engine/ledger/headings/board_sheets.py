"""The sheets that are forms, not tables: 统计看板, 今日待办, the figures of the charts. Where each block stands."""

from dataclasses import dataclass
from string import ascii_uppercase

from engine.ledger.headings.column import SheetColumns, machine
from engine.ledger.headings.matter_columns import LIGHT_WORDS


def _grid(key: str, name: str, width: int, rows: int) -> SheetColumns:
    letters = ascii_uppercase[:width]
    return SheetColumns(key, name, tuple(machine(letter, letter) for letter in letters), grid_rows=rows)


@dataclass(frozen=True, slots=True)
class FormBlock:
    """A list on a form: its title stands in ``top``, its headings below, then ``rows`` lines. ``columns`` are the
    letters under which each heading stands; a text may run on into the columns after its own,
    through ``end`` for the last.
    """

    title: str
    top: int
    columns: str
    headings: tuple[str, ...]
    rows: int
    end: str = ""

    @property
    def first(self) -> int:
        """The row of the first line."""
        return self.top + 2

    @property
    def last(self) -> int:
        """The row of the last line."""
        return self.top + 1 + self.rows


SHOWN_LIGHTS = LIGHT_WORDS[:4]
LIGHT_HEADINGS = (*SHOWN_LIGHTS, "在办")
AS_OF = ("A", 2)
TILE_LABELS, TILE_VALUES = 4, 5
TILES = (
    "事项总数",
    "在办",
    *SHOWN_LIGHTS,
    "7天内到期",
    "本月立项",
    "本月办结",
    "办结率%",
    "按时率%",
    "催办次数",
)
BY_UNIT = FormBlock("各承办单位（逾期多的在前）", 7, "ABCDEF", ("单位", *LIGHT_HEADINGS), 16)
BY_BOARD = FormBlock("各版块", 26, "ABCDEF", ("版块", *LIGHT_HEADINGS), 8)
BY_LEADER = FormBlock("各责任领导", 26, "GHIJKL", ("责任领导", *LIGHT_HEADINGS), 8)
URGED = FormBlock("催办最多的单位", 37, "ABC", ("单位", "催办", "逾期"), 12)
BY_MONTH = FormBlock("逐月立项和办结", 37, "JKL", ("月份", "立项", "办结"), 12)
OVERDUE = FormBlock("已逾期（最久的在前）", 52, "ABGH", ("事项编号", "事项", "期限", "单位"), 11, "L")
DUE_SOON = FormBlock("今后7天到期", 66, "ABGH", ("事项编号", "事项", "期限", "单位"), 8, "L")
LISTS = (BY_UNIT, BY_BOARD, BY_LEADER, BY_MONTH, URGED, OVERDUE, DUE_SOON)
BOARD_SHEET = _grid("board", "统计看板", 12, DUE_SOON.last)

WAITING = FormBlock("今日待办", 2, "ABCDEF", ("待办", "事项编号", "单位", "事项内容", "要办的事", "期限"), 200)
TODAY_SHEET = _grid("today", "今日待办", 6, WAITING.last)

FORMS = (BOARD_SHEET, TODAY_SHEET)
"""What a pass keeps true."""

CHARTED_QUARTER = FormBlock("最近通报的季度", 1, "AB", ("单位", "得分"), 16)
CHARTED_YEAR = FormBlock("最近通报的年度", 1, "DEFGHI", ("单位", "得分", "一季度", "二季度", "三季度", "四季度"), 16)
CHART_SHEET = _grid("score_charts", "图表数据", 9, CHARTED_YEAR.last)
"""A hidden sheet, written when a quarter or a year is published."""
