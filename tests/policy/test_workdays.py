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
