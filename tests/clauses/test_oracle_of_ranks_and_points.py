"""A second reckoning, by arithmetic of its own, of readings 33, 35, 36 and 38 on random matters and scores of 朔州."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from engine.facts.ledger import Ledger
from engine.facts.message import Message
from engine.sample.words import TimeLimit
from tests.clauses import oracle
from tests.clauses.builders import ledger, messages, policies
from tests.clauses.oracle import DAYS, UNIT, Story
from tests.clauses.points import points
from tests.clauses.test_oracle import END, START, book_of, seeds, story_of
from tests.clauses.test_province import province
from tests.scoring.test_year_by_hand import last

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTERS = (datetime(2026, 1, 1), datetime(2026, 4, 1), datetime(2026, 7, 1))


def told_of(book: Ledger) -> set[oracle.Told]:
    """Everything that the engine tells but receipts of reports, as the oracle writes it."""
    sent: list[Message] = messages(book, "2026-03-01", "2026-06-20", policies())
    return {
        (sms.at, cover.key.duty, cover.key.period, cover.kind.value, cover.key.unit, cover.key.role)
        for sms in sent
        for cover in sms.covers
        if cover.kind.value != "反馈通知"
    }


def without_rank(story: Story) -> tuple[Ledger, Story]:
    """The book in which nobody who may has agreed to 转持续推进 nor finally approved the close-out, and what is left:
    an application that nobody has answered.
    """
    book = book_of(story)
    (number, records) = next(iter(book.records.items()))
    extensions = tuple(replace(one, approver="") for one in records.extensions)
    completions = tuple(replace(one, finalizer_rank="科长") if one.finalizer else one for one in records.completions)
    void = replace(records, extensions=extensions, completions=completions)
    left = replace(story, moved=None, closed=None, applied=story.applied or story.closed)
    return replace(book, records={**book.records, number: void}), left


def test_职务不够或没有同意人的_与没有这件事一样_读法33(request: pytest.FixtureRequest) -> None:
    tried = 0
    for seed in seeds(request.config):
        story = story_of(seed)
        if not (story.moved or story.closed) or (story.refused and story.closed):
            continue  # a second application after a refusal is another tale
        book, left = without_rank(story)
        assert told_of(book) == oracle.told(left, START, END), f"seed {seed}: {story}"
        tried += 1
    assert tried > 20


def test_省政府交办事项_单位只欠节点_上报只由立项主体欠着_读法35(request: pytest.FixtureRequest) -> None:
    for seed in seeds(request.config)[::3]:
        draw = Random(seed)
        limit = draw.choice(list(DAYS))
        assigned = datetime(2026, 3, 2, 9, 30)
        due = datetime(2026, 3, draw.randint(5, 31), 17, 30)
        submitted = assigned + timedelta(minutes=draw.randint(60, 40 * 24 * 60)) if draw.random() < 0.7 else None
        papers = {
            "office_approver": "冯某",
            "office_approved_at": submitted,
            "city_leader_approver": "吴某",
            "city_leader_approved_at": submitted,
            "submitted_at": submitted,
        }
        row = province(time_limit=TimeLimit(limit), province_due=f"{due:%Y-%m-%d}", **(papers if submitted else {}))
        told = told_of(ledger(row))
        expected = {
            (at, duty, "", "提醒", "督查室", "具体责任人")
            for duty, day in (("省级期限", due - 2 * DAY), ("上报省政府", due))
            for at in ((day - DAY).replace(hour=9, minute=0), day - 5 * HOUR)
            if at >= assigned and (submitted is None or at < submitted)
        }
        story = Story("省政府交办事项", limit, assigned)
        nodes = {one for one in oracle.told(story, START, END) if one[4] == UNIT}
        assert {one for one in told if one[4] == UNIT and one[3] != "交办"} == nodes, f"seed {seed}"
        assert {one for one in told if one[1] in ("省级期限", "上报省政府") and one[3] == "提醒"} == expected, seed


def test_倒数后两位_同分时另算_读法36(request: pytest.FixtureRequest) -> None:
    for seed in seeds(request.config)[::4]:
        draw = Random(seed)
        lost = [draw.randint(1, 4) for _ in range(draw.randint(2, 6))]  # who had no work is not ranked
        low = [sum(other >= own for other in lost) for own in lost]  # how many score as low or lower, itself included
        worse = [sum(other > own for other in lost) for own in lost]
        among = [f"单位{at}" for at, count in enumerate(low) if count <= 2]
        tied = [f"单位{at}" for at, count in enumerate(low) if count > 2 > worse[at]]
        assert last(*lost) == (among, tied), f"seed {seed}: {lost}"


def test_季度未被催办加5分_另算_读法10和38(request: pytest.FixtureRequest) -> None:
    seen: set[tuple[str, ...]] = set()
    for seed in seeds(request.config):
        story = story_of(seed)
        now = QUARTERS[-1]
        duties = [one for one in oracle.owed(story, now) if one.due <= now and fell_due(one, story)]
        expected = []
        for first, after in pairwise(QUARTERS):
            fell = [one for one in duties if first < one.due <= after]  # 24:00 belongs to the month that it ends
            nodes = [one for one in fell if one.name in DAYS or one.name == "整改"]
            if nodes and not any(is_urged(one, story, now) for one in fell):
                expected.append(f"{after - DAY:%Y-%m-%d}")
        earned = points(*_facts(book_of(story)), moment="2026-07-01 00:00")
        assert [day for word, _, day in earned if word == "季度未被催办"] == expected, f"seed {seed}: {story}"
        seen.add(tuple(expected))
    assert len(seen) >= 3


def fell_due(duty: oracle.Owed, story: Story) -> bool:
    """What 转持续推进 or the close-out ended before its deadline never fell due; what was met did."""
    return duty.closed not in (story.moved, story.closed) or duty.closed is None or duty.closed > duty.due


def is_urged(duty: oracle.Owed, story: Story, now: datetime) -> bool:
    slots = oracle.slots(story, duty)
    return any(kind in ("催办", "月报催办") and unit == UNIT and at < now for at, _, _, kind, unit, _ in slots)


def _facts(book: Ledger) -> list[object]:
    (row,) = book.matters
    records = book.records.get(row.number)
    return [row, *(records.reports + records.extensions + records.completions if records else ())]
