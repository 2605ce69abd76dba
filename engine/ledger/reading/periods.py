"""期次 of a report as people write it. Pure."""

import re
from datetime import date, datetime

from engine.facts.duty_kinds import PERIOD_FORMS
from engine.facts.periods import MONTH, CalendarPeriod, PeriodForm
from engine.facts.stretches import STRETCHES
from engine.ledger.headings.record_columns import NODES
from engine.ledger.package.text_folding import key_of, shown
from engine.ledger.reading.cell_problem import CellProblem, hint
from engine.ledger.reading.moments import is_nothing
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.values import plain_text

_LOST_ZERO = re.compile(r"(\d{4})\.1")


def read_period(value: Cell, node: str, near: datetime | None = None) -> str | CellProblem:
    """The period of a report on ``node``: ``2026-03`` for 月报, ``2026Q1`` for 季报, the number of the return for 整改.

    Another spelling that can mean only one period counts, with a hint; one without a year is that nearest to ``near``,
    when it was reported. Without a node the form decides.
    """
    raw = key_of(plain_text(value))
    if is_nothing(raw):
        return ""
    nodes = (node,) if node in PERIOD_FORMS else () if node else tuple(PERIOD_FORMS)
    if node and node not in NODES:
        own = next((period for stretch in STRETCHES.values() if (period := stretch.parse(raw))), "")
        return own or _unreadable(value, "、".join(stretch.example for stretch in STRETCHES.values()))
    for name in nodes:
        form = PERIOD_FORMS[name]
        if form is MONTH and isinstance(value, float) and (found := _LOST_ZERO.fullmatch(raw)):
            return _which_month(found[1])
        period = _parsed(form, value, raw) or _yearless(form, raw, near)
        if period == raw:
            return period
        if period:
            problem = f"“{shown(plain_text(value))}”按 {period} 计。"
            return hint("period_form", problem, f"请填成 {form.hint} 的形式。", period)
    if not nodes:
        return hint("period_not_needed", f"节点“{node}”不用填期次，“{shown(raw)}”未采用。", "请清空这一格。", "")
    forms = "、".join(PERIOD_FORMS[name].hint for name in nodes)
    return _unreadable(value, forms)


def _unreadable(value: Cell, forms: str) -> CellProblem:
    problem = f"“{shown(plain_text(value))}”看不出是哪一期。"
    return CellProblem("period_unreadable", problem, f"请填成 {forms} 的形式。", "")


def _which_month(year: str) -> CellProblem:
    """Excel takes a typed 2026.10 for a number and shows 2026.1: it cannot be told from January."""
    problem = f"“{year}.1”可能是1月，也可能是10月（表格软件会去掉末尾的0），没有采用。"
    return CellProblem("period_unreadable", problem, f"请填成 {year}-01 或 {year}-10。", "")


def _parsed(form: PeriodForm, value: Cell, raw: str) -> str:
    if form is MONTH and isinstance(value, (datetime, date)):  # Excel makes a date of a typed 2026-03
        return MONTH.spelled(value) if value.day == 1 else ""
    return form.parse(raw)


def _yearless(form: PeriodForm, raw: str, near: datetime | None) -> str:
    number = form.number(raw) if near and isinstance(form, CalendarPeriod) else 0
    return form.nearest(number, near.date()) if near and number and isinstance(form, CalendarPeriod) else ""
