"""暂行办法第二十一条：按承办单位、任务来源、交办事项、事项编号、立项时间统计分析，报告领导。"""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.facts.finding import Place
from engine.facts.kinds import Status
from engine.facts.matter import Matter
from engine.papers.statistics_export import summary
from engine.review import statistics
from engine.review import statistics as of_statistics
from engine.review.statistics import Figures, Statistics
from engine.sample.words import TimeLimit
from tests.clauses.builders import LEAD, NUMBER, Record, at, ledger, matter, policies, report
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced
from tests.clauses.test_close_out import DONE, closing

pytestmark = clause("SZ1-21")

OTHER = "市住建局"
SECOND = "2026-日-0002"


def made(
    *facts: Matter | Record, since: str = "2026-03-01", until: str = "2026-04-01", now: str = "2026-03-20 09:00"
) -> Statistics:
    return of_statistics.statistics(ledger(*facts), policies(), at(since), at(until), at(now))


def second(**changes: object) -> Matter:
    """Another matter of another unit, from another source."""
    facts = {"number": SECOND, "place": Place("matters", 6), "lead_unit": OTHER, "source": "常务会议"}
    return matter(**(facts | {"initiating_office": "秘书二科", "time_limit": TimeLimit.ONE_DAY} | changes))


def groups(told: Statistics, name: str) -> dict[str, int]:
    return {one.name: one.matters for one in dict(told.by)[name]}


def test_按承办单位_任务来源_版块_立项主体_立项月份() -> None:
    told = made(matter(), second(), second(number="2026-日-0003", initiated_at="2026-03-31 23:59"))
    assert groups(told, "承办单位") == {OTHER: 2, LEAD: 1}
    assert groups(told, "任务来源") == {"常务会议": 2, "专题会议": 1}
    assert groups(told, "版块") == {"日常管理事项": 3}
    assert groups(told, "立项主体") == {"秘书二科": 2, "秘书一科": 1}
    assert groups(told, "立项月份") == {"2026-03": 3}
    assert [one.number for one in told.matters] == [NUMBER, SECOND, "2026-日-0003"]


@pytest.mark.parametrize(
    ("initiated", "counted"),
    [
        ("2026-02-28 23:59", False),
        ("2026-03-01 00:00", True),
        ("2026-03-31 23:59", True),
        ("2026-04-01 00:00", False),
    ],
    ids=["前一分", "起始那一分", "最后一分", "次日零时"],
)
def test_按立项时间取事项(initiated: str, *, counted: bool) -> None:
    assert made(matter(initiated_at=initiated), now="2026-04-20 09:00").total.matters == counted


def test_没有编号的不计() -> None:
    assert made(replace(matter(), number="")).total.matters == 0


def figures(*facts: Matter | Record, now: str = "2026-03-20 09:00") -> Figures:
    return made(*facts, now=now).total


@pytest.mark.parametrize(
    ("reported", "now", "due", "in_time", "overdue"),
    [
        (None, "2026-03-03 09:30", 0, 0, 0),
        (None, "2026-03-03 09:31", 1, 0, 1),
        ("2026-03-03 09:30", "2026-03-03 09:31", 1, 1, 0),
        ("2026-03-03 09:31", "2026-03-03 09:32", 1, 0, 0),
        ("2026-03-02 15:00", "2026-03-02 15:01", 1, 1, 0),
        ("2026-03-02 15:00", "2026-03-02 14:59", 0, 0, 0),
    ],
    ids=["到期那一分", "过一分未报", "到期那一分报", "过一分报", "提前报", "还没报"],
)
def test_应报送_按时报送_正在逾期(reported: str | None, now: str, due: int, in_time: int, overdue: int) -> None:
    records = [report("1天", reported)] if reported else []
    found = figures(matter(time_limit=TimeLimit.ONE_DAY), *records, now=now)
    assert (found.due, found.in_time, found.overdue) == (due, in_time, overdue)


def test_按时率_办结率_用时() -> None:
    done = matter(status=Status.COMPLETED)
    found = figures(done, closing(), second(), now="2026-03-20 09:00")
    assert (found.matters, found.completed, found.completion_rate) == (2, 1, 50.0)
    assert found.days == round((at(DONE) - at("2026-03-02 09:35")) / timedelta(days=1), 1) == 2.3
    assert found.punctuality == round(100 * found.in_time / found.due, 1)
    withdrawn = second(withdrawn_at="2026-03-05", withdrawal_approver="钱某", status=Status.WITHDRAWN)
    assert figures(done, closing(), withdrawn).completion_rate == 100.0


def test_什么也没有_不除以零() -> None:
    found = figures()
    assert (found.matters, found.completion_rate, found.punctuality, found.days) == (0, None, None, None)
    assert summary(made()) == ["2026年3月1日至2026年3月20日9时没有立项的督办事项。"]


def test_到某日为止的_报告写那一天_不写第二天() -> None:
    told = of_statistics.statistics(ledger(), policies(), at("2026-03-01"), at("2026-03-18"), at("2026-03-20 09:00"))
    assert summary(told) == ["2026年3月1日至2026年3月17日没有立项的督办事项。"]


def test_各组加起来等于合计() -> None:
    told = made(matter(), second(), report("1天", "2026-03-02 15:00"))
    for _, found in told.by:
        for name in ("matters", "overdue", "due", "in_time", "returns"):
            assert sum(getattr(one, name) for one in found) == getattr(told.total, name)


def test_报告写明情况和逾期较多的单位() -> None:
    told = made(matter(), second(), now="2026-03-04 09:31")
    assert summary(told) == [
        "2026年3月1日至2026年3月4日9时31分立项的督办事项共2项：办理中2项。正在逾期2项，退回0次。",
        "承办单位应报送2次，按时报送0次，按时率0%。",
        f"正在逾期较多的承办单位：{OTHER}1项、{LEAD}1项。",
    ]


MUTANTS = (
    replaced("SZ1-21", statistics, "GROUPS", ("承办单位", "任务来源", "版块", "立项主体")),
    replaced("SZ1-21", statistics, "_grouped", lambda found, index: ()),
    replaced("SZ1-21", statistics, "_percent", lambda part, whole: 100.0),
    replaced("SZ1-21", statistics, "duties_of", lambda case: []),
)
