"""The notice that gives a matter to its units, in the words of its regime (SZ1-9, BS-5.2).

A draft for people to issue: the software numbers and writes it, an office prints, seals and sends it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from engine.facts.kinds import LONG
from engine.facts.matter import Matter
from engine.facts.settings import Settings
from engine.papers.official import LINE_PITCH, Head, Layout, OfficialDocument
from engine.papers.phrases import chinese_moment, chinese_ordinal, topic
from engine.policy.sections import NoticePaper

MOST_NAMED = 4
"""Recipients that the address names; more of them are 各有关单位, and stand with their matters."""
LAYOUTS = {"信函": Layout.LETTER, "公文": Layout.DOCUMENT}
"""By the policy's ``notice.form``."""
_NUMBER = re.compile(r"〔(\d{4})〕(\d+)号$")


class Per(Enum):
    """One notice for all selected matters of a unit, or one for each matter."""

    UNIT = "每个单位一份"
    MATTER = "每个事项一份"


class UnissuableError(Exception):
    """A matter for which no notice may be made; the message states the remedy in Chinese."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: what it is about, to whom, under which number and date."""

    number: str
    issued_at: datetime
    recipients: tuple[str, ...]
    matters: tuple[Matter, ...]


def notice_number(year: int, running: int) -> str:
    """〔2026〕1号: full year, no 第, no leading zeros."""
    return f"〔{year}〕{running}号"


def next_running(numbers: Iterable[str], year: int) -> int:
    """The first running number of the year that none of ``numbers`` (通知文号) has reached."""
    found = (_NUMBER.search(number) for number in numbers)
    return max((int(match[2]) for match in found if match and int(match[1]) == year), default=0) + 1


def plan(
    matters: Sequence[Matter], taken: Iterable[str], issued_at: datetime, per: Per, code: str = ""
) -> tuple[Notice, ...]:
    """Group matters into notices and number them on from ``taken``, under the office's ``code`` (发文代字) or the one
    of the latest number.

    Raises UnissuableError for a matter without a number or a deadline, or that has been issued already.
    """
    for matter in matters:
        _must_be_issuable(matter)
    groups: dict[str, list[Matter]] = {}
    for matter in matters:
        groups.setdefault(matter.lead_unit if per is Per.UNIT else matter.number, []).append(matter)
    known = tuple(taken)
    first, code = next_running(known, issued_at.year), code or _office_code(known)
    return tuple(
        Notice(code + notice_number(issued_at.year, running), issued_at, _recipients(group), tuple(group))
        for running, group in enumerate(groups.values(), first)
    )


def _office_code(numbers: Sequence[str]) -> str:
    """The letters before the year (朔政督办) of the latest number that has been given; none for the first."""
    found = [match for number in numbers if (match := _NUMBER.search(number))]
    latest = max(found, key=lambda match: (int(match[1]), int(match[2])), default=None)
    return latest.string[: latest.start()].strip() if latest else ""


def _must_be_issuable(matter: Matter) -> None:
    name = matter.number or f"第{matter.place.row}行"
    if not matter.number or not matter.initiated_at:
        raise UnissuableError(f"{name}事项还没有编号盖时限。请先“编号盖时限”，再下发通知。")
    if matter.notice_issued_at or matter.notice_number:
        raise UnissuableError(f"{name}号事项已下发通知（{matter.notice_number}）。请去掉这一项再下发。")
    if not matter.lead_unit:
        raise UnissuableError(f"{name}号事项没有牵头单位。请先补填。")


def _recipients(matters: Sequence[Matter]) -> tuple[str, ...]:
    units = (unit for matter in matters for unit in (matter.lead_unit, *matter.cooperating_units))
    return tuple(dict.fromkeys(units))


def notice_docx(notice: Notice, settings: Settings, wording: NoticePaper, line_pitch: float = LINE_PITCH) -> bytes:
    """The notice as the bytes of a .docx, in the regime's words; ``line_pitch`` in points. Deterministic."""
    issuer, recipients = settings.office_name, notice.recipients
    layout = LAYOUTS[wording.form]
    title = f"关于{topic([matter.content for matter in notice.matters])}的{wording.title}"
    document = OfficialDocument(layout, Head(issuer, notice.number, title), line_pitch)
    document.address("、".join(recipients) if len(recipients) <= MOST_NAMED else "各有关单位")
    document.text(wording.opening if len(recipients) == 1 else wording.opening.replace("你单位", "你们单位"))
    for index, matter in enumerate(notice.matters):
        document.heading(f"{chinese_ordinal(index)}、{matter.number}号事项")
        for line in _facts(matter, wording.lead):
            document.text(line)
    document.heading(f"{chinese_ordinal(len(notice.matters))}、有关要求")
    for line in wording.demands:
        document.text(line)
    document.sign(issuer, notice.issued_at)
    if settings.phone:
        document.note(f"联系电话：{settings.phone}")
    if layout is Layout.DOCUMENT:
        leaders = dict.fromkeys(matter.responsible_leader for matter in notice.matters if matter.responsible_leader)
        document.imprint("、".join(leaders), issuer, notice.issued_at)
    return document.to_bytes()


def _facts(matter: Matter, lead: str) -> list[str]:
    """The lines of one matter in the notice; an empty cell makes none."""
    source = " ".join(part for part in (matter.source, matter.source_number) if part)
    lines = [
        ("事项内容", matter.content.replace("\n", "")),
        ("办理要求", matter.requirement.replace("\n", "")),
        ("任务来源", source),
        ("责任领导", matter.responsible_leader),
        (lead, matter.lead_unit),
        ("配合单位", "、".join(matter.cooperating_units)),
        ("报送节点", _nodes(matter)),
        ("办理时限", _limit(matter)),
    ]
    return [f"{name}：{_sentence(text)}" for name, text in lines if text]


def _sentence(text: str) -> str:
    return text if text.endswith(("。", "！", "？", "；")) else f"{text}。"


def _nodes(matter: Matter) -> str:
    stamps = matter.stamps
    named = (
        ("1天", stamps.node_1_day),
        ("3天", stamps.node_3_days),
        ("7天", stamps.node_7_days),
        ("1个月", stamps.node_1_month),
    )
    return "；".join(f"{name}节点{chinese_moment(due)}前" for name, due in named if due)


def _limit(matter: Matter) -> str:
    if matter.time_limit == LONG:
        return "长期推进，按月报告进展"
    due = matter.stamps.completion_due
    return f"{chinese_moment(due)}前办结" if due else ""
