"""A second reckoning, by arithmetic of its own, of what random matters of 朔州 call for: SMS, clauses, lights."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import CompletionResult, ExtensionKind, ExtensionResult, MessageKind
from engine.facts.ledger import Ledger
from engine.facts.records import Completion, Extension
from engine.review.ledger_review import review
from tests.clauses import oracle
from tests.clauses.builders import (
    NUMBER,
    NothingSent,
    closed_out,
    completion,
    extension,
    ledger,
    matter,
    messages,
    policies,
    report,
)
from tests.clauses.builders import at as moment_of
from tests.clauses.oracle import DAYS, UNIT, Story

START, END = datetime(2026, 3, 1), datetime(2026, 6, 20)
SOURCES = {"日常管理事项": "专题会议", "重点工作任务": "政府工作报告"}
SAMPLE, WHOLE = 120, 3000
MINUTE = timedelta(minutes=1)


def later(now: datetime, draw: Random, days: int) -> datetime:
    """Up to so many days later, with a clock: 00:00 would be read as a bare date."""
    found = now + timedelta(minutes=draw.randint(1, days * 24 * 60))
    return found if (found.hour, found.minute) != (0, 0) else found + MINUTE


def story_of(seed: int) -> Story:
    """A matter of March 2026 and what came of it, in an order that the procedure allows."""
    draw = Random(seed)
    board, limit = draw.choice(list(SOURCES)), draw.choice((*DAYS, "长期"))
    clock = draw.choice((timedelta(), timedelta(hours=9, minutes=30), timedelta(hours=14, minutes=7)))
    story = Story(board, limit, datetime(2026, 3, draw.randint(2, 28)) + clock)
    now = story.assigned + timedelta(hours=18)
    for _ in range(draw.randint(0, 3)):
        now = later(now, draw, 4)
        node = draw.choice(("", *DAYS, "月报")) if limit != "长期" else draw.choice(("", "月报"))
        story.reports.append((now, node, draw.choice((UNIT, UNIT, UNIT, "市住建局"))))
    if draw.random() < 0.3 and limit in ("7天", "1个月"):
        story.moved = now = later(now, draw, 3)
    if draw.random() < 0.6:
        story.applied = now = later(now, draw, 9)
        if draw.random() < 0.7:
            story.refused = now = later(now, draw, 20)
            story.mend_by = now + timedelta(hours=draw.randint(12, 120))
    if draw.random() < 0.3:
        story.closed = later(now, draw, 20)
    return story


def book_of(story: Story) -> Ledger:
    """The same as people would record it."""
    times = dict.fromkeys(("assigned_at", "approved_at"), story.assigned)
    row = matter(board=story.board, source=SOURCES[story.board], time_limit=story.limit, **times)
    reports = [
        replace(report(node, "2026-03-01"), unit=unit, reported_at=at, place=Place("reports", row_of))
        for row_of, (at, node, unit) in enumerate(sorted(story.reports), start=3)
    ]
    return ledger(row, *reports, *_extension(story), *_completions(story))


def _extension(story: Story) -> list[Extension]:
    if story.moved is None:
        return []
    agreed = extension(
        "2026-03-01", kind=ExtensionKind.TO_LONG_RUNNING, plan="方案", approver="李科长", stage_goal="目标"
    )
    times = dict.fromkeys(("applied_at", "approved_at", "late_approved_at"), story.moved)
    return [replace(agreed, result=ExtensionResult.AGREED, late_approver="钱某", **times)]


def _completions(story: Story) -> list[Completion]:
    found = []
    if story.applied:
        asked = replace(completion("2026-03-01"), applied_at=story.applied, place=Place("completions", 3))
        if story.refused:
            back = {"result": CompletionResult.SENT_BACK, "rectification_due": story.mend_by}
            asked = replace(asked, reviewed_at=story.refused, **back)
        found.append(asked)
    if story.closed:
        steps = ("applied_at", "grade_approved_at", "requested_at", "reviewed_at", "finalized_at")
        found.append(replace(closed_out("2026-03-01"), **dict.fromkeys(steps, story.closed)))
    return found


def seeds(config: pytest.Config) -> range:
    return range(WHOLE if config.getoption("--full") else SAMPLE)


def test_随机的事项_短信的时点收信人类型_与另算的逐条相同(request: pytest.FixtureRequest) -> None:
    seen: set[str] = set()
    for seed in seeds(request.config):
        story = story_of(seed)
        covers = [
            (sms.at, cover.key.duty, cover.key.period, cover.kind.value, cover.key.unit, cover.key.role, cover.clause)
            for sms in messages(book_of(story), "2026-03-01", "2026-06-20", policies())
            for cover in sms.covers
            if cover.kind is not MessageKind.REPORT_RECEIVED
        ]
        assert {one[:6] for one in covers} == oracle.told(story, START, END), f"seed {seed}: {story}"
        weekly = {(at, clause) for at, duty, *_, clause in covers if duty == "持续跟进"}
        assert weekly == {(at, oracle.weekly_clause(story, at)) for at, _ in weekly}, f"seed {seed}: {story}"
        seen |= {one[3] for one in covers}
    assert seen == {"提醒", "催办", "升级", "月报催办", "周提醒", "退回通知", "办结通知"}


def test_随机的事项_预警灯与另算的相同(request: pytest.FixtureRequest) -> None:
    seen: set[str | None] = set()
    for seed in seeds(request.config):
        story, draw = story_of(seed), Random(seed)
        facts = [story.assigned, *(at for at, *_ in story.reports), story.applied, story.refused, story.closed]
        edges = [one for one in facts if one] + [one.due for one in oracle.owed(story, END)]
        for moment in draw.sample(edges, min(4, len(edges))):
            at = max(moment + draw.choice((-MINUTE, timedelta(), MINUTE, timedelta(hours=30))), story.assigned)
            if any(at < one <= at + 10 * MINUTE for one in facts if one):
                continue  # a fact a little ahead counts as known already
            shown = review(book_of(story), NothingSent(), policies(), at).shown[NUMBER].light
            assert shown == oracle.light(story, at, END), f"seed {seed} at {at}: {story}"
            seen.add(shown)
    assert seen == {"绿", "黄", "红", "紫", "灰"}


@pytest.mark.parametrize("seed", range(3))
def test_少算一条_就看得出(seed: int) -> None:
    """The comparison is seen to fail: one node more or less changes what is told."""
    story = next(one for one in map(story_of, range(seed * 50, 1000)) if one.limit == "3天" and one.applied is None)
    shorter = replace(story, limit="1天")
    assert oracle.told(story, START, END) != oracle.told(shorter, START, END)
    assert moment_of("2026-03-01") == START
