"""Papers for leaders and meetings, as drafts: briefing, year-end list, circulars (通报), the sheet of one matter."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from engine.board.figures import ReviewedMatter
from engine.board.timeline import timeline
from engine.facts.change import Value
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.facts.moment import as_written
from engine.facts.records import PointItem
from engine.facts.settings import Settings
from engine.papers.official import Head, Layout, OfficialDocument
from engine.papers.phrases import chinese_moment
from engine.policy.sections import NoticePaper
from engine.review.briefing import BriefedMatter, Briefing

UNNUMBERED = "（批准后编号）"
DRAFT = "本件为草稿，经批准后编号印发"
_BASIS = re.compile(r"《[^》]+》")
_OVERDUE = ("事项编号", "事项内容", "承办单位", "期限", "逾期\n天数", "催办\n次数")
_OVERDUE_WIDTHS = (33, 41, 28, 28, 13, 13)


def briefing_docx(found: Briefing, meeting: datetime, settings: Settings) -> bytes:
    """会议汇报 for a meeting on the day ``meeting`` (BS-8.4)."""
    head = Head("", f"截至{chinese_moment(found.at)}", "督办事项落实情况汇报")
    document = OfficialDocument(Layout.SHEET, head)
    states = "，".join(f"{state.value}{count}项" for state, count in found.by_state.items())
    document.text(f"{chinese_moment(meeting)}会议前，督办事项共{found.total}项：{states or '无'}。")
    _overdue(document, found.overdue, "一、逾期未落实的事项")
    silent = [one for one in found.overdue if one.silent_units]
    if silent:
        document.heading("二、没有按时函告意见的单位")
        for one in silent:
            document.text(f"{one.matter.number}：{'、'.join(one.silent_units)}。")
    document.sign(settings.office_name, found.at)
    return document.to_bytes()


def year_end_docx(found: Sequence[Matter], year: int, at: datetime, settings: Settings) -> bytes:
    """年底清零清单 (SZ2-4.3, SZ3-4.3)."""
    head = Head("", f"截至{chinese_moment(at)}", f"{year}年尚未清零的督办事项")
    document = OfficialDocument(Layout.SHEET, head)
    if not found:
        document.text(f"{year}年应清零的事项都已销号。")
    else:
        document.text(f"{year}年应清零而尚未销号的事项共{len(found)}项，名单如下。")
        rows = [
            (one.number, one.content.replace("\n", ""), one.board or "", one.lead_unit, one.status or "")
            for one in found
        ]
        document.table(rows, (33, 51, 28, 28, 16), ("事项编号", "事项内容", "版块", "承办单位", "状态"))
    document.sign(settings.office_name, at)
    return document.to_bytes()


def circular_docx(found: Briefing, title: str, number: str, settings: Settings, wording: NoticePaper) -> bytes:
    """A circular of what is overdue: ``number`` is empty as long as nobody has approved it (SZ1-14, BS-8.4, BS-9)."""
    document = OfficialDocument(Layout.DOCUMENT, Head(settings.office_name, number or UNNUMBERED, title))
    document.address("各有关单位")
    basis = _BASIS.search(wording.opening)
    by_law = f"根据{basis[0]}，" if basis else ""
    document.text(f"{by_law}现将截至{chinese_moment(found.at)}的督办事项落实情况通报如下。")
    _overdue(document, found.overdue, "一、逾期未落实的事项")
    document.heading("二、有关要求")
    document.text("请有关单位查明原因，抓紧落实，并书面报告整改情况。")
    _close(document, number, settings, found.at)
    return document.to_bytes()


def ranking_docx(
    quarter: str, rows: Sequence[Mapping[str, Value]], number: str, settings: Settings, at: datetime
) -> bytes:
    """The circular of one published quarter's points and ranks; units that had no work stand apart."""
    title = f"关于{quarter[:4]}年第{quarter[-1]}季度督办积分情况的通报"
    document = OfficialDocument(Layout.DOCUMENT, Head(settings.office_name, number or UNNUMBERED, title))
    document.address("各有关单位")
    worked = [row for row in rows if row.get("rank") is not None]
    idle = [str(row["unit"]) for row in rows if row.get("rank") is None]
    document.text(f"现将{quarter[:4]}年第{quarter[-1]}季度督办积分和排名通报如下。")
    document.table(
        [(_shown(row["rank"]), str(row["unit"]), _shown(row["total"]), _shown(row["score"])) for row in worked],
        (20, 70, 30, 36),
        ("名次", "单位", "加减分", "得分"),
        height=8,
    )
    if idle:
        document.text(f"本季度没有督办事项、不参加比较的单位：{'、'.join(idle)}。")
    _close(document, number, settings, at)
    return document.to_bytes()


def criticism_docx(items: Sequence[PointItem], number: str, settings: Settings, at: datetime) -> bytes:
    """The circular that criticises units by name, one line an entry of 积分事项 (BS-9)."""
    head = Head(settings.office_name, number or UNNUMBERED, "关于督办事项落实不力的通报")
    document = OfficialDocument(Layout.DOCUMENT, head)
    document.address("各有关单位")
    document.text("下列单位落实督办事项不力，现予通报批评。")
    rows = [(one.unit, one.case, one.matter, one.explanation) for one in items]
    document.table(rows, (40, 16, 30, 70), ("单位", "情形", "事项编号", "情况"), height=8)
    document.text("请上述单位认真整改，并书面报告整改情况。")
    _close(document, number, settings, at)
    return document.to_bytes()


def matter_docx(ledger: Ledger, one: ReviewedMatter, settings: Settings, at: datetime) -> bytes:
    """督办单: everything about one matter, to print and sign."""
    matter, shown = one.matter, one.shown
    document = OfficialDocument(Layout.CARD, Head("", f"事项编号：{matter.number}", "督办单"))
    due = chinese_moment(shown.current_due) if shown.current_due else ""
    rows = [
        ["承办单位", one.unit, "责任领导", one.leader],
        ["办理时限", matter.time_limit or "", "当前期限", due],
        ["状态", one.figures.status.value, "预警灯", f"{one.light} {shown.escalation or ''}".strip()],
        ["事项内容", matter.content],
        ["办理要求", matter.requirement],
        ["配合单位", "、".join(matter.cooperating_units)],
    ]
    document.table(rows, (28, 46, 26, 56), height=8)
    document.heading("办理经过")
    events = [(as_written(event.at), event.text) for event in timeline(ledger, one)]
    document.table(events, (40, 116), ("时间", "情况"), height=8)
    document.heading("领导批示")
    document.table([["批示", ""]], (28, 128), height=30)
    document.sign(settings.office_name, at)
    return document.to_bytes()


def _overdue(document: OfficialDocument, found: Iterable[BriefedMatter], heading: str) -> None:
    rows = [
        (
            one.matter.number,
            one.matter.content.replace("\n", ""),
            one.matter.lead_unit,
            f"{one.due.month}月{one.due.day}日\n{one.due:%H:%M}",
            str(one.days_overdue),
            str(one.urgings),
        )
        for one in found
    ]
    document.heading(heading)
    if rows:
        document.table(rows, _OVERDUE_WIDTHS, _OVERDUE, height=8)
    else:
        document.text("没有逾期未落实的事项。")


def _close(document: OfficialDocument, number: str, settings: Settings, at: datetime) -> None:
    document.sign(settings.office_name, at)
    if not number:
        document.note(DRAFT)


def _shown(value: Value) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value or "—")
