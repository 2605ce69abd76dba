"""最新进展: the latest report of a matter in one short line."""

from engine.facts.kinds import ReviewResult
from engine.facts.records import Report
from engine.rules.duties.case import Case

LONGEST = 24
"""Characters of a report that two lines of the column hold; the whole text stands in 反馈记录."""


def latest_progress(case: Case) -> str | None:
    """``3月5日 市财政局：已拟定方案……``: the day, the unit unless it is the lead unit, the text cut to ``LONGEST``
    characters, and what became of it; ``None`` before the first report.
    """
    dated = [report for report in case.records.reports if report.reported_at]
    if not dated:
        return None
    return _line(max(dated, key=lambda report: report.reported_at or case.at), case.matter.lead_unit)


def _line(report: Report, lead_unit: str) -> str:
    day = f"{report.reported_at.month}月{report.reported_at.day}日" if report.reported_at else ""
    who = f"{report.unit}：" if report.unit and report.unit != lead_unit else ""
    text = " ".join(report.content.split()) or "已报送" + (f"（{report.node}）" if report.node else "")
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    returned = "（已退回）" if report.result is ReviewResult.SENT_BACK else ""
    return f"{day} {who}{text}{returned}"
