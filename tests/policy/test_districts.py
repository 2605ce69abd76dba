"""Whole regimes as data, each with facts of some days and what they call for: SMS, lights, papers."""

import io
from collections import Counter

import pytest
from docx import Document
from openpyxl import Workbook

from engine.facts.settings import Settings
from engine.ledger.template.guide import write_guide
from engine.ledger.template.styles import add_styles
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


def test_the_guide_of_a_new_ledger_speaks_of_the_district_s_limits() -> None:
    reports = '[recurring."周报"]\n' + "".join(
        f'{key} = {{ value = {value}, clause = "MX-8" }}\n'
        for key, value in {"every": '"周"', "boards": '["政务督查"]', "clock": '"12:00"'}.items()
    )
    row = '[[schedule]]\nduty = "{}"\nkind = "提醒"\nslots = ["-1wd 09:00"]\nto = ["承办单位:具体责任人"]\n'
    row += 'text = "到期提醒"\nclause = "MX-8"\n'
    text = (
        BY_SOURCE
        + reports
        + row.format("定期报告")
        + row.format("节点")
        + '[office]\nclose = { value = "18:00", clause = "MX-6" }\n'
    )
    words = words_of(shelved((OwnText("某县.toml", text),))["某县"].on(at("2026-03-02").date()))
    sheet = Workbook().worksheets[0]
    add_styles(sheet.parent)
    write_guide(sheet, words)
    said = {cell.value for line in sheet.iter_rows() for cell in line if cell.value}
    assert "自动编号，按1天、5天、15天、20天、30天算出各节点和办结期限。" in said
    assert "到期前1个工作日起自动提醒，逾期自动催办并亮灯；提前报送的，对应提醒自动取消。" in said
    assert "15天或20天或30天内办不完时" in said
    assert "交办时间写到几点几分则从该时刻起算；只写日期则当日不计，到期日18:00截止。" in said
    assert "依次为月报、季报、第几次整改、周报。" in said
    assert not [words for words in said if "7天" in str(words) and "7天内到期" not in str(words)]


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
