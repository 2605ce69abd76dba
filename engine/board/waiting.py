"""今日待办: what waits for a person, by kind, each with the unit, the matter and what is to be done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from engine.facts.kinds import OverdueState, ReviewResult, Status
from engine.facts.ledger import Ledger
from engine.facts.matter import Flags, Matter
from engine.facts.moment import as_written, at_clock
from engine.ledger.headings.columns import MATTERS
from engine.policy.policy import Policy
from engine.review.ledger_review import Review
from sms.numbers import mask_numbers

TO_READ = "回复待看"
KINDS = ("待人工", TO_READ, "待批", "待审核", "待办结", "未盖时限", "未下发", "今日到期")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits. ``row`` is the matter's row in 督办台账, where it has one."""

    kind: str
    number: str
    unit: str
    content: str
    what: str
    due: datetime | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """An SMS whose fate a person must settle (待人工)."""

    number: str
    matter: str


@dataclass(frozen=True, slots=True)
class UnreadReply:
    """A reply to an SMS that is no acknowledgement (回复待看). ``matter`` is empty where it cannot be known; ``what``
    is who replied what and when.
    """

    matter: str
    what: str


def waiting(
    ledger: Ledger,
    reviewed: Review,
    policy: Policy,
    unsettled: Iterable[Unsettled],
    unread: Iterable[UnreadReply] = (),
) -> tuple[Waiting, ...]:
    """What waits at the time of the review, by kind in the order of ``KINDS``, the earliest deadline first.

    ``policy`` is the one in force, which defines the marks that wait for an approval.
    """
    pending = frozenset(mark for mark, rung in policy.rungs.items() if rung.pending)
    faults = (finding.place for finding in reviewed.findings if finding.is_error)
    faulty = {place.row for place in faults if place.sheet == MATTERS.key}
    found = [*_of_messages(ledger, unsettled, unread)]
    for matter in ledger.matters:
        if matter.approved_at and not matter.number:
            is_faulty = matter.place.row in faulty
            wording = "已审批，但有错误，请照“核验提示”改正" if is_faulty else "已审批，请点“编号盖时限”"
            found.append(_waiting("未盖时限", matter, wording))
        shown = reviewed.shown.get(matter.number, matter.shown)
        if shown.escalation in pending:
            found.append(_waiting("待批", matter, f"{shown.escalation}，批准后在“督办记录”登记"))
        if shown.overdue_state is OverdueState.REPORTED_UNFINISHED:
            wording = f"最后期限已到，已报送未办结，请{matter.initiating_office}督促申请办结或延期"
            found.append(_waiting("待办结", matter, wording))
        if shown.light != policy.closed_light:
            found += _due_today(matter, shown, reviewed.at)
        found += _of_matter(ledger, matter)
    return tuple(sorted(found, key=lambda one: (KINDS.index(one.kind), one.due or datetime.max, one.number)))


def _of_messages(ledger: Ledger, unsettled: Iterable[Unsettled], unread: Iterable[UnreadReply]) -> Iterator[Waiting]:
    numbered = {matter.number: matter for matter in ledger.matters if matter.number}
    told = [("待人工", one.matter, f"短信{one.number}是否发出，请核实后处理") for one in unsettled]
    told += [(TO_READ, one.matter, one.what) for one in unread]
    for kind, number, what in told:
        matter = numbered.get(number)
        yield _waiting(kind, matter, what) if matter else Waiting(kind, number, "", "", what)


def _of_matter(ledger: Ledger, matter: Matter) -> Iterator[Waiting]:
    if matter.status in (Status.IN_PROGRESS, Status.LONG_RUNNING) and not matter.notice_issued_at:
        yield _waiting("未下发", matter, "请点“下发通知”")
    yield from _of_records(ledger, matter)


def _due_today(matter: Matter, shown: Flags, at: datetime) -> Iterator[Waiting]:
    due = shown.current_due
    if due and at <= due < at_clock(at, time()) + _DAY:
        known = f"，{shown.acknowledged_at:%m-%d %H:%M}有人签收短信" if shown.acknowledged_at else ""
        yield _waiting("今日到期", matter, f"“{shown.current_duty}”今日{due:%H:%M}到期{known}", due)


def _of_records(ledger: Ledger, matter: Matter) -> Iterator[Waiting]:
    records = ledger.records_of(matter.number)
    for report in records.reports:
        if report.result in (None, ReviewResult.PENDING):
            when = as_written(report.reported_at) if report.reported_at else "日期未填"
            yield _waiting("待审核", matter, f"请审核{report.unit}的反馈（{when}）")
    for completion in records.completions:
        if completion.result is None:
            yield _waiting("待批", matter, "办结申请待审定，请点“审定销号”")
    for extension in records.extensions:
        if extension.result is None:
            yield _waiting("待批", matter, f"{extension.kind or '延期'}申请待同意")


def _waiting(kind: str, matter: Matter, what: str, due: datetime | None = None) -> Waiting:
    content = mask_numbers(" ".join(matter.content.split()))
    return Waiting(
        kind, matter.number or f"第{matter.place.row}行", matter.lead_unit, content, what, due, matter.place.row
    )
