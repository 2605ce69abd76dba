"""A month of facts under two regimes of one's own, its SMS, lights and papers worked out by hand from their texts.

The third, with papers as rungs, stands in ``test_coloured_papers``.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from engine.papers.notice_document import Per, notice_docx, plan
from engine.policy.shelf import OwnText, shelved
from engine.review.simulate import simulate
from engine.review.trial import lights_under
from tests.clauses.builders import LEAD, at, closed_out, ledger, matter, report
from tests.documents.test_escalation_paper import text_of
from tests.policy.districts import BY_SOURCE, SIX_BOARDS

SHELF = shelved((OwnText("尧都.toml", SIX_BOARDS), OwnText("某县.toml", BY_SOURCE)))
MONTH = (at("2026-03-01 00:00"), at("2026-04-01 00:00"))
INVESTOR, BRIDGE, PAPER = "2026-招-0001", "2026-督-0001", "2026-督-0002"
DISTRICT = {"board": "重点招商", "source": "区政府常务会议", "approver_rank": "市长", "time_limit": "7天"}
COUNTY = {"board": "政务督查", "approver_rank": "市长", "time_limit": None}
OF_DISTRICT = (
    matter(**DISTRICT, number=INVESTOR),
    report("1天", "2026-03-02 16:00", matter=INVESTOR),
    report("3天", "2026-03-05 13:00", matter=INVESTOR),
    report("7天", "2026-03-09 08:00", matter=INVESTOR),
    closed_out("2026-03-12 10:00", matter=INVESTOR),
)
OF_COUNTY = (
    matter(**COUNTY, number=BRIDGE, source="领导批示", urgency="急件"),
    matter(**COUNTY, number=PAPER, source="公文"),
    report("5天", "2026-03-10 10:00", matter=BRIDGE),
    report("30天", "2026-03-31 16:00", matter=PAPER),
)


def of(regime: str, *facts: Any):
    book = ledger(*facts)
    return replace(book, settings=replace(book.settings, regime=regime))


def sent(regime: str, *facts: Any) -> list[tuple[str, str, str, str]]:
    found = simulate(of(regime, *facts), SHELF, *MONTH)
    return [(f"{one.at:%m-%d %H:%M}", one.kind.value, one.to.unit, one.covers[0].clause) for one in found]


def test_a_month_of_a_district_on_the_text_of_13710() -> None:
    assert sent("尧都", *OF_DISTRICT) == [
        ("03-02 16:00", "反馈通知", "秘书一科", "SZ1-13.2"),  # the first day in time: never reminded of
        ("03-05 04:30", "提醒", LEAD, "SZ1-13.1"),  # five hours ahead of the third day
        ("03-05 12:30", "催办", LEAD, "SZ1-14"),  # three hours late; reported at 13:00, before the next
        ("03-05 13:00", "反馈通知", "秘书一科", "SZ1-13.2"),
        ("03-09 04:30", "提醒", LEAD, "SZ1-13.1"),
        ("03-09 08:00", "反馈通知", "秘书一科", "SZ1-13.2"),
        *[("03-12 10:00", "办结通知", to, "SZ1-19") for to in (LEAD, LEAD, "秘书一科")],
    ]


@pytest.mark.parametrize(
    ("moment", "light"),
    [
        ("2026-03-02 17:00", "绿"),
        ("2026-03-04 09:29", "绿"),
        ("2026-03-04 09:30", "黄"),
        ("2026-03-05 09:30", "黄"),
        ("2026-03-05 09:31", "红"),
        ("2026-03-05 13:00", "绿"),
        ("2026-03-12 10:00", "灰"),
    ],
)
def test_the_lights_of_that_month(moment: str, light: str) -> None:
    assert lights_under(of("尧都", *OF_DISTRICT), SHELF, "尧都", at(moment)) == {light: 1}


def test_a_month_of_a_county_with_limits_by_source_and_urgency() -> None:
    assert sent("某县", *OF_COUNTY) == [
        ("03-08 09:30", "催办", LEAD, "MX-10"),  # five days from 03-02 09:30, then a day; the late one gives reasons
        ("03-10 10:00", "反馈通知", "秘书一科", "SZ1-13.2"),
        ("03-31 16:00", "反馈通知", "秘书一科", "SZ1-13.2"),  # a 公文 has until 04-01 09:30
    ]
    book = of("某县", *OF_COUNTY)
    lights = [lights_under(book, SHELF, "某县", at(moment)) for moment in ("2026-03-08 12:00", "2026-03-31 10:00")]
    assert [dict(one) for one in lights] == [{"红": 1, "绿": 1}, {"黄": 2}]


@pytest.mark.parametrize(
    ("regime", "facts", "title"), [("尧都", OF_DISTRICT, "尧都区督办通知"), ("某县", OF_COUNTY, "督办通知")]
)
def test_the_notice_of_each(regime: str, facts: tuple[Any, ...], title: str) -> None:
    book, now = of(regime, *facts), datetime(2026, 3, 2, 10)
    row = replace(book.matters[0], initiated_at=at("2026-03-02 09:40"))
    [notice] = plan([row], (), now, Per.UNIT)
    data = notice_docx(notice, replace(book.settings, office_name="区政府督查室"), SHELF[regime].on(now.date()).notice)
    said = text_of(data)
    assert f"的{title}" in said
    assert "区政府督查室" in said
