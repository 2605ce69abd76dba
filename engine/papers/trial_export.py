"""The tables of ``policy try``, for the screen and as an .xlsx."""

from collections.abc import Sequence

from openpyxl import Workbook

from engine.facts.message import Message
from engine.facts.points import PointEntry, shown_points
from engine.papers.export_book import book_bytes, data_sheet
from engine.review.trial import PointsCompared, Trial

Table = tuple[str, tuple[str, ...], list[tuple[str | int, ...]]]


def trial_tables(found: Trial, now: str, then: str) -> list[Table]:
    """What is added, what goes, per unit and per person, the lights at the end, and the points."""
    counted = ("名称", now, then)
    messages = ("时间", "类型", "收信单位", "收信人", "内容")
    entries = ("单位", "事项", "项目", "日期", "分值", "条款", "依据")
    return [
        ("灯", counted, [(one.name, one.now, one.then) for one in found.lights]),
        ("各单位短信", counted, [(one.name, one.now, one.then) for one in found.units]),
        ("各人短信", counted, [(one.name, one.now, one.then) for one in found.persons]),
        ("多出的短信", messages, list(map(_row, found.added))),
        ("不再发的短信", messages, list(map(_row, found.gone))),
        ("各单位积分", (*counted, "多出", "不再计"), list(map(_score, found.points))),
        ("多出的积分", entries, list(map(_entry, found.entries_added))),
        ("不再计的积分", entries, list(map(_entry, found.entries_gone))),
    ]


def trial_workbook(tables: Sequence[Table]) -> bytes:
    """The tables as the bytes of an .xlsx, a sheet each. Texts stay texts: no cell becomes a formula."""
    book = Workbook()
    for index, (name, headings, rows) in enumerate(tables):
        data_sheet(book, name, headings, rows, first=index == 0)
    return book_bytes(book)


def _score(unit: PointsCompared) -> tuple[str | int, ...]:
    return unit.unit, *map(shown_points, (unit.now, unit.then, unit.added, unit.gone))


def _entry(entry: PointEntry) -> tuple[str | int, ...]:
    points = shown_points(entry.tenths)
    return entry.unit, entry.matter, entry.kind.value, f"{entry.date:%Y-%m-%d}", points, entry.clause, entry.evidence


def _row(message: Message) -> tuple[str | int, ...]:
    return f"{message.at:%Y-%m-%d %H:%M}", message.kind.value, message.to.unit, message.to.name, message.text
