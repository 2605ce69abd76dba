"""What a matter of 朔州 calls for, reckoned a second time: by hand from the text and the readings, with nothing of the
engine but its facts. A judge for random histories (``test_oracle``).

Boards 日常管理事项 and 重点工作任务, limits 1天 to 1个月 and 长期; reports of anybody, one close-out application with
or without a refusal, 转持续推进, a close-out. Readings 1 to 3, 5, 6, 12, 17, 20, 22, 27, 28, 31 to 34 and 37.
"""

import calendar
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import chinese_calendar

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNIT, OFFICE, SUPERVISION = "市教育局", "秘书一科", "督查室"
CONTACT, HEAD = "具体责任人", "第一责任人"
DAYS = {"1天": 1, "3天": 3, "7天": 7, "1个月": 0}
Told = tuple[datetime, str, str, str, str, str]
"""When, of which duty, of which period, the kind, to which unit, to whom."""


@dataclass
class Owed:
    """One duty: from when, until when, when it was met or ended, when a refused application kept it quiet."""

    name: str
    period: str
    start: datetime
    due: datetime
    closed: datetime | None = None
    quiet: list[tuple[datetime, datetime]] = field(default_factory=list)

    def is_open(self, at: datetime) -> bool:
        return (self.closed is None or at < self.closed) and not any(a <= at < b for a, b in self.quiet)


@dataclass
class Story:
    """What happened to one matter. ``reports``: (time, node or empty, unit). ``applied`` and ``refused`` are the
    application and its refusal with the date set for mending; ``moved`` 转持续推进, ``closed`` the approval.
    """

    board: str
    limit: str
    assigned: datetime
    reports: list[tuple[datetime, str, str]] = field(default_factory=list)
    applied: datetime | None = None
    refused: datetime | None = None
    mend_by: datetime | None = None
    moved: datetime | None = None
    closed: datetime | None = None


def month_later(moment: datetime) -> datetime:
    """The same clock a month later, clamped to the month's end (reading 3)."""
    year, month = (moment.year, moment.month + 1) if moment.month < 12 else (moment.year + 1, 1)
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def from_start(assigned: datetime, days: int) -> datetime:
    """N×24 hours from a time of day, close of office from a bare date (readings 1, 2); 0: a month."""
    due = assigned + days * DAY if days else month_later(assigned)
    return due.replace(hour=17, minute=30) if (assigned.hour, assigned.minute) == (0, 0) else due


def workday(day: datetime, steps: int) -> datetime:
    """The day so many workdays away; 0: the same or the one before."""
    while steps == 0 and not chinese_calendar.is_workday(day):
        day -= DAY
    sign = 1 if steps > 0 else -1
    while steps:
        day += sign * DAY
        steps -= sign * chinese_calendar.is_workday(day)
    return day


def owed(story: Story, end: datetime) -> list[Owed]:
    """Every duty of the matter up to ``end``, met and ended."""
    found: list[Owed] = []
    if story.limit != "长期":
        ladder = list(DAYS)[: list(DAYS).index(story.limit) + 1]
        found += [Owed(name, "", story.assigned, from_start(story.assigned, DAYS[name])) for name in ladder]
    since = story.assigned if story.limit == "长期" else story.moved
    if since:
        found += recurring(story, since, end)
    if story.refused and story.mend_by:
        found.append(Owed("整改", "1", story.refused, story.mend_by))
    for duty in found:
        if story.moved and duty.name in DAYS:
            duty.closed = story.moved
        if story.closed:
            duty.closed = min(duty.closed or story.closed, story.closed)
    for at, node, unit in sorted(story.reports):
        if unit == UNIT:
            meet(found, at, node)
    if story.applied:
        apply(found, story.applied, story.refused)
    return found


def recurring(story: Story, since: datetime, end: datetime) -> list[Owed]:
    """月报 by the end of each month; on the board of key tasks 季报 by the quarter's last workday (readings 27, 28)."""
    found, month = [], since.replace(day=1, hour=0, minute=0)
    while month <= end:
        after = month_later(month)
        if after > since:
            found.append(Owed("月报", f"{month:%Y-%m}", max(since, month), after))
        if month.month % 3 == 0 and story.board == "重点工作任务":
            first = month.replace(month=month.month - 2)
            due = workday(after - DAY, 0).replace(hour=17, minute=30)
            if due > since:
                found.append(Owed("季报", f"{month.year}Q{month.month // 3}", max(since, first), due))
        month = after
    return found


def meet(found: list[Owed], at: datetime, node: str) -> None:
    """A report meets the open duty that it names, or the earliest; a node's ends the earlier nodes too (reading 20)."""
    fitting = [one for one in found if one.is_open(at) and (one.name == node if node else one.start <= at)]
    if not fitting:
        return
    target = min(fitting, key=lambda one: one.due)
    for one in found:
        earlier = target.name in DAYS and one.name in DAYS and one.due < target.due and one.is_open(at)
        if one is target or earlier:
            one.closed = at


