"""What happened to one matter and what comes next, in the order of time: the lines that unfold on the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.board.figures import ReviewedMatter
from engine.facts.kinds import ReviewResult
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from sms.numbers import mask_numbers

LONGEST = 80


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line: when, and what happened or is due (``ahead``)."""

    at: datetime
    text: str
    ahead: bool = False


def timeline(ledger: Ledger, one: ReviewedMatter) -> list[TimelineEntry]:
    """The dated facts of a matter and its current deadline, earliest first."""
    events = [*_of_row(one.matter), *_of_records(ledger, one.matter)]
    if one.shown.current_due:
        events.append(TimelineEntry(one.shown.current_due, f"{one.shown.current_duty}期限", ahead=True))
    return sorted(events, key=lambda event: event.at)


def _of_row(matter: Matter) -> Iterator[TimelineEntry]:
    facts = (
        (matter.assigned_at, f"交办{matter.lead_unit}，办理时限{matter.time_limit or '未填'}"),
        (matter.initiated_at, "立项"),
        (matter.notice_issued_at, f"下发通知{matter.notice_number}"),
        (matter.long_running_since, "转持续推进"),
        (matter.submitted_at, "上报省政府"),
        (matter.completed_at, f"办结{matter.grade or ''}"),
        (matter.withdrawn_at, "撤销"),
    )
    return (TimelineEntry(at, _short(text)) for at, text in facts if at)


def _of_records(ledger: Ledger, matter: Matter) -> Iterator[TimelineEntry]:
    records = ledger.records_of(matter.number)
    for report in records.reports:
        if report.reported_at:
            returned = "（已退回）" if report.result is ReviewResult.SENT_BACK else ""
            yield TimelineEntry(
                report.reported_at, _short(f"{report.unit}报送{report.node}：{report.content}{returned}")
            )
    for extension in records.extensions:
        if extension.applied_at:
            yield TimelineEntry(extension.applied_at, _short(f"申请{extension.kind or '延期'}：{extension.reason}"))
    for completion in records.completions:
        if completion.applied_at:
            yield TimelineEntry(completion.applied_at, "申请办结")
    for act in records.supervisions:
        if act.at:
            yield TimelineEntry(act.at, _short(f"{act.method or '督办'}{act.unit}：{act.outcome}"))


def _short(text: str) -> str:
    line = mask_numbers(" ".join(text.split()))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
