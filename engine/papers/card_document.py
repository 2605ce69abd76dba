"""签批卡片 (SZ1-10.1): a matter that the province assigned, as its leaders approve it before anybody handles it.

A draft for people to sign. Approvals in the ledger stand in it with their times; what the ledger lacks is left blank
for handwriting, and is typed into the ledger afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.facts.kinds import FIXED_DATE, LONG
from engine.facts.matter import Matter
from engine.papers.official import LINE_PITCH, Head, Layout, OfficialDocument
from engine.papers.phrases import chinese_moment, chinese_ordinal

TITLE = "省政府“13710”交办事项签批卡片"
_NOTE = "空白处手写签批，签批后把姓名和时间补填到台账"


@dataclass(frozen=True, slots=True)
class Card:
    """A matter with what its approval depends on: its sub-items, when the province wants the result (a sub-item's is
    its parent's), and by when the work must be done for that.
    """

    matter: Matter
    children: tuple[Matter, ...]
    province_due: datetime | None
    internal_due: datetime | None


def card_docx(card: Card, line_pitch: float = LINE_PITCH) -> bytes:
    """The card as the bytes of a .docx; ``line_pitch`` in points. Deterministic."""
    matter = card.matter
    number = f"事项编号：{matter.number}" if matter.number else "事项编号：（批准后编）"
    document = OfficialDocument(Layout.CARD, Head("", number, TITLE), line_pitch)
    parts = [
        ("事项", _facts),
        ("任务分解", _decomposition),
        ("分解呈批（办理前）", _before),
        ("反馈上报（办理后）", _after),
    ]
    shown = [part for part in parts if part[1] is not _decomposition or card.children]
    for index, (name, write) in enumerate(shown):
        document.heading(f"{chinese_ordinal(index)}、{name}")
        write(document, card)
    document.note(_NOTE)
    return document.to_bytes()


def _facts(document: OfficialDocument, card: Card) -> None:
    matter = card.matter
    rows = [
        ["任务来源", matter.source, "来源文号", matter.source_number],
        ["来源日期", _day(matter.source_date), "分管市领导", matter.responsible_leader],
        ["主要内容", matter.content],
        ["办理要求", matter.requirement],
        ["时限要求", "\n".join(_limits(card))],
        ["建议承办科室", _office(matter)],
        ["承办单位", _units(matter)],
    ]
    if matter.parent:
        rows.append(["上级事项", matter.parent])
    document.table(rows, (32, 40, 28, 56), height=8)


def _limits(card: Card) -> Iterator[str]:
    if card.province_due:
        yield f"省政府要求{chinese_moment(card.province_due)}前上报。"
    if card.internal_due:
        yield f"承办单位须在{chinese_moment(card.internal_due)}前报送结果，留出审批上报的时间。"
    yield from (f"{text}。" for text in (_limit(card.matter),) if text)


def _limit(matter: Matter) -> str:
    due = matter.stamps.completion_due or matter.fixed_due
    if matter.time_limit == LONG:
        return "长期推进，按月报告进展"
    until = f"{chinese_moment(due)}前办结" if due else ""
    if matter.time_limit in (None, FIXED_DATE):
        return until
    return f"办理时限{matter.time_limit}{f'，{until}' if until else ''}"


def _decomposition(document: OfficialDocument, card: Card) -> None:
    headings = ("事项编号", "分解事项", "分管\n领导", "建议承\n办科室", "承办单位", "时限")
    rows = [
        (child.number, child.content, child.responsible_leader, _office(child), _lead(child), _limit(child))
        for child in card.children
    ]
    document.table(rows, (29, 42, 14, 19, 26, 26), headings)


def _before(document: OfficialDocument, card: Card) -> None:
    matter = card.matter
    rank = matter.approver_rank or "办公厅分管领导"
    _approvals(
        document,
        (f"{rank}签批", matter.approver, matter.approved_at),
        ("市领导签批", matter.decomposition_approver, matter.decomposition_approved_at),
    )


def _after(document: OfficialDocument, card: Card) -> None:
    matter = card.matter
    _approvals(
        document,
        ("办公厅分管领导审批", matter.office_approver, matter.office_approved_at),
        ("市领导审批", matter.city_leader_approver, matter.city_leader_approved_at),
        ("督查室上报省政府", "", matter.submitted_at),
    )


def _approvals(document: OfficialDocument, *steps: tuple[str, str, datetime | None]) -> None:
    rows = [(step, "", who, chinese_moment(at) if at else "") for step, who, at in steps]
    document.table(rows, (43, 29, 22, 62), ("环节", "意见", "签批人", "时间"), height=9)


def _office(matter: Matter) -> str:
    return matter.handling_office or matter.initiating_office


def _lead(matter: Matter) -> str:
    others = len(matter.cooperating_units)
    return f"{matter.lead_unit}等{others + 1}个单位" if others else matter.lead_unit


def _units(matter: Matter) -> str:
    with_others = f"\n配合：{'、'.join(matter.cooperating_units)}" if matter.cooperating_units else ""
    return f"{matter.lead_unit}{with_others}"


def _day(moment: datetime | None) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日" if moment else ""