def apply(found: list[Owed], at: datetime, refused: datetime | None) -> None:
    """An application meets what is open and what comes; what lies ahead of its refusal is owed again (reading 32)."""
    for one in found:
        if not one.is_open(at) or (refused and one.start >= refused):
            continue
        if refused and one.due > refused:
            one.quiet.append((at, refused))
        else:
            one.closed = at


def told(story: Story, start: datetime, end: datetime) -> set[Told]:
    """Everything that is to be told from ``start`` on and before ``end``."""
    duties = owed(story, end)
    found = {one for duty in duties for one in slots(story, duty)}
    found |= announced(story, duties) | weekly(story, end)
    return {one for one in found if start <= one[0] < end}


def slots(story: Story, duty: Owed) -> set[Told]:
    """What is told around one deadline while it is owed: 第十三条（一）, 第十四条, 逐月反馈, 季度小结."""
    both, due = ((UNIT, CONTACT), (UNIT, HEAD)), duty.due
    laid: list[tuple[datetime, str, tuple[tuple[str, str], ...]]] = []
    if duty.name in (*DAYS, "整改"):
        laid += [(due + hours * HOUR, "提醒", both[:1]) for hours in (-5, 5)]
        laid += [(due + hours * HOUR, "提醒", both) for hours in (24, 48)]
        laid += [(due + hours * HOUR, "催办", both[:1]) for hours in range(3, 25, 3)]
        laid += [(due + hours * HOUR, "催办", both) for hours in range(26, 49, 2)]
        laid.append((due + 48 * HOUR, "升级", ((OFFICE, CONTACT),)))
        laid.append((due + 72 * HOUR, "升级", ((SUPERVISION, CONTACT), (OFFICE, CONTACT))))
    elif duty.name == "月报" and story.board == "重点工作任务":
        laid += [(due + hours * HOUR, "月报催办", both[:1]) for hours in (8, 15, 32, 39)]
        laid.append((due + DAY + 17.5 * HOUR, "月报催办", ((OFFICE, CONTACT),)))
        laid.append((due + 48 * HOUR, "升级", ((SUPERVISION, CONTACT),)))
    elif duty.name == "季报":
        laid += [(workday(due, -n).replace(hour=9, minute=0), "提醒", both[:1]) for n in (5, 1)]
        laid.append((workday(due, 1).replace(hour=9, minute=0), "催办", ((OFFICE, CONTACT),)))
    return {
        (at, duty.name, duty.period, kind, unit, role)
        for at, kind, people in laid
        if at >= duty.start and duty.is_open(at)
        for unit, role in people
    }


def announced(story: Story, duties: list[Owed]) -> set[Told]:
    """退回 and 办结; a report is told to the office by another test."""
    found: set[Told] = set()
    if story.refused and story.mend_by:
        found.add((story.refused, "退回", "", "退回通知", UNIT, CONTACT))
    if story.closed:
        people = ((UNIT, HEAD), (UNIT, CONTACT), (OFFICE, CONTACT))
        found |= {(story.closed, "办结", "", "办结通知", unit, role) for unit, role in people}
    return found


def weekly(story: Story, end: datetime) -> set[Told]:
    """Mondays at 09:00 after the day of 转持续推进, or of the month's end (reading 37); board “1” only."""
    if story.board != "日常管理事项":
        return set()
    month = from_start(story.assigned, 0)
    since = min(month, story.assigned if story.limit == "长期" else story.moved or month)
    at = since.replace(hour=9, minute=0) + (8 - since.isoweekday()) * DAY if since.isoweekday() > 1 else None
    at = at or since.replace(hour=9, minute=0) + 7 * DAY
    found: set[Told] = set()
    while at < end and (story.closed is None or at < story.closed):
        stands = story.applied and story.applied <= at and (story.refused is None or at < story.refused)
        if not stands:
            year, week, _ = at.isocalendar()
            found.add((at, "持续跟进", f"{year}-W{week:02}", "周提醒", UNIT, CONTACT))
        at += 7 * DAY
    return found


def weekly_clause(story: Story, at: datetime) -> str:
    """SZ1-16 until a month after the assignment, then SZ1-13.1 (reading 37)."""
    return "SZ1-16" if at < from_start(story.assigned, 0) else "SZ1-13.1"


def light(story: Story, at: datetime, end: datetime) -> str:
    """预警灯 at a time: by the earliest open duty, and 黄 for what was reported on but not finished (reading 31)."""
    if story.closed and story.closed <= at:
        return "灰"
    duties = [one for one in owed(story, end) if one.start <= at]
    current = min((one.due for one in duties if one.is_open(at)), default=None)
    if current and at > current:
        return "紫" if at >= current + 48 * HOUR else "红"
    limits = [one for one in duties if one.name in DAYS or one.name == "整改"]
    last = max(limits, key=lambda one: one.due, default=None)
    applied = story.applied and story.applied <= at and not (story.refused and story.refused <= at)
    extended = story.limit == "长期" or (story.moved and story.moved <= at)
    if last and last.due <= at and not last.is_open(at) and not applied and not extended:
        return "黄"
    return "黄" if current and at >= current - DAY else "绿"
