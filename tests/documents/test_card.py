"""签批卡片 (SZ1-10.1): what it says, how it is laid out, drawn and judged by Microsoft's validator."""

import io
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from engine.facts.finding import Place
from engine.facts.matter import Matter
from engine.papers.card_document import Card, card_docx
from engine.sample.words import Board, TimeLimit
from tests.addin.checkers import open_xml_faults
from tests.render import to_pdf
from tests.tools import need

DUE, INTERNAL = datetime(2026, 3, 20, 17, 30), datetime(2026, 3, 18, 17, 30)
SIGNED = {
    "approver": "蒋某",
    "approver_rank": "办公厅分管领导",
    "approved_at": datetime(2026, 3, 2, 8, 30),
    "decomposition_approver": "吴某",
    "decomposition_approved_at": datetime(2026, 3, 2, 9, 5),
}


def matter(**changes: object) -> Matter:
    facts: dict[str, object] = {
        "board": Board.PROVINCE,
        "source": "省政府交办",
        "source_number": "省“13710”系统〔2026〕0318号",
        "source_date": datetime(2026, 3, 1),
        "content": "义务教育阶段<校服>费管理 & 专项整治",
        "requirement": "逐校核查。\n按省定时限汇总上报。",
        "responsible_leader": "吴某",
        "initiating_office": "秘书三科",
        "lead_unit": "市教育局",
        "cooperating_units": ("市市场监管局",),
        "time_limit": TimeLimit.SEVEN_DAYS,
    }
    return Matter(Place("matters", 12), **{**facts, **changes})


def made(*children: Matter, **changes: object) -> bytes:
    return card_docx(Card(matter(**changes), children, DUE, INTERNAL))


def tables(data: bytes) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in dict.fromkeys(row.cells)] for row in table.rows]
        for table in Document(io.BytesIO(data)).tables
    ]


def headings(data: bytes) -> list[str]:
    return [line.text for line in Document(io.BytesIO(data)).paragraphs if "、" in line.text[:3]]


def test_it_holds_content_limit_and_suggested_office() -> None:
    said = {label: text for row in tables(made())[0] for label, text in zip(row[::2], row[1::2], strict=True)}
    assert said == {
        "任务来源": "省政府交办",
        "来源文号": "省“13710”系统〔2026〕0318号",
        "来源日期": "2026年3月1日",
        "分管市领导": "吴某",
        "主要内容": "义务教育阶段<校服>费管理 & 专项整治",
        "办理要求": "逐校核查。\n按省定时限汇总上报。",
        "时限要求": "省政府要求2026年3月20日17时30分前上报。\n"
        "承办单位须在2026年3月18日17时30分前报送结果，留出审批上报的时间。\n办理时限7天。",
        "建议承办科室": "秘书三科",
        "承办单位": "市教育局\n配合：市市场监管局",
    }


def test_unsigned_parts_are_blank_and_signed_ones_name_person_and_time() -> None:
    before, after = tables(made())[-2:]
    assert before[0] == after[0] == ["环节", "意见", "签批人", "时间"]
    assert [(row[0], row[2:]) for row in before[1:]] == [("办公厅分管领导签批", ["", ""]), ("市领导签批", ["", ""])]
    assert [row[0] for row in after[1:]] == ["办公厅分管领导审批", "市领导审批", "督查室上报省政府"]
    assert {text for row in after[1:] for text in row[1:]} == {""}
    signed, _ = tables(made(**SIGNED))[-2:]
    assert [row[2:] for row in signed[1:]] == [["蒋某", "2026年3月2日8时30分"], ["吴某", "2026年3月2日9时05分"]]


def test_the_approvals_for_submission_have_their_times() -> None:
    chain = {
        "office_approver": "蒋某",
        "office_approved_at": datetime(2026, 3, 19),
        "city_leader_approver": "吴某",
        "city_leader_approved_at": datetime(2026, 3, 19, 16),
        "submitted_at": datetime(2026, 3, 20, 9),
    }
    rows = tables(made(**chain))[-1]
    assert [row[2:] for row in rows[1:]] == [
        ["蒋某", "2026年3月19日"],
        ["吴某", "2026年3月19日16时"],
        ["", "2026年3月20日9时"],
    ]


def test_every_sub_item_is_listed() -> None:
    child = matter(number="2026-省-0002", responsible_leader="孙某", initiating_office="秘书二科")
    data = made(child, number="2026-省-0001")
    assert headings(data) == ["一、事项", "二、任务分解", "三、分解呈批（办理前）", "四、反馈上报（办理后）"]
    assert tables(data)[1][1] == [
        "2026-省-0002",
        "义务教育阶段<校服>费管理 & 专项整治",
        "孙某",
        "秘书二科",
        "市教育局等2个单位",
        "办理时限7天",
    ]
    assert headings(made()) == ["一、事项", "二、分解呈批（办理前）", "三、反馈上报（办理后）"]


def test_long_matters_and_sub_items() -> None:
    first = tables(made(time_limit=TimeLimit.LONG, parent="2026-省-0001"))[0]
    assert first[-1] == ["上级事项", "2026-省-0001"]
    assert first[4][1].endswith("\n长期推进，按月报告进展。")


def test_fonts_and_margins_are_official_and_tables_within() -> None:
    document = Document(io.BytesIO(made()))
    title = document.paragraphs[0]
    assert (title.text, title.runs[0].font.size.pt) == ("省政府“13710”交办事项签批卡片", 22)
    assert title.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"
    section = document.sections[0]
    assert [round(edge.mm) for edge in (section.page_width, section.page_height)] == [210, 297]
    assert [round(edge.mm) for edge in (section.left_margin, section.right_margin)] == [28, 26]
    for table in document.tables:
        assert sum(round(column.width.mm) for column in table.columns) == 156


def test_the_same_facts_give_the_same_bytes() -> None:
    assert made(matter(number="2026-省-0002")) == made(matter(number="2026-省-0002"))


@pytest.mark.parametrize("children", [0, 30])
def test_microsofts_validator_finds_nothing(children: int, tmp_path: Path) -> None:
    path = tmp_path / "card.docx"
    path.write_bytes(made(*(matter(number=f"2026-省-{n:04d}") for n in range(1, children + 1))))
    assert open_xml_faults(path) == []


def test_printed_signatures_are_on_page_one_and_headings_on_each(tmp_path: Path) -> None:
    assert "市领导签批" in printed(made(**SIGNED), tmp_path)[0]
    pages = printed(made(*(matter(number=f"2026-省-{n:04d}") for n in range(1, 31))), tmp_path)
    with_items = [page for page in pages if "2026-省-00" in page]
    assert len(with_items) > 1
    assert all("分解事项" in page for page in with_items)
    assert sum(page.count("2026-省-00") for page in pages) == 30


def printed(data: bytes, folder: Path) -> list[str]:
    path = folder / "card.docx"
    path.write_bytes(data)
    command = [need("pdftotext"), "-layout", to_pdf(path, folder), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\f")[:-1]


def test_a_card_without_sub_items_fits_one_page(tmp_path: Path) -> None:
    pages = printed(made(parent="2026-省-0001", **SIGNED), tmp_path)
    assert len(pages) == 1
    assert "补填到台账" in pages[0]
