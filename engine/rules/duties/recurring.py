"""Duties of long-running work: each week, month, quarter and at the year's end (SZ1-16, SZ2-4, SZ3-4, BS-8.2)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.periods import CalendarPeriod
from engine.facts.stretches import STRETCHES
from engine.policy.sections import RecurringReport, Summary
from engine.policy.spans import month_end
from engine.rules.duties import deadlines
from engine.rules.duties.case import Case, Paragraph


def weekly_follow_up(case: Case) -> Iterator[Duty]:
    """SZ1-13.1, SZ1-16: board 日常管理 is reminded weekly while 持续推进 or open beyond a month (readings 17, 37)."""
    began = case.standing.started_at
    if began is None or case.matter.board not in case.policy.long_running.weekly_boards:
        return
    beyond = deadlines.a_month_after(began, case.policy)
    since = min(beyond, case.standing.long_running_since or beyond)
    if since <= case.until:
        number, kind = case.matter.number, DutyKind.WEEKLY
        yield Duty(number, kind, "持续跟进", case.owner, since, since, weekly_clause(case, since), readings=(17, 37))


def weekly_clause(case: Case, at: datetime) -> str:
    """SZ1-16, SZ2-4, SZ3-4, BS-8.2, then SZ1-13.1: by which paragraph a matter is followed weekly at that time: as
    持续推进
    for its first month, then as one that runs for more than a month (reading 37).
    """
    began = case.standing.started_at
    within = began is not None and at < deadlines.a_month_after(began, case.policy)
    apart = case.policy.long_running.weekly_from == "next_day"
    return case.cites.long_running if within and apart else case.cites.weekly


def monthly_reports(case: Case) -> Iterator[Duty]:
    """SZ2-4.1, SZ3-4.1, SZ1-16, BS-8.2; BS-6.2: while long-running, a report each month (readings 19, 27)."""
    since = case.standing.long_running_since
    if since is None:
        return
    rules = case.policy.long_running
    month = date(since.year, since.month, 1)
    while datetime(month.year, month.month, 1) <= case.until:
        following = month_end(month)
        due = (
            datetime.combine(month.replace(day=rules.monthly_day), rules.monthly_clock)
            if rules.monthly_day
            else following
        )
        starts = max(since, datetime(month.year, month.month, 1))
        if due > since:
            yield Duty(
                case.matter.number,
                DutyKind.MONTHLY_REPORT,
                "月报",
                case.owner,
                starts,
                due,
                case.cites.monthly_report,
                period=f"{month:%Y-%m}",
                readings=(19,) if rules.monthly_day else (27,),
            )
        month = following.date()


def written_summaries(case: Case) -> Iterator[Duty]:
    """SZ2-4.2, SZ3-4.2: while long-running, a written summary by each period's last workday, the year's last one a week
    earlier (reading 28). Which there are, and on which boards, the policy's ``summaries`` state.
    """
    for kind, summary in case.policy.summaries.items():
        if kind.summary_form and case.matter.board in summary.boards:
            yield from _summaries(kind, kind.summary_form, summary, case)


def _summaries(kind: DutyKind, form: CalendarPeriod, summary: Summary, case: Case) -> Iterator[Duty]:
    since = case.standing.long_running_since
    if since is None:
        return
    clause = case.policy.clause(f"summaries.{kind}.boards", case.matter.board)
    first = form.first(since)
    while (starts := datetime.combine(first, time())) <= case.until:
        last = form.last(first)
        day = case.workdays.roll_back(last)
        if form.ends_year(first):
            day = case.workdays.roll_back(day - timedelta(days=summary.last_days_earlier))
        due = datetime.combine(day, summary.clock)
        if due > since:
            yield Duty(
                case.matter.number,
                kind,
                kind.value,
                case.owner,
                max(since, starts),
                due,
                clause,
                period=form.spelled(first),
                readings=(28,),
                provisional=case.workdays.may_move(due.date(), last),
            )
        first = form.following(first)


def recurring_reports(case: Case) -> Iterator[Duty]:
    """A report for every stretch of the calendar, by the names and days of the policy's ``recurring``."""
    for name, rule in case.policy.recurring.items():
        since = case.standing.long_running_since if rule.owed_while == "long_running" else case.standing.started_at
        if since and case.matter.board in rule.boards:
            yield from _recurring(name, rule, since, case)


def _recurring(name: str, rule: RecurringReport, since: datetime, case: Case) -> Iterator[Duty]:
    clause, stretch = case.policy.clause(f"recurring.{name}.boards", case.matter.board), STRETCHES[rule.every]
    first = stretch.first(since.date())
    while (starts := datetime.combine(first, time())) <= case.until:
        following = stretch.following(first)
        day = _day_due(following - timedelta(days=1), rule, case)
        due = datetime.combine(day, rule.clock)
        if due > since:
            yield Duty(
                case.matter.number,
                DutyKind.RECURRING_REPORT,
                name,
                case.owner,
                max(since, starts),
                due,
                clause,
                period=stretch.spelled(first),
                provisional=rule.in_workdays and case.workdays.may_move(first, day),
            )
        first = following


def _day_due(last: date, rule: RecurringReport, case: Case) -> date:
    if not rule.in_workdays:
        return last + timedelta(days=rule.days_after)
    return case.workdays.shift(last, rule.days_after) if rule.days_after else case.workdays.roll_back(last)


def year_end_clearing(case: Case) -> Iterator[Duty]:
    """SZ2-4.3, SZ3-4.3: everything is closed out by the year's end; warnings from 1 December."""
    began = case.standing.started_at
    if began is None or case.matter.board not in case.policy.long_running.year_end_boards:
        return
    for year in range(began.year, case.until.year + 1):
        end = datetime(year + 1, 1, 1)
        starts = max(began, end - timedelta(days=case.policy.long_running.year_end_days_ahead))
        if starts <= case.until:
            yield Duty(
                case.matter.number,
                DutyKind.YEAR_END,
                "年底清零",
                case.owner,
                starts,
                end,
                case.cites.year_end,
                period=str(year),
            )


PARAGRAPHS: tuple[Paragraph, ...] = (
    weekly_follow_up,  # SZ1-13.1, 16
    monthly_reports,  # SZ2-4.1, SZ3-4.1, BS-8.2
    written_summaries,  # SZ2-4.2, SZ3-4.2
    recurring_reports,
    year_end_clearing,  # SZ2-4.3, SZ3-4.3
)
