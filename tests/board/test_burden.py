"""The burden report: what is counted, what is not, and what a switch would have spared."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from engine.facts.change import Value
from engine.facts.kinds import DayType
from engine.facts.ledger import Ledger
from engine.papers.burden_papers import burden_book, burden_docx
from engine.papers.burden_words import summary
from engine.review.burden import Burden, PersonBurden, Sparing, UnitBurden, burden, month_of, obligations_of
from tests.clauses.builders import ledger, matter, policy, report

MONDAY = datetime(2026, 11, 16, 10)
SATURDAY = datetime(2026, 11, 14, 10)
LI, WANG = ("市教育局", "李某", "138****0001"), ("市水利局", "王某", "138****0002")


def row(at: datetime, person: tuple[str, str, str] = LI, **others: Value) -> Mapping[str, Value]:
    unit, name, mobile = person
    told = {"at": at, "unit": unit, "recipient": name, "mobile": mobile, "text": f"{at}{unit}", "state": "已送达"}
    return {**told, "kind": "催办", "matter": "2026-日-0001", "node": "1天", "period": "", **others}


def of(*rows: Mapping[str, Value], book: Ledger | None = None, day: date = date(2026, 11, 30)) -> Burden:
    return burden(book or ledger(matter()), obligations_of(rows), policy(), day)


@pytest.mark.parametrize(
    ("at", "night"),
    [("19:59", 0), ("20:00", 1), ("23:59", 1), ("00:00", 1), ("07:59", 1), ("08:00", 0)],
)
def test_a_night_is_that_of_the_quiet_hours(at: str, night: int) -> None:
    assert of(row(datetime.fromisoformat(f"2026-11-16T{at}"))).nights == night


def test_a_day_off_is_one_that_is_not_worked() -> None:
    worked = replace(ledger(matter()), day_overrides={SATURDAY.date(): DayType.WORKDAY})
    assert (of(row(SATURDAY)).days_off, of(row(MONDAY)).days_off) == (1, 0)
    assert of(row(SATURDAY), book=worked).days_off == 0


def test_the_month_ends_where_the_next_begins() -> None:
    edges = [row(datetime.fromisoformat(at)) for at in ("2026-10-31T23:59", "2026-11-01T00:00", "2026-11-30T23:59")]
    assert of(*edges, row(datetime(2026, 12, 1))).messages == 2
    assert month_of(date(2026, 12, 31)) == (datetime(2026, 12, 1), datetime(2027, 1, 1))


@pytest.mark.parametrize(
    ("state", "counted"),
    [("已提交", 1), ("已送达", 1), ("未送达", 1), ("失败", 0), ("待人工", 0), ("错过未发", 0), ("接管前", 0)],
)
def test_only_what_left_the_office_burdens(state: str, counted: int) -> None:
    assert of(row(MONDAY, state=state)).messages == counted


def test_rows_of_one_sms_are_one_sms() -> None:
    digest = [row(MONDAY, matter=f"2026-日-000{at}", text="您有4项") for at in range(1, 5)]
    found = of(*digest, row(MONDAY.replace(hour=11)))
    assert (found.messages, found.digests, found.digest_share, found.most) == (2, 1, 50.0, 2)
    assert found.by_unit == (UnitBurden("市教育局", 4, 2),)


def test_persons_units_and_matters_come_with_most_first() -> None:
    times = [MONDAY, MONDAY.replace(hour=12), MONDAY.replace(day=17, hour=21)]
    found = of(*[row(at) for at in times], row(MONDAY, WANG, kind="办结通知"))
    assert found.by_person == (
        PersonBurden("市教育局", "李某", 3, 2, 2, 1, 0),
        PersonBurden("市水利局", "王某", 1, 1, 1, 0, 0),
    )
    assert found.daily == 1.3
    assert found.by_unit == (UnitBurden("市教育局", 1, 3),)  # being told of a close-out asks for nothing
    handed = ledger(matter(), report("1天", "2026-11-16 10:00"), report("3天", "2026-10-02 10:00"))
    asked = of(row(MONDAY, matter=handed.matters[0].number), book=handed).by_matter
    assert [(one.number, one.asked, one.messages, one.handed_in) for one in asked] == [
        (handed.matters[0].number, 1, 1, 1)
    ]


def test_quiet_hours_would_move_the_night_and_merge_it() -> None:
    night = [row(MONDAY.replace(hour=hour)) for hour in (20, 22, 23)]
    other_duty = row(MONDAY.replace(day=17, hour=1), node="3天")
    found = of(*night, other_duty, row(MONDAY))
    assert found.hints == (Sparing("免打扰", 2, 4),)  # one for each duty is left in the morning
    quiet = ledger(matter())
    quiet = replace(quiet, settings=replace(quiet.settings, quiet_hours=True))
    assert of(*night, book=quiet).hints == ()


def test_a_lower_digest_would_join_what_came_at_one_minute() -> None:
    three = [row(MONDAY, matter=f"2026-日-000{at}", text=f"第{at}项") for at in range(1, 4)]
    assert of(*three, row(MONDAY, WANG)).hints == (Sparing("汇总", 2, 0),)
    assert of(three[0], row(MONDAY, WANG)).hints == ()


def test_a_year_without_calendar_goes_by_the_week() -> None:
    assert of(row(datetime(2093, 11, 14, 10)), day=date(2093, 11, 1)).days_off == 1
    assert of(row(datetime(2093, 11, 16, 10)), day=date(2093, 11, 1)).days_off == 0


def test_a_month_without_sms_says_so_everywhere() -> None:
    empty = of()
    assert summary(empty) == ["2026年11月没有发出短信。"]
    assert (empty.daily, empty.digest_share) == (None, None)
    assert load_workbook(BytesIO(burden_book(empty))).sheetnames == ["短信负担"]
    assert burden_docx(empty, ledger().settings, MONDAY)


def test_the_workbook_holds_the_figures() -> None:
    book = load_workbook(BytesIO(burden_book(of(row(MONDAY), row(SATURDAY, WANG)))))
    assert [*book["短信负担-人员"].values][1:] == [
        ("市教育局", "李某", 1, 1, 1, 0, 0),
        ("市水利局", "王某", 1, 1, 1, 0, 1),
    ]
    assert [*book["短信负担-单位"].values][1:] == [("市教育局", 1, 1), ("市水利局", 1, 1)]
