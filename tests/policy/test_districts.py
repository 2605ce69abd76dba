"""Whole regimes as data, each with facts of some days and what they call for: SMS, lights, papers."""

import io
from collections import Counter

import pytest
from docx import Document

from engine.facts.settings import Settings
from engine.papers.notice_document import Per, notice_docx, plan
from engine.policy.shelf import OwnText, shelved
from engine.policy.words import words_of
from engine.review.check import numbered_matters, row_of
from engine.review.simulate import simulate
from engine.review.trial import lights_under
from engine.rules.checks.ledger import limit_as_given
from engine.rules.duties.cases import Cases
from engine.rules.duties.paragraphs import duties_of
from tests.clauses.builders import at, ledger, matter
from tests.policy.districts import BOARDS, BY_SOURCE, SIX_BOARDS

SHELF = shelved((OwnText("尧都.toml", SIX_BOARDS), OwnText("某县.toml", BY_SOURCE)))
COUNTY = {"board": "政务督查", "approver_rank": "市长", "time_limit": None, "number": "2026-督-0001"}
DISTRICT = {"board": "重点招商", "source": "区政府常务会议", "approver_rank": "市长", "number": "2026-招-0001"}


def of(regime: str, row, *records):
    book = ledger(row, *records)
    settings = Settings(
        **{**{name: getattr(book.settings, name) for name in ("ledger_id", "signature")}, "regime": regime}
    )
    return type(book)(settings, book.directory, book.matters, book.records)


def sent(regime: str, row, start: str, end: str) -> list[tuple[str, str, str]]:
    found = simulate(of(regime, row), SHELF, at(start), at(end))
    return [(f"{one.at:%m-%d %H:%M}", one.kind.value, one.covers[0].clause) for one in found]


@pytest.mark.parametrize("text", [SIX_BOARDS, BY_SOURCE])
def test_a_district_states_at_most_150_lines(text: str) -> None:
    assert SHELF.unreadable == {}
    assert text.count("\n") <= 150


def test_six_boards_run_on_the_text_of_13710() -> None:
    assert SHELF["尧都"].on(at("2026-03-02").date()).boards == BOARDS
    row = matter(**DISTRICT)
    assert sent("尧都", row, "2026-03-03 00:00", "2026-03-03 15:31") == [
        ("03-03 04:30", "提醒", "SZ1-13.1"),
        ("03-03 12:30", "催办", "SZ1-14"),
        ("03-03 14:30", "提醒", "SZ1-13.1"),
        ("03-03 15:30", "催办", "SZ1-14"),
    ]
    assert lights_under(of("尧都", row), SHELF, "尧都", at("2026-03-03 12:30")) == Counter({"红": 1})


def test_a_district_prints_its_own_notice() -> None:
    policy = SHELF["尧都"].on(at("2026-03-02").date())
    row = matter(**DISTRICT, initiated_at=at("2026-03-02 09:40"))
    [notice] = plan([row], (), at("2026-03-02 10:00"), Per.UNIT)
    document = Document(io.BytesIO(notice_docx(notice, Settings(office_name="尧都区人民政府"), policy.notice)))
    text = "\n".join(line.text for line in document.paragraphs)
    assert "尧都区督办通知" in text


def test_a_template_offers_the_words_of_the_district() -> None:
    words = words_of(SHELF["尧都"].on(at("2026-03-02").date()))
    assert tuple(words.sources) == BOARDS
    county = words_of(SHELF["某县"].on(at("2026-03-02").date()))
    assert county.choices["matters", "time_limit"] == ("1天", "5天", "15天", "20天", "30天", "指定日期", "长期")
    assert county.choices["matters", "urgency"] == ("急件",)


@pytest.mark.parametrize(
    ("source", "urgency", "typed", "due"),
    [
        ("公文", "", None, "2026-04-01 09:30"),
        ("会议纪要", "", None, "2026-03-22 09:30"),
        ("领导批示", "急件", None, "2026-03-07 09:30"),
        ("领导批示", "急件", "1天", "2026-03-03 09:30"),
        ("领导批示", "", None, "2026-03-17 09:30"),
        ("领导批示", "", "30天", "2026-04-01 09:30"),
    ],
)
def test_the_limit_follows_source_and_urgency(source: str, urgency: str, typed: str | None, due: str) -> None:
    row = matter(**{**COUNTY, "source": source, "urgency": urgency, "time_limit": typed})
    cases = Cases(of("某县", row), SHELF, at("2026-03-02 10:00"))
    assert [duty.due for duty in duties_of(cases.of(row)) if not duty.is_announcement] == [at(due)]


def test_a_late_one_is_told_to_give_reasons() -> None:
    row = matter(**{**COUNTY, "source": "领导批示", "urgency": "急件"})
    assert sent("某县", row, "2026-03-07 00:00", "2026-03-10 00:00") == [("03-08 09:30", "催办", "MX-10")]


@pytest.mark.parametrize(("typed", "told"), [("1天", 0), ("5天", 0), ("20天", 1)])
def test_another_limit_than_the_regime_gives_is_a_hint(typed: str, told: int) -> None:
    row = matter(**{**COUNTY, "source": "领导批示", "urgency": "急件", "time_limit": typed})
    book = of("某县", row)
    cases = Cases(book, SHELF, at("2026-03-02 10:00"))
    assert len(list(limit_as_given(row_of(row, book.records_of(row.number), cases, numbered_matters(book))))) == told
