"""The life of one matter's SMS: owed, claimed, submitted, accepted, delivered, acknowledged, each with its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.facts.matter import Matter
from engine.facts.settings import Settings
from engine.papers.official import Head, Layout, OfficialDocument
from engine.papers.phrases import chinese_moment

LIFE_HEADINGS = (
    *("短信编号", "应发", "记入待发", "提交网关", "网关收下", "回执", "签收"),
    *("记入的电脑", "提交的电脑", "人工处理"),
    *("类型", "节点", "期次", "时点", "单位", "收信角色", "收信人", "手机"),
    *("网关", "网关编号", "签收号码", "签收回复", "结果", "条款", "说明", "内容"),
)
_COLUMNS = ("应发", "类型／时点", "收信人", "提交／网关／电脑", "结果", "条款")
_WIDTHS = (25, 26, 38, 25, 21, 21)
_NOTE = (
    "本件由督办程序的发送日志生成。“已送达”以运营商回执为准，“签收”以收信号码的回复为准，人工确认的写明经手人；"
    "号码隐去中间四位"
)


@dataclass(frozen=True, slots=True)
class MessageLife:
    """One obligation and what became of the SMS that carried it. Times are office time; ``mobile`` is masked.

    ``claimed_by`` and ``submitted_by`` are hosts; ``handled`` says who settled it by hand, when and how. ``gateway``
    took it under its own reference ``ref``; ``acknowledged_by`` is the masked number whose ``reply`` acknowledged it.
    """

    number: str
    owed_at: datetime
    claimed_at: datetime
    claimed_by: str
    submitted_at: datetime | None
    submitted_by: str
    accepted_at: datetime | None
    receipt_at: datetime | None
    acknowledged_at: datetime | None
    kind: str
    node: str
    period: str
    slot: str
    unit: str
    role: str
    name: str
    mobile: str
    gateway: str
    ref: str
    acknowledged_by: str
    reply: str
    handled: Sequence[str]
    state: str
    clause: str
    explanation: str
    text: str

    def cells(self) -> tuple[object, ...]:
        """In the order of ``LIFE_HEADINGS``."""
        times = (self.owed_at, self.claimed_at, self.submitted_at, self.accepted_at, self.receipt_at)
        what = (self.kind, self.node, self.period, self.slot, self.unit, self.role, self.name, self.mobile)
        hosts = (self.claimed_by, self.submitted_by, "；".join(self.handled))
        by = (self.gateway, self.ref, self.acknowledged_by, self.reply)
        return (
            *(self.number, *times, self.acknowledged_at, *hosts, *what, *by),
            *(self.state, self.clause, self.explanation, self.text),
        )


def certificate_docx(matter: Matter, lives: Sequence[MessageLife], settings: Settings, at: datetime) -> bytes:
    """短信回执证明 of one matter: what was sent to whom, when, with which receipt, by which clause."""
    head = Head("", f"事项编号：{matter.number}　截至{chinese_moment(at)}", "短信回执证明")
    document = OfficialDocument(Layout.SHEET, head)
    delivered = sum(one.state == "已送达" for one in lives)
    acknowledged = sum(one.acknowledged_at is not None for one in lives)
    document.text(
        f"事项{matter.number}由{matter.lead_unit}承办。督办程序就本事项应发短信{len(lives)}次，"
        f"运营商回执已送达{delivered}次，收信人回复签收{acknowledged}次，逐次如下。"
    )
    if lives:
        document.table([_row(one) for one in lives], _WIDTHS, _COLUMNS)
    document.note(_NOTE)
    document.sign(settings.office_name, at)
    return document.to_bytes()


def _row(one: MessageLife) -> tuple[str, ...]:
    what = f"{one.kind}\n{one.node} {one.slot}".strip()
    whom = "\n".join(part for part in (one.unit, f"{one.role} {one.name}".strip(), one.mobile) if part)
    ended = [one.state, *([f"{one.receipt_at:%m-%d %H:%M}"] if one.receipt_at else [])]
    if one.acknowledged_at:
        ended.append(f"签收 {one.acknowledged_at:%m-%d %H:%M}")
        ended += [f"{one.acknowledged_by}回复“{one.reply}”"] if one.reply else []
    ended += one.handled
    if one.explanation:
        ended.append(one.explanation)
    sent = "未提交"
    if one.submitted_at:
        sent = f"{one.submitted_at:%Y-%m-%d}\n{one.submitted_at:%H:%M:%S}\n{one.gateway}\n{one.submitted_by}".rstrip()
    return f"{one.owed_at:%Y-%m-%d}\n{one.owed_at:%H:%M}", what, whom, sent, "\n".join(ended), one.clause
