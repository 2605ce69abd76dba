"""通报: what each kind contains, and whether it has been approved. Without a recorded approval it stays a draft."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from engine.facts.faults import DubanError
from engine.facts.kinds import SupervisionMethod
from engine.facts.ledger import Ledger
from engine.facts.message import Sent
from engine.facts.points import PointKind
from engine.files.file_names import file_name
from engine.ledger.headings.columns import QUARTER_SCORES, SUPERVISIONS
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.ledger import read_rows
from engine.papers.reports import circular_docx, criticism_docx, ranking_docx
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.review.briefing import briefing

FOLDER = "通报"
APPROVED_WITHIN = timedelta(days=31)
"""How long an approval in 督办记录 stands for the circular that is being made."""


class CircularKind(StrEnum):
    """汇总: all that is overdue (SZ1-14); 重点: what has been escalated (BS-8.4); 排名: a published quarter; 批评: the
    entries of 积分事项 that criticise a unit (BS-9).
    """

    ALL = "汇总"
    ESCALATED = "重点"
    RANKING = "排名"
    CRITICISM = "批评"


_TITLES = {
    CircularKind.ALL: "关于督办事项落实情况的通报",
    CircularKind.ESCALATED: "关于重点督办事项落实情况的通报",
}


class NoCircularError(DubanError):
    """No circular was made; the message states the remedy in Chinese."""


class CircularDesk:
    """One ledger at one time, from which circulars are made. ``data`` are the workbook's bytes."""

    def __init__(self, ledger: Ledger, data: bytes, policies: Policies, sent: Sent, at: datetime) -> None:
        if not ledger.settings.office_name:
            raise NoCircularError("「参数设置」里没有填“单位名称”，通报不能落款。请填写本单位全称，再生成。")
        self._ledger, self._data, self._policies, self._sent, self._at = ledger, data, policies, sent, at

    def made(self, kind: CircularKind, number: str, quarter: str) -> bytes:
        """The Word file; ``number`` only for an approved one, ``quarter`` for 排名.

        Raises: NoCircularError: there is nothing to report, or no approval for a number.
        """
        if kind is CircularKind.RANKING:
            return self._ranking(number, quarter)
        if kind is CircularKind.CRITICISM:
            return self._criticism(number)
        found = briefing(self._ledger, self._policies, self._sent, self._at)
        if kind is CircularKind.ESCALATED:
            found = replace(found, overdue=tuple(one for one in found.overdue if one.escalation))
        if not found.overdue:
            raise NoCircularError("没有要通报的事项。")
        self._must_be_approved(number, [one.matter.number for one in found.overdue])
        wording = policy_of_ledger(self._ledger, self._policies, self._at).notice
        return circular_docx(found, _TITLES[kind], number, self._ledger.settings, wording)

    def _ranking(self, number: str, quarter: str) -> bytes:
        try:
            rows = [row for row in read_rows(self._data, QUARTER_SCORES.key) if row.get("quarter") == quarter]
        except UnreadableWorkbook:
            rows = []
        if not rows:
            raise NoCircularError(f"{quarter or '这个季度'}还没有通报固定的得分。请先“季度评分”，再生成排名通报。")
        return ranking_docx(quarter, rows, number, self._ledger.settings, self._at)

    def _criticism(self, number: str) -> bytes:
        items = [one for one in self._ledger.point_items if one.item == PointKind.CIRCULAR.value]
        if not items:
            raise NoCircularError("「积分事项」里没有要通报批评的单位。")
        if number and not any(one.document == number for one in items):
            raise NoCircularError(f"「积分事项」里没有依据文号为“{number}”的通报。请先登记经批准的文号。")
        chosen = [one for one in items if not number or one.document == number]
        return criticism_docx(chosen, number, self._ledger.settings, self._at)

    def _must_be_approved(self, number: str, matters: Iterable[str]) -> None:
        if number and not any(self._is_approved(matter) for matter in matters):
            raise NoCircularError(
                f"还没有批准通报的记录，不能编号。请先在「{SUPERVISIONS.name}」登记一次“通报”，写明批准人和批准时间；"
                "或者去掉文号，先生成草稿。"
            )

    def _is_approved(self, matter: str) -> bool:
        return any(
            act.method is SupervisionMethod.CIRCULAR
            and act.approver
            and act.approved_at
            and self._at - APPROVED_WITHIN <= act.approved_at <= self._at
            for act in self._ledger.records_of(matter).supervisions
        )


def circular_path(ledger: Path, kind: CircularKind, number: str, at: datetime) -> Path:
    """Where a circular goes: a folder beside the ledger, by its number or as draft."""
    name = f"通报 {kind.value} {file_name(number) if number else f'草稿 {at:%Y%m%d-%H%M}'}.docx"
    return ledger.parent / FOLDER / name
