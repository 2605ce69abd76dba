"""What changed behind the scheduler's back since the last pass."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Finding, Place
from engine.facts.service import Hold
from engine.ledger.patching.patch import patch
from engine.ledger.reading.ledger import read_rows
from engine.service.one_pass import PassResult
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, write_book

DUE = T0 + DAY
NUMBERS = [f"2026-日-{number:04}" for number in range(1, 11)]


def rows(*numbers: str) -> list:
    return [matter_row(number, limit="1天", node_1_day=DUE, completion_due=DUE) for number in numbers]


def edit(office: ServedOffice, number: str, **cells: tuple[Value, Value]) -> None:
    """A person types over cells: field=(old, new)."""
    changes = [Change(Place("matters"), number, field, old, new) for field, (old, new) in cells.items()]
    assert len(patch(office.book, changes, []).applied) == len(changes)


def found(result: PassResult, rule: str) -> list[Finding]:
    return [finding for finding in result.findings if finding.rule == rule]


@pytest.fixture
def served(office: ServedOffice) -> ServedOffice:
    """Ten matters in service, seen once."""
    write_book(office.book, rows(*NUMBERS))
    office.adopt()
    office.pass_at(T0)
    return office


def retyped(office: ServedOffice, gone: list[str], **added: Mapping[str, Value]) -> None:
    """The book as if people had deleted rows and typed others; what the scheduler wrote into 参数设置 stays."""
    settings = settings_of(office)
    kept = [row for row in rows(*NUMBERS) if row["number"] not in gone]
    write_book(office.book, [*kept, *added.values()], settings)


def settings_of(office: ServedOffice) -> dict[str, str]:
    """参数设置 as it stands, for a book that people typed anew."""
    values = {row["key"]: row["value"] for row in read_rows(office.book.read_bytes(), "settings")}
    since = office.station.book(office.book).read().ledger.settings.enabled_from
    return values | {"启用时间": f"{since:%Y-%m-%d %H:%M}"}


def test_a_vanished_matter_is_told_once(served: ServedOffice) -> None:
    retyped(served, NUMBERS[:1])
    result = served.pass_at(T0 + HOUR)
    (finding,) = found(result, "matter_vanished")
    assert (finding.matter, NUMBERS[0] in finding.problem) == (NUMBERS[0], True)
    assert result.obstacle is None
    assert found(served.pass_at(T0 + 2 * HOUR), "matter_vanished") == []


def test_exactly_a_tenth_vanished_goes_on(served: ServedOffice) -> None:
    retyped(served, NUMBERS[:1])
    assert served.pass_at(T0 + HOUR).obstacle is None


def test_more_than_a_tenth_vanished_waits_for_release(served: ServedOffice) -> None:
    retyped(served, NUMBERS[:2])
    before = served.book.read_bytes()
    result = served.pass_at(DUE - 5 * HOUR)
    assert "2 项事项不见了" in (result.obstacle or "")
    assert len(found(result, "matter_vanished")) == 2
    assert (served.phone(), served.book.read_bytes()) == ([], before)
    assert served.station.journal.served(result.ledger).hold is Hold.VANISHED
    served.pass_at(DUE - 5 * HOUR, released=True)
    assert len(served.phone()) == 1  # eight reminders to one number, as a digest
    assert served.station.journal.served(result.ledger).hold is None


def test_matters_that_come_back_end_the_hold(served: ServedOffice) -> None:
    whole = served.book.read_bytes()
    retyped(served, NUMBERS[:2])
    served.pass_at(T0 + HOUR)
    served.book.write_bytes(whole)
    result = served.pass_at(T0 + 2 * HOUR)
    assert (result.obstacle, served.station.journal.served(result.ledger).hold) == (None, None)


def test_a_changed_number_is_told_with_the_old_one(served: ServedOffice) -> None:
    retyped(served, NUMBERS[:1], renamed=rows(NUMBERS[0])[0] | {"number": "2026-日-0099"})
    (finding,) = found(served.pass_at(T0 + HOUR), "number_changed")
    assert (finding.matter, NUMBERS[0] in finding.problem) == ("2026-日-0099", True)


def test_a_changed_stamp_is_told_with_both_values_until_put_right(served: ServedOffice) -> None:
    later = DUE + DAY
    edit(served, NUMBERS[0], node_1_day=(DUE, later))
    for at in (T0 + HOUR, T0 + 2 * HOUR):
        (finding,) = found(served.pass_at(at), "deadline_edited")
        assert "2026-03-03 09:30" in finding.problem
        assert "2026-03-04 09:30" in finding.problem
        assert finding.place.field == "node_1_day"
    edit(served, NUMBERS[0], node_1_day=(later, DUE))
    assert found(served.pass_at(T0 + 3 * HOUR), "deadline_edited") == []


def test_a_changed_stamp_changes_no_reminder(served: ServedOffice) -> None:
    edit(served, NUMBERS[0], node_1_day=(DUE, DUE + DAY))
    result = served.pass_at(DUE - 5 * HOUR)
    assert {slot.key.due for one in result.messages for slot in one.message.covers} == {DUE}


def test_a_stamp_after_an_agreed_extension_is_no_change(office: ServedOffice) -> None:
    due, new = T0 + 7 * DAY, T0 + 20 * DAY
    write_book(office.book, [matter_row(NUMBERS[0], limit="7天", completion_due=due)])
    office.adopt()
    office.pass_at(T0)
    extension = {
        "matter": NUMBERS[0],
        "applied_at": T0 + HOUR,
        "kind": "调整期限",
        "reason": "涉及面广",
        "plan": "分步推进",
        "old_due": due,
        "new_due": new,
        "approver": "张某",
        "approver_rank": "分管副市长",
        "approved_at": T0 + HOUR,
        "result": "同意",
    }
    patch(office.book, [], [NewRow("extensions", extension)])
    edit(office, NUMBERS[0], completion_due=(due, new))
    assert found(office.pass_at(T0 + 2 * HOUR), "deadline_edited") == []


def test_a_grey_cell_changed_by_hand_is_told_and_put_right(served: ServedOffice) -> None:
    edit(served, NUMBERS[0], light=("黄", "绿"))
    result = served.pass_at(T0 + HOUR)
    (finding,) = found(result, "machine_cell_edited")
    assert "绿" in finding.problem
    assert ("light", "绿", "黄") in {(c.field, c.old, c.new) for c in result.changes if c.matter == NUMBERS[0]}
    assert found(served.pass_at(T0 + 2 * HOUR), "machine_cell_edited") == []


def test_flags_by_the_addin_are_no_change_by_hand(served: ServedOffice) -> None:
    edit(served, NUMBERS[0], light=("黄", "红"), synced_at=(T0, T0 + timedelta(minutes=5)))
    assert found(served.pass_at(T0 + HOUR), "machine_cell_edited") == []


@pytest.mark.parametrize("copy_first", [True, False], ids=["副本在前", "副本在后"])
def test_of_doubled_numbers_the_row_seen_before_counts(served: ServedOffice, copy_first: bool) -> None:
    settings = settings_of(served)
    original = rows(NUMBERS[0])[0]
    other = original | {"content": "复制后改写的另一件事", "lead_unit": "市住建局"}
    pair = [other, original] if copy_first else [original, other]
    write_book(served.book, [*pair, *rows(*NUMBERS[1:])], settings)
    result = served.pass_at(DUE - 5 * HOUR)
    owed_by = {slot.duty_key.unit for one in result.messages for slot in one.message.covers}
    assert owed_by == {"市教育局"}
    (finding,) = found(result, "number_doubled")
    assert finding.place.row == (2 if copy_first else 3)
