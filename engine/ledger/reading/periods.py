"""期次 of a report: which month, quarter or return it is about, in its one spelling. Pure."""

import re
from datetime import date, datetime

from engine.ledger.package.text_folding import key_of, shown
from engine.ledger.reading.cell_problem import CellProblem, hint
from engine.ledger.reading.moments import is_nothing
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.values import plain_text

MONTHLY, QUARTERLY, RECTIFICATION = "月报", "季报", "整改"
_MONTH = re.compile(r"(\d{4})(?:[-./年](\d{1,2})月?|(\d{2}))份?")
_QUARTER = re.compile(r"(\d{4})年?[-./]?(?:Q|第)?([1-4一二三四])(?:季度?)?", re.IGNORECASE)
_RETURN = re.compile(r"第?(\d{1,3})次?")
_CHINESE = {"一": "1", "二": "2", "三": "3", "四": "4"}
_FORMS = {MONTHLY: "2026-03", QUARTERLY: "2026Q1", RECTIFICATION: "1（第几次退回）"}


def read_period(value: Cell, node: str) -> str | CellProblem:
    """The period of a report on ``node``: ``2026-03`` for 月报, ``2026Q1`` for 季报, the number of the return for 整改.

    Another spelling that can mean only one period counts, with a hint. Without a node the form decides.
    """
    raw = key_of(plain_text(value))
    if is_nothing(raw):
        return ""
    nodes = (node,) if node in _FORMS else () if node else (MONTHLY, QUARTERLY, RECTIFICATION)
    for name in nodes:
        period = _PARSERS[name](value, raw)
        if period == raw:
            return period
        if period:
            problem = f"“{shown(plain_text(value))}”按 {period} 计。"
            return hint("period_form", problem, f"请填成 {_FORMS[name]} 的形式。", period)
    if not nodes:
        return hint("period_not_needed", f"节点“{node}”不用填期次，“{shown(raw)}”未采用。", "请清空这一格。", "")
    forms = "、".join(_FORMS[name] for name in nodes)
    return CellProblem(
        "period_unreadable", f"“{shown(plain_text(value))}”看不出是哪一期。", f"请填成 {forms} 的形式。", ""
    )


def _month(value: Cell, raw: str) -> str:
    if isinstance(value, (datetime, date)):  # Excel makes a date of a typed 2026-03
        return f"{value:%Y-%m}" if value.day == 1 else ""
    found = _MONTH.fullmatch(raw)
    month = int(found[2] or found[3]) if found else 0
    return f"{found[1]}-{month:02}" if found and 1 <= month <= 12 else ""


def _quarter(_: Cell, raw: str) -> str:
    found = _QUARTER.fullmatch(raw)
    return f"{found[1]}Q{_CHINESE.get(found[2], found[2])}" if found else ""


def _return(_: Cell, raw: str) -> str:
    found = _RETURN.fullmatch(raw)
    return str(int(found[1])) if found and int(found[1]) else ""


_PARSERS = {MONTHLY: _month, QUARTERLY: _quarter, RECTIFICATION: _return}
