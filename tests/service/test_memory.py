"""With what it remembers a review finds exactly what it finds without: whatever is done, at whatever minute."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.facts.duty import DutyKey
from engine.facts.kinds import DayType, MessageKind
from engine.facts.ledger import Ledger
from engine.facts.message import ObligationKey
from engine.facts.moment import MIDNIGHT, at_clock, bare_as
from engine.facts.unit import Directory
from engine.ledger.reading.ledger import read_ledger
from engine.policy.loading import Policies
from engine.review.cache import ReviewCache
from engine.review.ledger_review import Review, review
from engine.sample.words import Regime, TimeLimit
from tests.clauses.builders import DAY, at, baoshan, ledger, matter, policies, policies_with, policy, report
from tests.clauses.histories import START, MatterHistory, histories

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SAMPLES = Path(__file__).parents[2] / "workbook"


class ClaimedSlots:
    """Everything that reviews called for so far, as if it had been sent or recorded at once."""

    def __init__(self) -> None:
        self._keys: set[ObligationKey] = set()
        self._through: dict[DutyKey, datetime] = {}
        self._urgings: dict[str, int] = {}
        self._last: dict[str, datetime] = {}

    def take(self, found: Review) -> None:
        self._through |= found.settled
        self._keys |= {one.obligation.key for one in found.missed}
        for message in found.messages:
            for cover in message.covers:
                self._keys.add(cover.key)
                self._last[cover.key.matter] = found.at
                if cover.kind is MessageKind.URGING:
                    self._urgings[cover.key.matter] = self.urgings(cover.key.matter) + 1

    def __contains__(self, key: ObligationKey) -> bool:
        return key in self._keys

    def settled_through(self, duty: DutyKey) -> datetime | None:
        return self._through.get(duty)

    def is_acknowledged(self, key) -> bool:
        return False

    def urgings(self, matter: str) -> int:
        return self._urgings.get(matter, 0)

    def acknowledged_at(self, matter: str) -> datetime | None:
        return None

    def last_sent_at(self, matter: str) -> datetime | None:
        return self._last.get(matter)


class ReviewedOffice:
    """Reviews one ledger over and over, with a memory and without, and claims what is owed."""

    def __init__(self) -> None:
        self.memory, self.journal = ReviewCache(), ClaimedSlots()

    def look(self, book: Ledger, now: datetime, since: datetime = START, under: Policies | None = None) -> Review:
        law = under or policies()
        with_memory = review(book, self.journal, law, now, since, self.memory)
        anew = review(book, self.journal, law, now, since)
        assert with_memory == anew, f"{now:%Y-%m-%d %H:%M}"
        self.journal.take(anew)
        return anew


def book_of(history: MatterHistory, quiet: bool = False) -> Ledger:
    book = ledger(history.row, *history.records, regime=history.regime)
    return replace(book, settings=replace(book.settings, quiet_hours=quiet))


def facts_of(history: MatterHistory) -> list[datetime]:
    """Every time that stands in the matter and its records, bare dates also at close of office."""
    values = (getattr(fact, item.name) for fact in (history.row, *history.records) for item in fields(fact))
    moments = [value for value in values if isinstance(value, datetime)]
    return [*moments, *(bare_as(moment, policy().office.close) for moment in moments)]


def without_clock(record: Any) -> Any:
    """The record as somebody types it who writes the day only."""
    name = next(name for name in ("reported_at", "applied_at", "at") if hasattr(record, name))
    return replace(record, **{name: at_clock(getattr(record, name), MIDNIGHT)})


@settings(max_examples=settings.default.max_examples, deadline=None)
@given(histories(), st.booleans(), st.data())
def test_minute_by_minute_memory_equals_review(history: MatterHistory, quiet: bool, data: st.DataObject) -> None:
    bare = data.draw(st.lists(st.booleans(), min_size=len(history.records), max_size=len(history.records)))
    records = [without_clock(one) if day else one for one, day in zip(history.records, bare, strict=True)]
    history = replace(history, records=records)
    office, book = ReviewedOffice(), book_of(history, quiet)
    anywhere = START + data.draw(st.integers(0, 90 * 24 * 60)) * MINUTE
    now = data.draw(st.sampled_from([anywhere, *facts_of(history)])) - 15 * MINUTE
    for _ in range(30):
        office.look(book, now)
        now += MINUTE


@settings(max_examples=settings.default.max_examples // 4, deadline=None)
@given(histories(), st.booleans(), st.data())
def test_typed_in_between_memory_equals_review(history: MatterHistory, quiet: bool, data: st.DataObject) -> None:
    office, now = ReviewedOffice(), START
    for index in range(len(history.records) + 12):
        so_far = replace_records(history, index)
        for _ in range(3):
            now += data.draw(st.sampled_from([1, 1, 5, 30, 60, 180, 1440, 10080])) * MINUTE
            office.look(book_of(so_far, quiet), now)


def replace_records(history: MatterHistory, count: int) -> MatterHistory:
    """The first records of a history, as if the others had not been typed yet."""
    return replace(history, records=history.records[:count])


@pytest.mark.parametrize("name", ["示例台账.xlsx", "示例台账-保山.xlsx"])
def test_the_sample_through_two_weeks(name: str) -> None:
    book = read_ledger((SAMPLES / name).read_bytes())
    office, now = ReviewedOffice(), max(one.assigned_at for one in book.matters if one.assigned_at) - timedelta(days=2)
    remembered = 0
    for step in range(90):
        now += (1, 7, 59, 241, 480)[step % 5] * MINUTE
        office.look(book, now)
        remembered = max(remembered, len(office.memory))
    assert remembered > len(book.matters) / 2


def test_the_hint_of_a_year_of_long_work_is_not_late_by_a_night() -> None:
    """BS-8.2: the check looks ten minutes ahead, so its day ends ten minutes before ours."""
    long = baoshan(number="2026-常-0001", time_limit=TimeLimit.LONG, fixed_due=None, notice_issued_at=at("2026-03-03"))
    office, book, now = ReviewedOffice(), ledger(long, regime=Regime.BAOSHAN), at("2027-03-02 23:30")
    for _ in range(40):
        office.look(book, now)
        now += MINUTE


class TestWaking:
    """Whoever looks only when the last look said so sees everything in its minute."""

    def told(self, book: Ledger, now: datetime, end: datetime) -> list[tuple[str, datetime]]:
        office, since, told = ReviewedOffice(), now, []
        while now and now <= end:
            found = office.look(book, now, since)
            told += [(message.kind.value, found.at) for message in found.messages]
            now = found.next_at
        return told

    def test_a_notice_time_ahead_sends_at_that_minute(self) -> None:
        later = ledger(matter(notice_issued_at=at("2026-03-02 15:00")))
        assert ("交办", at("2026-03-02 15:00")) in self.told(later, at("2026-03-02 12:00"), at("2026-03-02 16:00"))

    def test_a_notice_of_tomorrow_sends_at_midnight(self) -> None:
        later = ledger(matter(notice_issued_at=at("2026-03-03")))
        assert ("交办", at("2026-03-03 00:00")) in self.told(later, at("2026-03-02 12:00"), at("2026-03-03 08:00"))

    def test_a_month_over_this_morning_is_followed_next_monday(self) -> None:
        began = at("2026-04-11 08:30")  # a month later is a Monday, which has none yet (reading 37)
        rows = matter(time_limit=TimeLimit.ONE_MONTH, assigned_at=began, approved_at=began, notice_issued_at=None)
        reported = report("1个月", "2026-05-08 10:00")  # nothing else happens by itself that morning
        told = self.told(ledger(rows, reported), at("2026-05-11 08:00"), at("2026-05-18 10:00"))
        assert ("周提醒", at("2026-05-18 09:00")) in told

    def test_what_the_night_held_back_goes_at_dawn(self) -> None:
        quiet = ledger(matter(), settings={"quiet_hours": True})  # reminded at 04:30, which is night
        told = self.told(quiet, at("2026-03-03 00:00"), at("2026-03-03 09:00"))
        assert told == [("提醒", at_clock(at("2026-03-03"), policy().sending.quiet_until))]


class TestForgetting:
    """What makes a remembered look worthless, one case each; the twin without it is remembered."""

    NOON = at("2026-03-02 12:00")

    def looked_at(self, *facts: object, now: datetime = NOON) -> tuple[ReviewedOffice, Ledger]:
        office, book = ReviewedOffice(), ledger(*facts)
        for _ in range(2):  # the first look claims what is owed: the 交办
            office.look(book, now)
        assert len(office.memory) == 1
        return office, book

    def kept(self, office: ReviewedOffice, book: Ledger, now: datetime, *how: Any) -> bool:
        """Whether this look was spared: the memory still holds the very result."""
        before = dict(office.memory._cached)
        office.look(book, now, *how)
        return any(office.memory._cached.get(number) is kept for number, kept in before.items())

    def test_nothing_changed_is_not_reviewed(self) -> None:
        office, book = self.looked_at(matter())
        assert self.kept(office, book, self.NOON + HOUR)

    def test_the_next_slot_is_reviewed(self) -> None:
        office, book = self.looked_at(matter())  # due 03-03 09:30, reminded five hours before
        assert self.kept(office, book, at("2026-03-02 23:49"))
        assert not self.kept(office, book, at("2026-03-03 04:30"))

    def test_another_hour_of_lateness_is_reviewed(self) -> None:
        late = at("2026-03-03 12:00")
        office, book = self.looked_at(matter(), now=late)  # due 09:30
        assert self.kept(office, book, late + 29 * MINUTE)
        assert not self.kept(office, book, late + 30 * MINUTE)

    def test_an_announcement_is_never_late(self) -> None:
        long = matter(time_limit=TimeLimit.LONG, notice_issued_at=at("2026-03-02 10:00"))
        office, book = self.looked_at(long)  # 交办 and 持续跟进 name times that are past; 月报 is due in a month
        assert self.kept(office, book, self.NOON + HOUR)

    def test_another_day_is_reviewed(self) -> None:
        office, book = self.looked_at(matter(), report("3天", "2026-03-02 11:00"))  # nothing is owed any more
        assert self.kept(office, book, at("2026-03-02 23:49"))
        assert not self.kept(office, book, at("2026-03-02 23:50")), "a colleague's clock may run ahead"
        assert self.kept(office, book, at("2026-03-02 23:59"))
        assert not self.kept(office, book, at("2026-03-03 00:00"))

    def test_a_changed_cell_is_reviewed(self) -> None:
        office, _ = self.looked_at(matter())
        assert not self.kept(office, ledger(matter(content="改过的内容")), self.NOON + HOUR)

    def test_a_new_report_is_reviewed(self) -> None:
        office, _ = self.looked_at(matter())
        assert not self.kept(office, ledger(matter(), report("1天", "2026-03-02 12:30")), self.NOON + HOUR)

    def test_a_changed_directory_is_reviewed(self) -> None:
        office, book = self.looked_at(matter())
        fewer = Directory.of(unit for unit in book.directory.units.values() if unit.name != "市教育局")
        assert not self.kept(office, replace(book, directory=fewer), self.NOON + HOUR)

    def test_a_changed_setting_is_reviewed(self) -> None:
        office, book = self.looked_at(matter())
        quiet = replace(book.settings, quiet_hours=True)
        assert not self.kept(office, replace(book, settings=quiet), self.NOON + HOUR)

    def test_a_clock_that_went_back_is_reviewed(self) -> None:
        office, book = self.looked_at(matter())
        assert not self.kept(office, book, self.NOON - MINUTE)

    def test_changed_holidays_are_reviewed(self) -> None:
        office, book = self.looked_at(matter())
        assert not self.kept(office, replace(book, day_overrides={DAY: DayType.HOLIDAY}), self.NOON + HOUR)

    def test_another_enabling_time_is_reviewed(self) -> None:
        office, book = self.looked_at(matter())
        assert not self.kept(office, book, self.NOON + HOUR, START + MINUTE)

    def test_another_policy_is_reviewed(self) -> None:
        office, book = self.looked_at(matter())
        assert not self.kept(office, book, self.NOON + HOUR, START, policies_with("bands.near_hours", 48))

    @pytest.mark.parametrize(("told", "value"), [("_last", NOON), ("_urgings", 5)])
    def test_a_sent_sms_is_reviewed(self, told: str, value: object) -> None:
        office, book = self.looked_at(matter())
        getattr(office.journal, told)[book.matters[0].number] = value
        assert not self.kept(office, book, self.NOON + HOUR)

    def test_parents_and_children_are_always_reviewed(self) -> None:
        office, book = ReviewedOffice(), ledger(matter(), matter(number="2026-日-0002", parent="2026-日-0001"))
        office.look(book, self.NOON)
        office.look(book, self.NOON)
        assert len(office.memory) == 0

    def test_a_year_without_calendar_is_always_reviewed(self) -> None:
        times = {"source_date": at("2033-03-01"), "assigned_at": at("2033-03-01 09:30"), "fixed_due": at("2033-03-20")}
        book = ledger(baoshan(number="2033-常-0001", **times), regime=Regime.BAOSHAN)
        for overrides, remembered in (({}, 0), ({at("2033-10-01").date(): DayType.HOLIDAY}, 1)):
            office = ReviewedOffice()
            for _ in range(2):  # the first look claims what is owed
                office.look(replace(book, day_overrides=overrides), at("2033-03-02 12:00"), at("2033-03-02 12:00"))
            assert len(office.memory) == remembered
