"""暂行办法第十三条: a warning when not done in time, acts recorded; 第二十五条: each place sets its numbers."""

import pytest

from engine.facts.kinds import SupervisionMethod
from engine.policy import schedule
from engine.rules.duties.paragraphs import duties_of
from engine.rules.messages import flags as flags_module
from engine.rules.messages.flags import flags
from engine.sample.words import Light, TimeLimit
from tests.clauses import builders
from tests.clauses.builders import (
    NothingSent,
    Record,
    at,
    case,
    completion,
    ledger,
    matter,
    messages,
    report,
    supervision,
)
from tests.clauses.clause import clause
from tests.clauses.mutants import replaced, schedule_row

LEAD = "市教育局"


def light(moment: str, *records: Record) -> Light | None:
    known = case(matter(time_limit=TimeLimit.ONE_DAY), *records, moment=moment)
    return flags(known, duties_of(known), NothingSent(), at(moment)).light


@clause("SZ1-13")
@pytest.mark.parametrize(
    ("moment", "shown"),
    [("2026-03-03 09:30", Light.YELLOW), ("2026-03-03 09:31", Light.RED)],
    ids=["到期整_未预警", "过一分_预警"],
)
def test_未按时落实的自动预警(moment: str, shown: Light) -> None:
    assert light(moment) == shown


@clause("SZ1-13")
def test_按时落实的不预警() -> None:
    on_time = (report("1天", "2026-03-03 09:00"), completion("2026-03-03 09:00"))
    assert light("2026-03-03 12:00", *on_time) == Light.GREEN


@clause("SZ1-13")
@pytest.mark.parametrize("method", ["电话催办", "跟踪督查"])
def test_电话催办和跟踪督查可以登记_电话催办计次(method: str) -> None:
    act = supervision("2026-03-03 16:00", method=SupervisionMethod(method))
    known = case(matter(time_limit=TimeLimit.ONE_DAY), act, moment="2026-03-04 09:00")
    shown = flags(known, duties_of(known), NothingSent(), at("2026-03-04 09:00"))
    assert known.records.supervisions == (act,)
    assert shown.urging_count == (1 if method == "电话催办" else 0)


@clause("SZ1-13")
def test_自动督促先于人工() -> None:
    sent = messages(ledger(matter(time_limit=TimeLimit.ONE_DAY)), "2026-03-03 12:30", "2026-03-03 12:31")
    assert [sms.to.unit for sms in sent] == [LEAD]


@clause("SZ1-25")
def test_各地可改节奏_改制度文件即可() -> None:
    """第二十五条: 每3小时 becomes 每4小时 by one value of the file; no code knows the number."""

    def every_four(regime: object, tree: builders.Tree) -> None:
        for row in tree["schedule"]:
            if row.get("every_hours") == 3:
                row["every_hours"] = 4

    under = builders._edited((*builders.MUTATIONS, every_four))
    sent = messages(ledger(matter(time_limit=TimeLimit.ONE_DAY)), "2026-03-03 09:31", "2026-03-04 09:30", under)
    slots = [cover.key.slot for sms in sent for cover in sms.covers if cover.key.slot != "+5h"]
    assert slots == ["+4h", "+8h", "+12h", "+16h", "+20h"]


MUTANTS = (
    schedule_row("SZ1-13", duty="节点", every_hours=3),
    replaced("SZ1-13", flags_module, "_light", lambda case, current, now: Light.GREEN),
    replaced("SZ1-25", schedule.Schedule, "offsets", ()),
)
