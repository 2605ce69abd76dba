"""Checks of a row against the clock, its records and the other rows. What a cell shows by itself is found in
reading.
"""

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter

from engine.facts.finding import Finding, Place, Severity, error, hint
from engine.facts.ledger import NO_RECORDS
from engine.facts.matter import Matter
from engine.facts.moment import is_bare_date
from engine.facts.records import Completion, Extension, Report, Supervision
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays, YearNotCoveredError
from engine.rules.checks.duty_findings import (
    escalated_while_overdue,
    late_when_taken_over,
    reported_unfinished,
    resting_on_movable_days,
)
from engine.rules.checks.paper_findings import papers_as_recorded
from engine.rules.checks.row import Check, Findings, Row, shown
from engine.rules.checks.stamps import stamps_as_computed
from engine.rules.duties import close_out, deadlines
from engine.rules.duties.paragraphs import duties_of

Record = Report | Extension | Completion | Supervision

_HAPPENED: dict[type, tuple[str, ...]] = {
    Matter: (
        "assigned_at",
        "approved_at",
        "decomposition_approved_at",
        "office_approved_at",
        "city_leader_approved_at",
        "submitted_at",
        "initiated_at",
        "notice_issued_at",
        "completed_at",
        "withdrawn_at",
        "reason_recognized_at",
    ),
    Report: ("reported_at", "reviewed_at", "forwarded_at"),
    Extension: ("applied_at", "approved_at", "late_approved_at"),
    Completion: (
        "applied_at",
        "written_report_at",
        "office_agreed_at",
        "verified_at",
        "service_object_told_at",
        "grade_approved_at",
        "requested_at",
        "reviewed_at",
        "finalized_at",
    ),
    Supervision: ("at", "approved_at"),
}
_TIMES = {kind: attrgetter(*names) for kind, names in _HAPPENED.items()}
# What a unit hands in late or in time: only here does a missing clock decide anything.
_HANDED_IN: dict[type, str] = {Report: "reported_at", Extension: "applied_at", Completion: "applied_at"}


def parent_exists(row: Row) -> Findings:
    """SZ1-10.1: a sub-item names a parent that stands in the ledger and is not, in the end, the sub-item itself."""
    parent = row.matter.parent
    if not parent:
        return ()
    if parent not in row.numbered:
        problem, remedy = f"台账里没有上级事项 {parent}。", "请核对上级编号；没有上级的请清空。"
        return (row.error("parent", "parent_unknown", row.cites.decomposition, problem, remedy),)
    if not _leads_back(row):
        return ()
    problem = f"上级编号 {parent} 绕回到了本事项，上下级成了循环。"
    return (row.error("parent", "parent_circular", row.cites.decomposition, problem, "请改正其中一项的上级编号。"),)


def _leads_back(row: Row) -> bool:
    seen: set[str] = set()
    above = row.matter.parent
    while above in row.numbered and above not in seen:
        if above == row.matter.number:
            return True
        seen.add(above)
        above = row.numbered[above].parent
    return False


def assigned_after_approval(row: Row) -> Findings:
    """SZ1-12, SZ2-3.1, SZ3-3.1, BS-5.2, reading 2: handling begins with the approval; an earlier 交办时间 does not
    start the clock.
    """
    assigned, approved = row.matter.assigned_at, row.matter.approved_at
    if assigned is None or approved is None or assigned >= approved:
        return ()
    if (is_bare_date(assigned) or is_bare_date(approved)) and assigned.date() == approved.date():
        return ()
    problem = f"交办时间 {shown(assigned)} 早于立项审批时间 {shown(approved)}，时限从审批时间起算。"
    remedy = "时间填错的请改正；确系先交办后审批的不必处理。"
    return (row.hint("assigned_at", "assigned_before_approval", row.cites.initiation, problem, remedy),)


def fixed_date_ahead(row: Row) -> Findings:
    """SZ1-13.1, BS-5.2: a 指定期限 lies after the start of the clock, each read as it counts (reading 2)."""
    fixed = row.matter.fixed_due
    began = deadlines.start(row.matter, row.policy) if fixed else None
    if fixed is None or began is None or deadlines.fixed_due(fixed, row.policy) > began:
        return ()
    problem = f"指定期限 {shown(fixed)} 不晚于起算时间 {shown(began)}。"
    remedy = "请核对指定期限、交办时间和立项审批时间。"
    return (row.error("fixed_due", "fixed_date_before_start", row.cites.nodes, problem, remedy),)


def happened_already(row: Row) -> Findings:
    """Nothing that is recorded lies ahead of the clock, 10 minutes of another PC's clock allowed."""
    facts = (row.matter, *records_of(row)) if row.records is not NO_RECORDS else (row.matter,)
    found = []
    for fact in facts:
        moments = _TIMES[type(fact)](fact)
        if max(filter(None, moments), default=row.until) > row.until:
            named = zip(_HAPPENED[type(fact)], moments, strict=True)
            found += [_ahead(row, fact, name, moment) for name, moment in named if moment and moment > row.until]
    return found


def _ahead(row: Row, fact: Matter | Record, name: str, moment: datetime) -> Finding:
    """A 交办时间 ahead is a hint: a matter may be taken in today and assigned tomorrow."""
    if name == "assigned_at":
        severity, then = Severity.HINT, "时限将从那时起算。"
    else:
        severity, then = Severity.ERROR, "到那时才算数。"
    return Finding(
        fact.place.at(name),
        "time_in_future",
        "",
        severity,
        f"{shown(moment)} 还没有到，{then}",
        "请核对年、月、日是否填错。",
        row.matter.number or None,
    )


