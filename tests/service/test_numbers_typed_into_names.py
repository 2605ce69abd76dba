"""A number typed where a name belongs, and texts far longer than any SMS: masked or held, wherever text leaves us."""

import json
from pathlib import Path

import pytest

from engine.cli.commands.passes import show_pass
from engine.cli.json_shapes import pass_json
from engine.ledger.file.differences import differences_path
from engine.ledger.file.owner_files import owner_files
from engine.ledger.reading.ledger import read_rows
from engine.review.check import check
from tests.service.office import DAY, HOUR, T0, UNITS, ServedOffice, matter_row, unit_row, write_book
from tests.sms.spellings import DIGITS, holds_number, spellings

BEFORE = T0 + DAY - 5 * HOUR
CHOSEN = spellings()[::50]


@pytest.mark.parametrize("written", CHOSEN)
def test_a_number_in_a_name_shows_nowhere(
    office: ServedOffice, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    units = [{**unit_row("市教育局", 1), "contact": f"王某{written}"}, *UNITS[1:]]
    matter = matter_row("2026-日-0001", limit="1天", time_limit=f"三天{written}", lead_unit="市教育局")
    write_book(office.book, [{**matter, "time_limit": "1天"}, {**matter, "number": "2026-日-0002"}], units=units)
    office.adopt()
    result = office.pass_at(BEFORE)
    show_pass(result)
    facts = office.station.book(office.book).read().ledger
    shown = [capsys.readouterr().out, *(one.problem for one in check(facts, office.station.policies, BEFORE))]
    shown += [
        json.dumps({**one, "mobile": ""}, default=str) for one in read_rows(office.book.read_bytes(), "message_log")
    ]
    shown += [
        str(row) for row in read_rows(office.book.read_bytes(), "matters") if row.pop("time_limit", None) is not None
    ]
    answer = pass_json(result)
    shown += [str(answer["findings"]), *(one["to"]["name"] for one in answer["messages"])]
    assert result.messages
    assert not [text for text in shown if holds_number(text)]


def test_nor_in_the_differences(office: ServedOffice) -> None:
    units = [{**unit_row("市教育局", 1), "contact": f"王某{DIGITS}"}, *UNITS[1:]]
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")], units=units)
    office.adopt()
    owner_files(office.book)["Excel"].write_bytes(b"\x04user" + b" " * 160)
    office.pass_at(BEFORE)
    beside = differences_path(office.book).read_text(encoding="utf-8")
    assert "王某138****8000" in beside
    assert not holds_number(beside)


@pytest.mark.parametrize("length", [31, 32_767])
def test_a_long_signature_is_said_and_nothing_sent(office: ServedOffice, length: int) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")], {"短信签名": "签" * length})
    office.adopt()
    result = office.pass_at(BEFORE)
    assert office.phone() == []
    assert "短信签名超过30个字" in (result.obstacle or "")
    facts = office.station.book(office.book).read().ledger
    assert "signature_too_long" in {one.rule for one in check(facts, office.station.policies, BEFORE)}


def test_a_signature_of_thirty_characters_is_sent(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")], {"短信签名": "签" * 30})
    office.adopt()
    office.pass_at(BEFORE)
    assert len(office.phone()) == 1


def test_a_phone_too_long_for_the_gateway_is_said_and_sent_when_mended(office: ServedOffice, tmp_path: Path) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")], {"联系电话": "0349-2020000" * 60})
    office.adopt()
    late = office.pass_at(BEFORE + 10 * HOUR)
    assert "text_too_long" in {one.rule for one in late.findings}
    assert office.phone() == []
