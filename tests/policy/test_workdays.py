"""Workdays of the State Council calendar: known vectors, another package's opinion, years that nobody knows."""

from datetime import date, timedelta

import holidays
import pytest

from engine.facts.kinds import DayType
from engine.policy.workdays import Workdays, YearNotCoveredError


@pytest.mark.parametrize("day", ["2026-02-14", "2026-02-28", "2026-10-10", "2026-01-04", "2026-05-09", "2026-09-20"])
def test_weekends_that_are_worked(day: str) -> None:
    worked = date.fromisoformat(day)
    assert worked.weekday() >= 5
    assert Workdays().is_workday(worked)


@pytest.mark.parametrize("day", ["2026-01-01", "2026-02-16", "2026-10-01", "2026-03-07", "2026-03-08"])
def test_days_that_are_not_worked(day: str) -> None:
    assert not Workdays().is_workday(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-02-13", 3, "2026-02-25"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-03-02", 1, "2026-03-03"),
        ("2026-03-06", 1, "2026-03-09"),
        ("2026-03-07", 1, "2026-03-09"),
        ("2026-03-09", -1, "2026-03-06"),
        ("2026-02-25", -3, "2026-02-13"),
        ("2026-03-06", 0, "2026-03-06"),
        ("2026-03-07", 0, "2026-03-09"),
    ],
)
def test_workdays_after_and_before_a_day(start: str, count: int, expected: str) -> None:
    assert Workdays().shift(date.fromisoformat(start), count) == date.fromisoformat(expected)


@pytest.mark.parametrize("last", ["2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31"])
def test_last_workday_of_each_quarter(last: str) -> None:
    assert Workdays().roll_back(date.fromisoformat(last)) == date.fromisoformat(last)


def test_one_week_before_the_years_last_workday() -> None:
    assert Workdays().roll_back(date(2026, 12, 31) - timedelta(days=7)) == date(2026, 12, 24)


# 国办发明电〔2019〕3号 of March 2019 lengthened that year's 劳动节; the other package still has the plan made before.
LENGTHENED = {"2019-04-28": True, "2019-05-02": False, "2019-05-03": False, "2019-05-05": True}


def test_every_day_of_2015_to_2026_as_another_package_has_it() -> None:
    other = holidays.country_holidays("CN", years=range(2015, 2027))
    ours, day = Workdays(), date(2015, 1, 1)
    differing = []
    while day.year < 2027:
        if ours.is_workday(day) != other.is_working_day(day):
            differing.append(day.isoformat())
        day += timedelta(days=1)
    assert differing == list(LENGTHENED)
    assert {day: ours.is_workday(date.fromisoformat(day)) for day in differing} == LENGTHENED


@pytest.mark.parametrize("year", [1990, 2003, 2031])
def test_an_unknown_year_is_no_guess_and_is_remembered(year: int) -> None:
    calendar = Workdays()
    for _ in range(2):
        with pytest.raises(YearNotCoveredError) as gap:
            calendar.shift(date(year, 3, 3), 1)
        assert gap.value.year == year
    assert calendar.missing == {year}


def test_the_year_before_and_after_the_edge() -> None:
    assert Workdays().is_workday(date(2026, 12, 31))
    with pytest.raises(YearNotCoveredError):
        Workdays().shift(date(2026, 12, 31), 400)


def test_the_sheet_overrides_the_calendar_both_ways() -> None:
    day_off, worked = date(2026, 3, 4), date(2026, 3, 8)
    calendar = Workdays({day_off: DayType.HOLIDAY, worked: DayType.WORKDAY})
    assert (Workdays().is_workday(day_off), calendar.is_workday(day_off)) == (True, False)
    assert (Workdays().is_workday(worked), calendar.is_workday(worked)) == (False, True)
    assert calendar.shift(date(2026, 3, 3), 1) == date(2026, 3, 5)
    assert calendar.shift(date(2026, 3, 6), 1) == worked


def test_the_sheet_covers_a_year_once_it_names_a_day_of_it() -> None:
    calendar = Workdays({date(2031, 10, 1): DayType.HOLIDAY})
    assert not calendar.is_workday(date(2031, 10, 1))
    assert calendar.is_workday(date(2031, 10, 2))
    assert not calendar.is_workday(date(2031, 10, 4))
    with pytest.raises(YearNotCoveredError):
        calendar.is_workday(date(2032, 1, 2))


@pytest.mark.parametrize(
    ("first", "last", "movable"),
    [
        ("2031-12-20", "2031-12-25", False),
        ("2031-12-25", "2031-12-26", True),
        ("2031-12-31", "2032-01-01", True),
        ("2030-12-28", "2031-01-02", False),
        ("2030-12-28", "2031-12-28", True),
    ],
    ids=["before", "at", "into the next year", "the year after is known", "over a whole year"],
)
def test_days_that_the_next_years_notice_may_move(first: str, last: str, movable: bool) -> None:
    this_year = {date(2031, 10, 1): DayType.HOLIDAY}
    span = date.fromisoformat(first), date.fromisoformat(last)
    assert Workdays(this_year).may_move(*span) is movable
    assert not Workdays({**this_year, date(2032, 1, 1): DayType.HOLIDAY}).may_move(*span)


def test_asking_what_may_move_misses_no_year() -> None:
    calendar = Workdays()
    assert calendar.may_move(date(2031, 12, 31), date(2031, 12, 31))
    assert calendar.missing == set()


def test_no_notice_of_the_past_reached_back_before_the_days_that_may_move() -> None:
    day, moved = date(2004, 12, 1), []
    while day < date(2026, 12, 31):
        day += timedelta(days=1)
        if day.month == 12 and Workdays().is_workday(day) != (day.weekday() < 5):
            moved.append(day)
    assert min(day.day for day in moved) == 29
    assert date(2022, 12, 31) not in moved  # a Saturday that was free in any case
    assert not any(Workdays().may_move(day, day) for day in moved)