def records_of(row: Row) -> tuple[Record, ...]:
    """All records of the row's matter, in the order of the sheets."""
    found = row.records
    return (*found.reports, *found.extensions, *found.completions, *found.supervisions)


def handed_in_with_clock(row: Row) -> Findings:
    """SZ1-13.1, BS-6.4, reading 2: a bare 报送时间 or 申请时间 counts as close of office."""
    return () if row.records is NO_RECORDS else _without_clock(row)


def _without_clock(row: Row) -> Iterator[Finding]:
    for record in records_of(row):
        name = _HANDED_IN.get(type(record))
        moment = getattr(record, name) if name else None
        if name and moment and is_bare_date(moment):
            close = f"{row.policy.office.close:%H:%M}"
            problem = f"只填了日期 {shown(moment)}，没有钟点，按当天{close}计。"
            clause, remedy = row.clause("office.close"), "请补填几点几分，以免误判逾期。"
            yield hint(record.place.at(name), "clock_missing", clause, problem, remedy, row.matter.number)


def new_deadline_ahead(row: Row) -> Findings:
    """SZ1-16, BS-8.3: a new deadline lies after the application for it."""
    return _new_deadlines_past(row) if row.records.extensions else ()


def _new_deadlines_past(row: Row) -> Iterator[Finding]:
    for item in row.records.extensions:
        if item.new_due and item.applied_at and deadlines.fixed_due(item.new_due, row.policy) <= item.applied_at:
            problem = f"新期限 {shown(item.new_due)} 不晚于申请时间 {shown(item.applied_at)}。"
            clause, remedy = row.cites.extension, "请核对这两个时间。"
            yield error(item.place.at("new_due"), "new_deadline_past", clause, problem, remedy, item.matter)


def state_as_recorded(row: Row) -> Findings:
    """SZ1-18, BS-7.2, readings 26 and 33: a row that is closed or withdrawn has the records of it."""
    matter = row.matter
    if not row.has_ended or not matter.number or close_out.ended_at(row.records, matter, row.policy):
        return ()
    silent = matter.status is not None and matter.status.has_ended
    stated = f"状态为“{matter.status}”" if silent else f"填了{'办结' if matter.completed_at else '撤销'}时间"
    then = "短信已停发，也不计办结" if silent else "这一格不起作用，督办照常"
    problem = f"{stated}，却查不到审定或批准的记录和时间，{then}。"
    remedy = "确已办结的请补齐「办结审核」，撤销的请补填撤销时间和批准人；否则请清空这几格，把状态改回“办理中”。"
    field = "status" if silent else "completed_at" if matter.completed_at else "withdrawn_at"
    return (row.error(field, "state_without_record", row.cites.close_out, problem, remedy),)


def words_of_the_regime(row: Row) -> Findings:
    """SZ1-25: 办理时限 and 评估等级 are words of the ledger's own regime (SZ1-13.1, BS-5.2; SZ1-17, SZ2-5.2, SZ3-5.2,
    BS-3).
    """
    matter, policy = row.matter, row.policy
    asked = (
        ("time_limit", matter.time_limit, policy.limit_words, row.cites.nodes),
        ("grade", matter.grade, policy.close_out.grades, row.cites.grading),
    )
    return [
        row.error(
            field, "word_unknown", clause, f"“{policy.regime}”没有“{word}”。", f"请从这几项中选：{'、'.join(words)}。"
        )
        for field, word, words, clause in asked
        if word and word not in words
    ]


def limit_as_given(row: Row) -> Findings:
    """SZ1-25: a row may give a matter another limit than its source and urgency call for; it is reported as a hint."""
    matter = row.matter
    given = row.policy.default_limit_for(matter.board, matter.source, matter.urgency)
    if given is None or not matter.time_limit or matter.time_limit in (given.limit, *given.allowed):
        return ()
    problem = f"办理时限“{matter.time_limit}”与制度规定的“{given.limit}”不同。"
    return (
        row.hint("time_limit", "limit_other_than_given", given.clause, problem, "确有需要的可以保留；否则请清空。"),
    )


CHECKS: tuple[Check, ...] = (
    words_of_the_regime,  # SZ1-25
    limit_as_given,  # SZ1-25
    parent_exists,  # SZ1-10.1
    assigned_after_approval,  # SZ1-12, reading 2
    fixed_date_ahead,  # SZ1-13.1
    happened_already,
    handed_in_with_clock,  # reading 2
    new_deadline_ahead,  # SZ1-16, BS-8.3
    state_as_recorded,  # reading 26
)
PERMANENT: tuple[Check, ...] = (parent_exists, happened_already, state_as_recorded)


def check_duties(row: Row, now: datetime) -> Iterator[Finding]:
    """Findings that need the duties, which are computed here. A review, which has them, calls the checks itself.

    Years without a calendar are left in ``row.workdays.missing``.
    """
    try:
        case = row.case(now)
        duties = duties_of(case)
    except YearNotCoveredError:
        return
    yield from stamps_as_computed(row.matter, duties, row.policy)
    yield from reported_unfinished(case, duties, now)
    yield from escalated_while_overdue(case, duties)
    yield from papers_as_recorded(case, duties)
    yield from late_when_taken_over(case, duties)
    yield from resting_on_movable_days(case, duties, now)


def years_not_covered(workdays: Workdays, policy: Policy) -> Iterator[Finding]:
    """SZ2-4.2, BS-5.2: a year without a calendar whose workdays were needed: reported, never guessed."""
    for year in sorted(workdays.missing):
        problem = f"{year}年的放假安排尚未录入，按工作日计算的期限推算不出来，相应的短信不会发。"
        remedy = f"请在「节假日」录入{year}年国务院公布的放假和调休日期。"
        yield error(Place("holidays", None, "date"), "year_not_covered", policy.citations.workdays, problem, remedy)
