"""期次 of a report as people write it. Pure."""

from datetime import date, datetime

from engine.facts.duty_kinds import PERIOD_FORMS
from engine.facts.periods import MONTH, PeriodForm
from engine.ledger.package.text_folding import key_of, shown
from engine.ledger.reading.cell_problem import CellProblem, hint
from engine.ledger.reading.moments import is_nothing
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.values import plain_text


def read_period(value: Cell, node: str) -> str | CellProblem:
    """The period of a report on ``node``: ``2026-03`` for 月报, ``2026Q1`` for 季报, the number of the return for 整改.

    Another spelling that can mean only one period counts, with a hint. Without a node the form decides.
    """
    raw = key_of(plain_text(value))
    if is_nothing(raw):
        return ""
    nodes = (node,) if node in PERIOD_FORMS else () if node else tuple(PERIOD_FORMS)
    for name in nodes:
        period = _parsed(PERIOD_FORMS[name], value, raw)
        if period == raw:
            return period
        if period:
            problem = f"“{shown(plain_text(value))}”按 {period} 计。"
            return hint("period_form", problem, f"请填成 {PERIOD_FORMS[name].hint} 的形式。", period)
    if not nodes:
        return hint("period_not_needed", f"节点“{node}”不用填期次，“{shown(raw)}”未采用。", "请清空这一格。", "")
    forms = "、".join(PERIOD_FORMS[name].hint for name in nodes)
    return CellProblem(
        "period_unreadable", f"“{shown(plain_text(value))}”看不出是哪一期。", f"请填成 {forms} 的形式。", ""
    )


def _parsed(form: PeriodForm, value: Cell, raw: str) -> str:
    if form is MONTH and isinstance(value, (datetime, date)):  # Excel makes a date of a typed 2026-03
        return MONTH.spelled(value) if value.day == 1 else ""
    return form.parse(raw)
