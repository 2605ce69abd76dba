"""督查单 as Word: a draft until its approval is on record, one matter each, in the words of its regime."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from engine.papers.escalation_paper import NoPaperError, escalation_papers
from engine.policy.shelf import OwnText, shelved
from engine.rules.duties.cases import Cases
from tests.addin.checkers import open_xml_faults
from tests.clauses.builders import at, ledger, matter, supervision
from tests.policy.districts import THREE_COLOURS

SHELF = shelved((OwnText("三色.toml", THREE_COLOURS),))
NUMBER, BLUE, CODE = "2026-督-0001", "蓝色督查单", "三政督〔2026〕1号"
ISSUED = supervision(
    "2026-03-16 09:00",
    matter=NUMBER,
    method=BLUE,
    approver="孙某",
    approver_rank="市长",
    approved_at="2026-03-16 10:00",
    outcome="3月23日前开工",
)


def cases(*records: Any, regime: str = "三色", **settings: str) -> Cases:
    row = matter(number=NUMBER, board="督查事项", source="领导批示", approver_rank="市长", time_limit="10天")
    book = ledger(row, *records, settings={"office_name": "三色市人民政府督查室"} | settings)
    return Cases(replace(book, settings=replace(book.settings, regime=regime)), SHELF, at("2026-03-16 11:00"))


def text_of(data: bytes) -> str:
    return "\n".join(line.text for line in Document(io.BytesIO(data)).paragraphs)


def test_an_approved_paper_names_unit_demand_and_deadline(tmp_path: Path) -> None:
    [(number, ordinal, data)] = escalation_papers(cases(ISSUED), [NUMBER], BLUE, CODE)
    said = text_of(data)
    wanted = (
        "关于新建人行天桥2座的蓝色督查单",
        CODE,
        "市教育局：",
        "3月23日前开工",
        "2026年3月23日17时30分前",
        "一事一单",
    )
    assert (number, ordinal) == (NUMBER, 1)
    assert [words for words in wanted if words not in said] == []
    assert "草稿" not in said
    (tmp_path / "paper.docx").write_bytes(data)
    assert open_xml_faults(tmp_path / "paper.docx") == []


def test_the_layout_is_that_of_the_regime_s_notices() -> None:
    other = THREE_COLOURS + '\n[notice]\nform = { value = "公文", clause = "SM-6" }\n'
    shelves = {"信函": SHELF, "公文": shelved((OwnText("三色.toml", other),))}
    printed: dict[str, bool] = {}
    for form, shelf in shelves.items():
        known = cases(ISSUED)
        [(_, _, data)] = escalation_papers(Cases(known.ledger, shelf, at("2026-03-16 11:00")), [NUMBER], BLUE, CODE)
        tables = Document(io.BytesIO(data)).tables
        printed[form] = any("2026年3月16日印发" in cell.text for table in tables for cell in table._cells)
    assert printed == {"信函": False, "公文": True}


def test_a_paper_without_approval_is_a_draft() -> None:
    [(_, _, data)] = escalation_papers(cases(), [NUMBER], BLUE)
    said = text_of(data)
    assert "自批准之日起5工作日内" in said
    assert "本件为草稿" in said


@pytest.mark.parametrize(
    ("made", "given", "said"),
    [
        (cases(), ([NUMBER], BLUE, CODE), "还没有批准的记录，不能编号"),
        (cases(ISSUED), ([NUMBER, "2026-督-0002"], BLUE, CODE), "一事一单"),
        (cases(ISSUED), (["2026-督-0009"], BLUE), "台账中没有事项 2026-督-0009"),
        (cases(ISSUED), ([NUMBER], "黄色督查单"), "督查单有：蓝色督查单、橙色督查单、红色督查单"),
        (cases(ISSUED, regime="朔州"), ([NUMBER], BLUE), "没有规定督查单"),
        (cases(ISSUED, office_name=""), ([NUMBER], BLUE), "没有填“单位名称”"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(made: Cases, given: tuple[Any, ...], said: str) -> None:
    with pytest.raises(NoPaperError, match=said):
        escalation_papers(made, *given)


def test_no_signature_stands_on_a_page_of_its_own() -> None:
    [(_, _, data)] = escalation_papers(cases(ISSUED), [NUMBER], BLUE, CODE)
    lines = Document(io.BytesIO(data)).paragraphs
    name = next(at for at, line in enumerate(lines) if line.text == "三色市人民政府督查室" and at > 1)
    assert all(line.paragraph_format.keep_with_next for line in lines[name - 2 : name + 1]), "text, blank line, name"
