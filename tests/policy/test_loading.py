"""A policy file is refused for an unknown key, a value without a clause, overlapping dates, a text that tells too much;
an amended value counts by the day of 立项.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from engine.facts.duty_kinds import DutyKind
from engine.policy import loading
from engine.policy.governing import policy_of_ledger, policy_of_matter
from engine.policy.loading import PolicyError, load_policy, shipped_policies
from engine.sample.words import Board, Regime
from tests.clauses.builders import at, ledger, matter, proposal

TEXT = (Path(loading.__file__).parent / "shuozhou.toml").read_text("utf-8")
MONTH = 'month = { value = "calendar_month", clause = "SZ1-13.1", reading = 3 }'
ENGLISH = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+|[Ii]nput|[Ee]rror|[Ii]nvalid")
AMENDED = MONTH.replace(" }", ', amended = [{ from = 2027-01-01, value = "thirty_days", clause = "修订第三条" }] }', 1)


def changed(old: str, new: str) -> str:
    """The shipped file with one passage changed; the passage must stand in it exactly once."""
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


@pytest.mark.parametrize("regime", Regime)
def test_the_shipped_files_load_and_every_value_has_its_clause(regime: Regime) -> None:
    policy = shipped_policies()[regime].on(date(2026, 3, 2))
    assert policy.regime == regime
    assert all(policy.clauses.values())
    assert policy.clauses["nodes.month"]


def test_sources_name_the_reading_where_the_text_leaves_a_choice() -> None:
    sources = {source.path: source for source in load_policy(TEXT).sources}
    assert (sources["nodes.month"].clause, sources["nodes.month"].reading) == ("SZ1-13.1", 3)
    assert sources["long_running.year_end_boards"].reading is None


FAULTS: dict[str, tuple[Callable[[], str], str]] = {
    "no TOML": (lambda: "nodes = [", "制度文件格式有误"),
    "an unknown value": (lambda: changed(MONTH, MONTH + '\nweek = { value = 7, clause = "SZ1-13.1" }'), "nodes.week"),
    "an unknown section": (lambda: TEXT + '\n[extra]\nfigure = { value = 1, clause = "SZ1-13" }\n', "extra"),
    "an unknown key beside a value": (lambda: changed(MONTH, MONTH.replace("reading", "lesson")), "不认识的键：lesson"),
    "a value without a clause": (
        lambda: changed(MONTH, 'month = { value = "calendar_month" }'),
        "“nodes.month”没有注明条款",
    ),
    "an empty clause": (lambda: changed(MONTH, MONTH.replace("SZ1-13.1", "")), "“nodes.month”没有注明条款"),
    "a bare value": (lambda: changed(MONTH, 'month = "calendar_month"'), "“nodes.month”须写成"),
    "a missing value": (lambda: changed(MONTH, ""), "nodes.month"),
    "a value that is none of the choices": (lambda: changed(MONTH, MONTH.replace("calendar_month", "lunar")), "month"),
    "an amendment without a clause": (
        lambda: changed(MONTH, AMENDED.replace(', clause = "修订第三条"', "")),
        "修订没有注明条款",
    ),
    "two amendments of one day": (
        lambda: changed(MONTH, AMENDED.replace("[{ ", '[{ from = 2027-01-01, value = "lunar", clause = "甲" }, { ')),
        "修订日期有重叠或次序颠倒",
    ),
    "amendments out of order": (
        lambda: changed(MONTH, AMENDED.replace("[{ ", '[{ from = 2028-01-01, value = "lunar", clause = "甲" }, { ')),
        "修订日期有重叠或次序颠倒",
    ),
    "an amendment before the policy": (lambda: changed(MONTH, AMENDED.replace("2027", "2016")), "早于施行日期"),
    "a schedule row that ends before it begins": (
        lambda: TEXT.replace("[[schedule]]\n", "[[schedule]]\nfrom = 2027-01-01\nuntil = 2027-01-01\n", 1),
        "止期不晚于起期",
    ),
    "no day of coming into force": (lambda: changed("in_force_from = 2017-10-25", ""), "in_force_from"),
    "a text with the matter's content": (
        lambda: changed("{number}等{total}项", "{content}等{total}项"),
        "不允许的字段",
    ),
    "a text without its token": (lambda: changed("销号。编号{token}", "销号。"), "编号 {token}"),
    "a text that is not there": (lambda: TEXT.replace('text = "催办"', 'text = "追催"'), "缺少短信模板：追催"),
    "an amendment without its day": (
        lambda: changed(MONTH, AMENDED.replace("from = 2027-01-01, ", "")),
        "“from”应为日期",
    ),
    "an amendment whose day is a text": (
        lambda: changed(MONTH, AMENDED.replace("2027-01-01", '"2027-01-01"')),
        "“from”应为日期",
    ),
    "an amendment without its value": (
        lambda: changed(MONTH, AMENDED.replace('value = "thirty_days", ', "")),
        "“nodes.month”的修订须写成",
    ),
    "a schedule row that begins on no day": (
        lambda: TEXT.replace("[[schedule]]\n", "[[schedule]]\nfrom = 2027\n", 1),
        "“from”应为日期",
    ),
    "a coming into force on no day": (
        lambda: changed("in_force_from = 2017-10-25", "in_force_from = 2017"),
        "“in_force_from”应为日期",
    ),
    "a number in words": (
        lambda: changed("late_hours = { value = 24", 'late_hours = { value = "多"'),
        "应为整数",
    ),
    "a slot that cannot be read": (lambda: TEXT.replace('slots = ["-5h"]', 'slots = ["五小时前"]'), "五小时前"),
    "a recipient that nobody is": (
        lambda: TEXT.replace('to = ["承办单位:具体责任人"]', 'to = ["承办单位:看门人"]', 1),
        "看门人",
    ),
}


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS.keys())
def test_a_faulty_file_is_refused_with_the_place_named(text: Callable[[], str], said: str) -> None:
    with pytest.raises(PolicyError) as refusal:
        load_policy(text())
    assert said in str(refusal.value)
    assert not ENGLISH.search(str(refusal.value))  # neither TOML's own words nor pydantic's


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2017, 10, 24), "calendar_month"),
        (date(2017, 10, 25), "calendar_month"),
        (date(2026, 12, 31), "calendar_month"),
        (date(2027, 1, 1), "thirty_days"),
        (date(2040, 1, 1), "thirty_days"),
    ],
)
def test_an_amended_value_is_in_force_from_its_day(day: date, month: str) -> None:
    assert load_policy(changed(MONTH, AMENDED)).on(day).nodes.month == month


@pytest.mark.parametrize(
    ("day", "clause"),
    [(date(2026, 12, 31), "SZ1-13.1"), (date(2027, 1, 1), "修订第三条"), (date(2027, 1, 2), "修订第三条")],
)
def test_an_amended_value_is_cited_by_its_amendment(day: date, clause: str) -> None:
    in_force = load_policy(changed(MONTH, AMENDED)).on(day)
    assert in_force.clauses["nodes.month"] == clause
    assert in_force.clauses["nodes.rolling"] == "SZ1-13.1"  # what stands beside it keeps its own


@pytest.mark.parametrize(("day", "clause"), [(date(2026, 12, 31), "SZ3-5.1"), (date(2027, 1, 1), "修订第五条")])
def test_an_amendment_is_cited_on_every_board(day: date, clause: str) -> None:
    stated = 'boards = { value = ["重点工作任务", "重大改革事项"], clause = "SZ2-5.1",'
    amended = f'{stated} amended = [{{ from = 2027-01-01, value = ["重大改革事项"], clause = "修订第五条" }}],'
    in_force = load_policy(changed(stated, amended)).on(day)
    assert in_force.clause("year_grades.boards", "重大改革事项") == clause


def test_a_schedule_row_counts_between_its_dates() -> None:
    row = '\n[[schedule]]\nfrom = 2027-01-01\nuntil = 2028-01-01\nduty = "节点"\nkind = "提醒"\nslots = ["-9h"]\n'
    text = TEXT + row + 'to = ["承办单位:具体责任人"]\ntext = "到期提醒"\nclause = "修订第四条"\n'
    loaded = load_policy(text)

    def slots(day: date) -> int:
        return len(loaded.on(day).timetable(DutyKind.NODE, Board.DAILY).exact)

    before, within, after = slots(date(2026, 12, 31)), slots(date(2027, 1, 1)), slots(date(2028, 1, 1))
    assert (within, after) == (before + 1, before)


def test_a_matter_runs_under_the_policy_of_its_initiation_the_ledger_under_todays() -> None:
    amended = {**shipped_policies(), Regime.SHUOZHOU: load_policy(changed(MONTH, AMENDED))}
    now = at("2027-06-01 09:00")

    def month_of(**changes: object) -> str:
        row = matter(**changes)
        return policy_of_matter(row, ledger(row), amended, now).nodes.month

    assert month_of(initiated_at="2026-12-31 23:59") == "calendar_month"
    assert month_of(initiated_at="2027-01-01 00:00") == "thirty_days"
    assert month_of(initiated_at=None, approved_at="2026-12-31") == "calendar_month"
    assert month_of(initiated_at=None, approved_at=None, assigned_at=None) == "thirty_days"
    assert policy_of_ledger(ledger(proposal()), amended, now).nodes.month == "thirty_days"
