"""接管时在办的事项：期限在启用时间之前的，不算逾期、不催办、不计分（暂行办法第十三、十四条，《激励积分办法》第十条）。"""

from dataclasses import replace

import pytest

from engine.facts.ledger import Ledger
from engine.facts.matter import Flags, Matter
from engine.facts.settings import Settings
from engine.review.explain import explain
from engine.review.ledger_review import Review, review
from engine.rules.duties.cases import Cases
from engine.rules.points.accountability import over_two_days
from engine.sample.words import TimeLimit
from tests.clauses.builders import NUMBER, NothingSent, Record, at, ledger, matter, messages, policies, report
from tests.clauses.clause import clause
from tests.clauses.points import account

pytestmark = clause("SZ1-13.1", "SZ1-14", "SZ1-16", "SZ4-10.2")

DUE = "2026-03-05 09:30"  # of the 3天 matter of the builders; node 1天 is due 2026-03-03 09:30
BEFORE, AT, AFTER = "2026-03-05 09:29", "2026-03-05 09:30", "2026-03-05 09:31"


def taken_over(since: str, *facts: Matter | Record) -> Ledger:
    book = ledger(*facts)
    return replace(book, settings=replace(book.settings, enabled_from=at(since)))


def reviewed(since: str, now: str, *facts: Matter | Record) -> Review:
    book = taken_over(since, *facts)
    return review(book, NothingSent(), policies(), at(now), at(since))


def shown(since: str, now: str, *facts: Matter | Record) -> Flags:
    return reviewed(since, now, *facts).shown[NUMBER]


def late(since: str, now: str, *facts: Matter | Record) -> list[str]:
    entries = account(*facts, moment=now, settings={"enabled_from": at(since)}).entries
    return [entry.kind.value for entry in entries if "逾期" in entry.evidence or "未报送" in entry.evidence]


@pytest.mark.parametrize(("since", "counts"), [(BEFORE, 1), (AT, 1), (AFTER, 0)])
def test_期限在启用时间之前的不算逾期_当时和之后的算(since: str, counts: int) -> None:
    assert shown(since, "2026-03-05 10:00", matter()).overdue_count == counts


@pytest.mark.parametrize(("since", "count"), [(BEFORE, 1), (AT, 1), (AFTER, 0)])
def test_期限在启用时间之前的不扣分(since: str, count: int) -> None:
    assert len(late(since, "2026-03-31 12:00", matter())) == count


@pytest.mark.parametrize(("since", "cited"), [(BEFORE, True), ("2026-03-03 09:30", False)])
def test_为什么写明接管前所采用的理解(since: str, cited: bool) -> None:
    cases = Cases(taken_over(since, matter()), policies(), at("2026-03-05 10:00"))
    found = explain(cases, cases.ledger.matters[0], NothingSent(), {}, at(since))
    assert (39 in found.readings) is cited


def test_没有启用时间的都算() -> None:
    entries = account(matter(), moment="2026-03-31 12:00").entries
    assert len([entry for entry in entries if "未报送" in entry.evidence]) == 2


@pytest.mark.parametrize(("since", "sends"), [(BEFORE, True), (AT, True), (AFTER, False)])
def test_期限在启用时间之前的不催办(since: str, sends: bool) -> None:
    assert bool(reviewed(since, "2026-03-05 12:30", matter()).messages) is sends


def test_自身最后期限已过的_灯和逾期小时照实_升级标记为空() -> None:
    flags = shown("2026-03-20 09:00", "2026-03-20 10:00", matter())
    assert (flags.light, flags.current_duty, flags.overdue_hours) == ("紫", "3天", 15 * 24)
    assert flags.overdue_state == "逾期2天以上"
    assert (flags.escalation, flags.overdue_count) == (None, 0)


def test_同样的事项没有接管的_升级标记照出() -> None:
    book = ledger(matter())
    flags = review(book, NothingSent(), policies(), at("2026-03-20 10:00")).shown[NUMBER]
    assert flags.escalation == "待批重点督办"


def test_自身最后期限已过的_提示登记反馈或延期或办结() -> None:
    found = list(reviewed("2026-03-20 09:00", "2026-03-20 10:00", matter()).findings)
    told = [one for one in found if one.rule == "late_when_taken_over"]
    assert [one.matter for one in told] == [NUMBER]
    assert not told[0].is_error
    assert "2026-03-05 09:30" in told[0].problem


def test_接管后登记了反馈的不再提示() -> None:
    handed_in = report("3天", "2026-03-20 09:30")
    found = reviewed("2026-03-20 09:00", "2026-03-20 10:00", matter(), handed_in).findings
    assert "late_when_taken_over" not in {one.rule for one in found}


def test_接管前已报送的仍是已报送() -> None:
    handed_in = report("3天", "2026-03-04 10:00")
    flags = shown("2026-03-20 09:00", "2026-03-20 10:00", matter(), handed_in)
    assert flags.current_duty is None
    assert flags.overdue_state in ("已报送", "已报送未办结")


def test_前面的节点在接管前_后面的节点照常() -> None:
    month = matter(time_limit=TimeLimit.ONE_MONTH)
    flags = shown("2026-03-20 09:00", "2026-03-20 10:00", month)
    assert (flags.light, flags.current_duty, flags.current_due) == ("绿", "1个月", at("2026-04-02 09:30"))
    assert flags.overdue_count == 0
    flags = shown("2026-03-20 09:00", "2026-04-02 13:00", month)
    assert (flags.light, flags.overdue_count) == ("红", 1)


def test_接管后不写节点的反馈_算到还没到期的节点上() -> None:
    month = matter(time_limit=TimeLimit.ONE_MONTH)
    handed_in = report("", "2026-03-25 10:00")
    flags = shown("2026-03-20 09:00", "2026-03-26 10:00", month, handed_in)
    assert flags.current_duty is None
    before = shown("2026-03-01 09:00", "2026-03-26 10:00", month, handed_in)
    assert before.current_duty is not None


def test_说明里写明接管前() -> None:
    since = at("2026-03-20 09:00")
    book = taken_over("2026-03-20 09:00", matter(time_limit=TimeLimit.ONE_MONTH))
    told = explain(Cases(book, policies(), at("2026-03-20 10:00")), book.matters[0], NothingSent(), {}, since)
    states = {one.duty.name: one.state for one in told.duties if not one.duty.is_announcement}
    assert states["1天"] == states["3天"] == states["7天"] == "接管前"
    assert states["1个月"] == "办理中"
    slots = {slot.outcome for one in told.duties if one.duty.name == "1天" for slot in one.slots}
    assert slots == {"接管前，不发"}


@pytest.mark.parametrize(("since", "clues"), [(AT, 1), (AFTER, 0)])
def test_接管前的逾期不成为问责线索(since: str, clues: int) -> None:
    scored = account(matter(), moment="2026-03-20 10:00", settings={"enabled_from": at(since)}).scored
    assert len([clue for one in scored for clue in over_two_days(one)]) == clues


def test_启用时间不影响试算() -> None:
    book = ledger(matter())
    span = ("2026-03-01", "2026-03-20")
    since = replace(book, settings=replace(book.settings, enabled_from=at("2026-03-19")))
    assert [one.at for one in messages(book, *span)] == [one.at for one in messages(since, *span)]


def test_设置里没有启用时间的台账照旧() -> None:
    assert Settings().enabled_from is None
