"""One cell: every form in which people write dates, numbers and phones, and what is said about the rest."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts.finding import Severity
from engine.ledger.package.text_folding import clean_line, clean_text, is_tidy, key_of, shown
from engine.ledger.reading.cell_problem import CellProblem
from engine.ledger.reading.date_words import Yearless
from engine.ledger.reading.moments import read_day, read_moment
from engine.ledger.reading.periods import read_period
from engine.ledger.reading.values import (
    error_value,
    read_choice,
    read_integer,
    read_line,
    read_mobile,
    read_names,
    read_number,
    read_text,
)

DAY = datetime(2026, 3, 5)
EVENING = datetime(2026, 3, 5, 17, 30)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("2026.3.5", DAY),
        ("2026-3-5", DAY),
        ("2026/03/05", DAY),
        ("20260305", DAY),
        (20260305.0, DAY),
        (date(2026, 3, 5), DAY),
        ("2026年3月5日", DAY),
        ("2026年3月5号", DAY),
        ("2026 年 3 月 5 日", DAY),
        ("２０２６年３月５日", DAY),
        ("2026．3．5", DAY),
        ("\u00a02026-03-05\u200b", DAY),
        ("2026年3月5日（星期四）", DAY),
        ("2026-3-5 17:30", EVENING),
        ("2026-03-05T17:30:00", EVENING),
        ("2026-03-05 17:30:59", EVENING),
        ("2026年3月5日17时30分", EVENING),
        ("2026年3月5日 17点半", EVENING),
        ("2026年3月5日\n下午5:30", EVENING),
        ("2026年3月5日 下午5点30分", EVENING),
        ("2026-3-5 5:30 PM", EVENING),
        ("2026-3-5 PM 5:30", EVENING),
        ("2026/3/5　１７：３０", EVENING),
        ("202603051730", EVENING),
        (202603051730.0, EVENING),
        ("2026-3-5 上午12:10", datetime(2026, 3, 5, 0, 10)),
        ("2026-3-5 中午12:10", datetime(2026, 3, 5, 12, 10)),
        (46086.729166666, EVENING),
        (46086, DAY),
        (datetime(2026, 3, 5, 17, 29, 59, 999_000), EVENING),
        (datetime(2026, 3, 5, 17, 30, 59), EVENING),
        (datetime(2026, 3, 5, 23, 59, 59, 900_000), datetime(2026, 3, 6)),
        ("", None),
        (None, None),
        ("无", None),
        ("—", None),
    ],
)
def test_dates_in_all_their_forms(cell: object, meant: datetime | None) -> None:
    assert read_moment(cell) == meant


def test_number_in_a_1904_book_counts_from_1904() -> None:
    assert read_moment(46086 - 1462, date1904=True) == DAY


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30",
        "2026-13-01",
        "明天",
        "3.5",
        "2026-3",
        "2月30日",
        "2026-3-5 25:00",
        "2026-3-5 17:60",
        "2026-3-5至2026-3-9",
        time(17, 30),
        timedelta(hours=30),
        datetime(1900, 1, 5),
        date(1900, 1, 5),
        5.0,
        2026.0,
        -1.0,
        1e300,
        "0000-01-01",
        "9999-12-31",
    ],
)
def test_what_is_no_date_is_said_and_not_guessed(cell: object) -> None:
    found = read_moment(cell)
    assert isinstance(found, CellProblem)
    assert (found.value, found.severity) == (None, Severity.ERROR)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("26.3.5", DAY),
        ("2026-3-5 24:00", datetime(2026, 3, 5, 23, 59)),
        ("2026年3月5日前", DAY),
        ("2026年3月5日17:30之前", EVENING),
    ],
)
def test_what_is_inferred_is_said(cell: str, meant: datetime) -> None:
    found = read_moment(cell)
    assert isinstance(found, CellProblem)
    assert (found.value, found.severity) == (meant, Severity.HINT)
    assert "00:00" not in found.problem  # nobody wrote a clock


@pytest.mark.parametrize(
    ("cell", "reference", "meant"),
    [
        ("3月5日 17:30", datetime(2026, 3, 2), EVENING),
        ("3月5日", datetime(2025, 12, 20), DAY),
        ("12月30日", datetime(2026, 1, 3), datetime(2025, 12, 30)),
        ("9月4日", datetime(2026, 3, 5), datetime(2025, 9, 4)),  # 182 days behind, 183 ahead
        ("9月3日", datetime(2026, 3, 5), datetime(2026, 9, 3)),  # 182 days ahead, 183 behind
        ("2月29日", datetime(2026, 3, 1), None),
        ("2月29日", datetime(2027, 3, 1), datetime(2028, 2, 29)),
    ],
)
def test_a_day_without_year_takes_the_nearest_year(cell: str, reference: datetime, meant: datetime | None) -> None:
    found = read_moment(cell)
    assert isinstance(found, Yearless)
    assert found.near(reference) == meant


def test_a_day_column_drops_the_time() -> None:
    assert read_day("2026-3-5 17:30") == DAY
    assert read_day(date(2026, 3, 5)) == DAY


@given(st.one_of(st.text(), st.floats(), st.integers(), st.datetimes(), st.dates(), st.times(), st.timedeltas()))
def test_no_cell_makes_any_parser_raise(cell: object) -> None:
    parsers = (read_moment, read_day, read_text, read_line, read_number, read_integer, read_mobile, read_names)
    for parser in parsers:
        parser(cell)
    read_choice(cell, {"是": True})
    read_period(cell, "月报")
    assert isinstance(shown(cell), str)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_tidy_text_is_one_that_cleaning_leaves_alone(text: str) -> None:
    if is_tidy(text):
        assert clean_text(text) == clean_line(text) == text
        assert error_value(text) is None
        assert read_line(text) == read_text(text) == text


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (13800000001.0, "+8613800000001"),
        (13800000001, "+8613800000001"),
        ("13800000001.0", "+8613800000001"),
        ("1.3800000001E+10", "+8613800000001"),
        ("138 0000 0001", "+8613800000001"),
        ("138-0000-0001", "+8613800000001"),
        ("+86 138 0000 0001", "+8613800000001"),
        ("0086-13800000001", "+8613800000001"),
        ("8613800000001", "+8613800000001"),
        ("１３８００００００００１".replace("００００００００", "0000000"), "+8613800000001"),
        ("\u202a13800000001\u202c", "+8613800000001"),
        ("", None),
        ("无", None),
    ],
)
def test_mobile_numbers(cell: object, meant: str | None) -> None:
    assert read_mobile(cell) == meant


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("1.38E+10", "mobile_truncated"),
        ("0349-2020202", "mobile_landline"),
        ("13800000001、13800000002", "mobile_unreadable"),
        ("13800000001/13800000002", "mobile_unreadable"),
        ("1380000001", "mobile_unreadable"),
        ("138000000012", "mobile_unreadable"),
        ("王某13800000001", "mobile_unreadable"),
        ("+1 202 555 0143", "mobile_unreadable"),
        ("95598", "mobile_unreadable"),
    ],
)
def test_what_cannot_receive_an_sms(cell: str, rule: str) -> None:
    found = read_mobile(cell)
    assert isinstance(found, CellProblem)
    assert (found.rule, found.value) == (rule, None)
    assert "00000" not in found.problem + found.remedy


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (3.0, 3),
        ("3", 3),
        ("３", 3),
        ("3次", 3),
        ("第3次", 3),
        (" 3 ", 3),
        ("1,200", 1200),
        ("", None),
        ("无", None),
        (0, 0),
    ],
)
def test_whole_numbers(cell: object, meant: int | None) -> None:
    assert read_integer(cell) == meant


@pytest.mark.parametrize("cell", [2.5, -1, "三次", "3至4", 1e12, datetime(2026, 3, 5), float("inf"), float("nan")])
def test_what_is_no_whole_number(cell: object) -> None:
    assert isinstance(read_integer(cell), CellProblem)


@pytest.mark.parametrize(
    ("cell", "node", "period", "rule"),
    [
        ("2026-03", "月报", "2026-03", None),
        ("2026-3", "月报", "2026-03", "period_form"),
        ("2026/03", "月报", "2026-03", "period_form"),
        ("2026年3月", "月报", "2026-03", "period_form"),
        ("202603", "月报", "2026-03", "period_form"),
        (202603.0, "月报", "2026-03", "period_form"),
        ("2026年3月份", "月报", "2026-03", "period_form"),
        (date(2026, 3, 1), "月报", "2026-03", "period_form"),
        ("3月", "月报", "", "period_unreadable"),
        ("2026-13", "月报", "", "period_unreadable"),
        ("2026Q1", "月报", "", "period_unreadable"),
        ("2026Q1", "季报", "2026Q1", None),
        ("2026q1", "季报", "2026Q1", "period_form"),
        ("2026年一季度", "季报", "2026Q1", "period_form"),
        ("2026年第1季度", "季报", "2026Q1", "period_form"),
        ("2026Q5", "季报", "", "period_unreadable"),
        ("1", "整改", "1", None),
        (2.0, "整改", "2", None),
        ("第1次", "整改", "1", "period_form"),
        ("0", "整改", "", "period_unreadable"),
        ("2026-03", "3天", "", "period_not_needed"),
        ("2026-03", "", "2026-03", None),
        ("2026Q2", "", "2026Q2", None),
        ("", "月报", "", None),
    ],
)
def test_periods(cell: object, node: str, period: str, rule: str | None) -> None:
    found = read_period(cell, node)
    if rule is None:
        assert found == period
    else:
        assert isinstance(found, CellProblem)
        assert (found.rule, found.value) == (rule, period)


def test_texts_keep_what_was_meant() -> None:
    assert clean_text("\ufeff 甲\u200b乙\r\n第二行\u00a0👨‍👩‍👧 ") == "甲乙\n第二行 👨‍👩‍👧"
    assert clean_line("甲\n 乙") == "甲 乙"
    assert key_of(" 牵头\n单位\u3000") == "牵头单位"
    assert key_of("２０２６－日－０００１") == key_of("2026—日–0001") == "2026-日-0001"
    assert read_names("教育局、 教委,教育局；市教委\n体育局") == ("教育局", "教委", "市教委", "体育局")


def test_nothing_shown_holds_a_whole_phone_number() -> None:
    assert shown("请联系13800000001。") == "请联系138****0001。"
    assert shown("138 0000 0001") == "138****0001"


def test_a_word_that_is_not_on_the_list_is_answered_with_the_whole_list_each_meaning_once() -> None:
    words = {f"第{index}项": index for index in range(12)} | {"头一项": 0}
    odd = read_choice("没有的", words)
    assert odd.remedy == f"请从下拉列表中选：{'、'.join(f'第{index}项' for index in range(12))}。"
