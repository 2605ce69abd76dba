"""``policy try``: SMS, lights and points that the same facts call for under two regimes, and what differs."""

from datetime import datetime
from io import BytesIO

from openpyxl import load_workbook

from engine.facts.ledger import Ledger
from engine.papers.trial_export import trial_tables, trial_workbook
from engine.policy.loading import Policies
from engine.policy.shelf import OwnText, shelved
from engine.review.trial import RegimeOutcome, compared, lights_under, points_under, sent_under
from tests.clauses.builders import LEAD, at, ledger, matter, report
from tests.policy.districts import SIX_BOARDS


def test_a_trial_shows_what_other_rules_add_and_what_they_drop() -> None:
    book, span = ledger(matter(), report("1天", "2026-03-03 15:00")), (at("2026-03-03 00:00"), at("2026-03-04 00:00"))
    other = OwnText("尧都.toml", SIX_BOARDS + _ONLY_ONE_REMINDER)
    shelf = shelved((other,))
    now, then = (outcome(book, shelf, regime, *span) for regime in ("朔州", "尧都"))
    found = compared(now, then)
    assert [f"{one.at:%H:%M}" for one in found.added] == ["08:30"]
    assert {f"{one.at:%H:%M}" for one in found.gone} == {"04:30", "12:30", "14:30"}
    same = compared(now, now)
    assert (same.added, same.gone, same.entries_added, same.entries_gone) == ((), (), (), ())
    assert all(one.now == one.then for one in (*same.persons, *same.units, *same.lights))


def outcome(book: Ledger, shelf: Policies, regime: str, since: datetime, until: datetime) -> RegimeOutcome:
    sms = list(sent_under(book, shelf, regime, since, until))
    return RegimeOutcome(sms, lights_under(book, shelf, regime, until), points_under(book, shelf, regime, since, until))


def test_a_trial_shows_the_points_that_other_rules_add_and_take_away() -> None:
    late = (matter(), report("1天", "2026-03-04 15:00"))
    span = (at("2026-03-02 00:00"), at("2026-03-06 00:00"))
    text = (
        SIX_BOARDS
        + '\n[points]\nlate_report = { value = -2, clause = "YD1-22" }\ntaken_in = { value = 0, clause = "YD1-22" }\n'
    )
    shelf = shelved((OwnText("尧都.toml", text),))
    found = compared(*(outcome(ledger(*late), shelf, regime, *span) for regime in ("朔州", "尧都")))
    told = [
        [(one.kind.value, one.points, one.clause) for one in side] for side in (found.entries_added, found.entries_gone)
    ]
    assert told == [
        [("报送逾期", -2, "YD1-22")] * 2,
        [("纳入系统", 0.5, "SZ4-9.2"), *[("报送逾期", -0.5, "SZ4-10.2")] * 2],
    ]
    assert [(one.unit, one.now, one.then, one.added, one.gone) for one in found.points] == [(LEAD, -5, -40, -40, -5)]
    before = compared(
        *(outcome(ledger(*late), shelf, regime, span[0], at("2026-03-03 00:00")) for regime in ("朔州", "尧都"))
    )
    assert [one.kind.value for one in before.entries_gone] == ["纳入系统"]
    tables = {name: rows for name, _, rows in trial_tables(found, "朔州", "尧都")}
    assert tables["各单位积分"] == [(LEAD, "-0.5", "-4", "-4", "-0.5")]
    assert [row[4] for row in tables["不再计的积分"]] == ["+0.5", "-0.5", "-0.5"]


_ONLY_ONE_REMINDER = """
[[schedule]]
duty = "节点"
kind = "提醒"
slots = ["-1h"]
to = ["承办单位:具体责任人"]
text = "到期提醒"
clause = "YD1-13"
"""


def test_the_workbook_is_laid_out_as_every_export() -> None:
    rows: list[tuple[str | int, ...]] = [("=1+1", 3, 4)]
    sheet = load_workbook(BytesIO(trial_workbook([("灯", ("名称", "朔州", "尧都"), rows)])))["灯"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["名称", "朔州", "尧都"], ["=1+1", 3, 4]]
    assert sheet["A2"].data_type == "s"
    assert (sheet["A1"].fill.fill_type, sheet["A2"].border.left.style) == ("solid", "thin")
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$1")
    assert "灯" in (sheet.oddHeader.center.text or "")
