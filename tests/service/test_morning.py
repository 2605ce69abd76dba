"""晨报里的数：新逾期的分界，哪些算未编号、未下发，没有的不说。"""

from datetime import timedelta
from random import Random

import pytest

from engine.facts.kinds import Status
from engine.facts.matter import Flags, Matter
from engine.review.morning import LONGEST_VARIABLE, Overnight, matters_of, summary
from tests.clauses.builders import at, ledger, matter

MORNING = at("2026-03-10 08:30")
QUIET = Overnight(0, 0, 0, book_open=False)
ISSUED = at("2026-03-02 10:00")


def told(*rows: Matter, shown: dict[str, Flags] | None = None, overnight: Overnight = QUIET) -> list[str]:
    return [*summary(overnight).split(","), *matters_of(ledger(*rows), shown or {}, MORNING).split(",")]


@pytest.mark.parametrize(
    ("due", "newly"),
    [
        ("2026-03-09 08:29", False),
        ("2026-03-09 08:30", True),
        ("2026-03-09 08:31", True),
        ("2026-03-10 08:29", True),
        ("2026-03-10 08:30", False),
        ("2026-03-10 08:31", False),
    ],
    ids=["昨日已报", "昨日晨报那一分", "昨日晨报后一分", "今日晨报前一分", "今日晨报那一分_还没逾期", "尚未到期"],
)
def test_newly_overdue_misses_no_minute_and_counts_none_twice(due: str, newly: bool) -> None:
    shown = {"2026-日-0001": Flags(current_due=at(due))}
    days = [matters_of(ledger(), shown, MORNING + timedelta(days=more)) for more in (-1, 0, 1)]
    assert ("新逾期1" in days[1]) == newly
    assert sum("新逾期1" in text for text in days) == 1


def test_a_quiet_night_says_only_how_many_went_out() -> None:
    assert told() == ["已发0", "新逾期0"]


def test_each_thing_of_the_night_is_said() -> None:
    night = Overnight(12, 2, 1, book_open=True, conflicts=3)
    assert told(overnight=night) == ["已发12", "未送达2", "待人工1", "未并入3", "台账占用", "新逾期0"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (matter(number="", status=None), ["未编号1"]),
        (matter(number="", status=None, approved_at=None), []),
        (matter(status=Status.IN_PROGRESS, notice_issued_at=None), ["未下发1"]),
        (matter(status=Status.LONG_RUNNING, notice_issued_at=None), ["未下发1"]),
        (matter(status=Status.IN_PROGRESS, notice_issued_at=ISSUED), []),
        (matter(status=Status.COMPLETED, notice_issued_at=None), []),
    ],
    ids=["已审批没有编号", "还没审批", "在办没有下发", "持续推进没有下发", "已下发", "已办结"],
)
def test_unnumbered_and_unissued_matters(row: Matter, said: list[str]) -> None:
    assert told(row)[2:] == said


def test_unmerged_edits_are_said() -> None:
    assert told(overnight=Overnight(0, 0, 0, book_open=False, conflicts=2)) == ["已发0", "未并入2", "新逾期0"]


def test_the_worst_day_of_a_year_fits_what_providers_take() -> None:
    """Seven counts of four digits, and every mixture of them on every day of a year."""
    random = Random(2026)
    for _ in range(365):
        counts = [random.choice((0, 1, 99, 9_999, 123_456)) for _ in range(4)]
        night = Overnight(counts[0], counts[1], counts[2], book_open=random.random() < 0.5, conflicts=counts[3])
        assert len(summary(night)) <= LONGEST_VARIABLE
    worst = Overnight(9_999, 9_999, 9_999, book_open=True, conflicts=9_999)
    assert len(summary(worst)) == LONGEST_VARIABLE
    unnumbered = [matter(number="", status=None)] * 10_000
    unissued = [matter(status=Status.IN_PROGRESS, notice_issued_at=None)] * 10_000
    shown = {str(n): Flags(current_due=at("2026-03-10 08:00")) for n in range(10_000)}
    said = matters_of(ledger(*unnumbered, *unissued), shown, MORNING)
    assert said == "新逾期9999,未编号9999,未下发9999"
    assert len(said) <= LONGEST_VARIABLE
