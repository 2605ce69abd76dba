"""The notices, checked from the file against the figures of GB/T 9704-2012, and drawn."""

import io
import re
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from engine.facts.finding import Place
from engine.facts.matter import Matter, Stamps
from engine.facts.settings import Settings
from engine.papers.notice_document import Per, UnissuableError, next_running, notice_docx, notice_number, plan
from engine.sample.words import Regime, TimeLimit
from tests.addin.checkers import open_xml_faults
from tests.clauses.builders import policy
from tests.render import to_pdf
from tests.tools import need

SHUOZHOU = Settings(regime=Regime.SHUOZHOU, office_name="朔州市人民政府督查室", phone="0349-2020000")
BAOSHAN = Settings(regime=Regime.BAOSHAN, office_name="保山市人民政府督查室")
REGIMES = pytest.mark.parametrize("settings", [SHUOZHOU, BAOSHAN], ids=["朔州", "保山"])
ISSUED = datetime(2026, 3, 2, 10, 5)


def matter(number: str = "2026-日-0001", unit: str = "市教育局", **more: object) -> Matter:
    facts: dict[str, object] = {
        "number": number,
        "content": "制定校车<安全>管理办法 & 公布线路",
        "requirement": "每周报送一次进度",
        "source": "市长办公会议",
        "responsible_leader": "李某某",
        "lead_unit": unit,
        "cooperating_units": ("市公安局",),
        "time_limit": TimeLimit.THREE_DAYS,
        "initiated_at": datetime(2026, 3, 2, 9, 40),
        "stamps": Stamps(
            node_1_day=datetime(2026, 3, 3, 9, 30),
            node_3_days=datetime(2026, 3, 5, 9, 30),
            completion_due=datetime(2026, 3, 5, 9, 30),
        ),
    }
    return Matter(Place("matters", 2), **{**facts, **more})


def made(settings: Settings, *matters: Matter) -> bytes:
    return notice_docx(plan(matters or (matter(),), (), ISSUED, Per.UNIT)[0], settings, policy(settings.regime).notice)


def opened(data: bytes) -> Document:
    return Document(io.BytesIO(data))


def paragraph(document: Document, start: str) -> object:
    return next(line for line in document.paragraphs if line.text.startswith(start))


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode("utf-8")


def font(line: object) -> tuple[str, float]:
    run = line.runs[0]
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


@REGIMES
def test_the_page_is_a4_with_the_margins_of_the_standard(settings: Settings) -> None:
    section = opened(made(settings)).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]


@REGIMES
def test_twenty_two_lines_fill_the_page_and_twenty_eight_characters_a_line(settings: Settings) -> None:
    document = opened(made(settings))
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    assert int(grid.get(qn("w:linePitch"))) * 22 == pytest.approx(225 / 25.4 * 1440, abs=22)
    body = paragraph(document, "根据")
    assert body.paragraph_format.line_spacing.pt == pytest.approx(29, abs=0.06)
    spacing = document.styles["Normal"].element.rPr.find(qn("w:spacing"))
    width = 28 * (16 + int(spacing.get(qn("w:val"))) / 20)
    assert width <= 156 / 25.4 * 72 < width + 16


def test_the_line_pitch_can_be_the_28_points_of_the_office(tmp_path: Path) -> None:
    notice = plan((matter(),), (), ISSUED, Per.UNIT)[0]
    document = opened(notice_docx(notice, SHUOZHOU, policy().notice, line_pitch=28))
    assert paragraph(document, "根据").paragraph_format.line_spacing == Pt(28)


@REGIMES
def test_every_text_has_its_typeface_and_size(settings: Settings) -> None:
    document = opened(made(settings))
    title = "督办通知" if settings is SHUOZHOU else "督查检查办理事项通知"
    assert paragraph(document, "关于").text.endswith(f"的{title}")
    assert font(paragraph(document, "关于")) == ("方正小标宋简体", 22)
    assert font(paragraph(document, "根据")) == ("仿宋_GB2312", 16)
    assert font(paragraph(document, "一、")) == ("黑体", 16)
    assert font(paragraph(document, "（一）")) == ("仿宋_GB2312", 16)
    assert font(paragraph(document, "〔2026〕1号")) == ("仿宋_GB2312", 16)


@REGIMES
def test_recipients_stand_flush_left_and_paragraphs_two_characters_in(settings: Settings) -> None:
    document = opened(made(settings))
    assert paragraph(document, "市教育局、市公安局：").paragraph_format.first_line_indent is None
    assert paragraph(document, "根据").paragraph_format.first_line_indent == Pt(32)


@REGIMES
def test_the_date_is_in_arabic_digits_and_four_characters_in(settings: Settings) -> None:
    date = paragraph(opened(made(settings)), "2026年3月2日")
    assert date.text == "2026年3月2日"
    assert date.paragraph_format.right_indent == Pt(4 * 16)


@REGIMES
def test_page_numbers_stand_outside(settings: Settings) -> None:
    document = opened(made(settings))
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    assert [line.alignment.name for line in (odd, even)] == ["RIGHT", "LEFT"]
    for line in (odd, even):
        assert [run.text for run in line.runs] == ["— ", "", " —"]
        assert {font_of_run(run) for run in line.runs} == {("宋体", 14.0)}
        assert "PAGE" in line._p.xml


def font_of_run(run: object) -> tuple[str, float]:
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_a_letter_has_its_mark_at_30_mm_double_rules_of_170_mm_and_no_number_on_its_first_page() -> None:
    document = opened(made(SHUOZHOU))
    mark = paragraph(document, "朔州市人民政府督查室")
    frame = mark._p.pPr.find(qn("w:framePr"))
    assert int(frame.get(qn("w:y"))) == round(30 / 25.4 * 1440)
    assert int(frame.get(qn("w:w"))) == round(170 / 25.4 * 1440)
    assert rule_of(mark) == ("thickThinSmallGap", "FF0000")
    section = document.sections[0]
    assert section.different_first_page_header_footer
    foot = section.first_page_footer.paragraphs[0]
    assert foot.text == ""
    assert rule_of(foot) == ("thinThickSmallGap", "FF0000")
    indents = foot.paragraph_format.left_indent.mm + foot.paragraph_format.right_indent.mm
    assert 156 - indents == pytest.approx(170, abs=0.1)
    assert section.footer_distance == pytest.approx(Mm(20), abs=1000)


def rule_of(line: object) -> tuple[str, str]:
    rule = line._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    return rule.get(qn("w:val")), rule.get(qn("w:color"))


def test_a_document_has_its_red_rule_4_mm_below_the_number_and_the_imprint_between_its_rules() -> None:
    document = opened(made(BAOSHAN))
    number = paragraph(document, "〔2026〕1号")
    assert rule_of(number) == ("single", "FF0000")
    assert int(number._p.pPr.find(qn("w:pBdr"))[0].get(qn("w:space"))) == round(4 * 72 / 25.4)
    table = document.tables[0]
    assert table.rows[0].cells[0].text == "抄送：李某某。"
    assert table.rows[1].cells[0].text == "保山市人民政府督查室\t2026年3月2日印发"
    borders = table._tbl.tblPr.find(qn("w:tblBorders"))
    widths = {border.tag.split("}")[1]: int(border.get(qn("w:sz"))) / 8 / 72 * 25.4 for border in borders}
    assert widths == pytest.approx({"top": 0.35, "bottom": 0.35, "insideH": 0.25}, abs=0.02)
    assert font(table.rows[0].cells[0].paragraphs[0]) == ("仿宋_GB2312", 14)


@REGIMES
def test_the_same_facts_give_the_same_bytes(settings: Settings) -> None:
    assert made(settings) == made(settings)


@REGIMES
def test_signs_of_xml_in_the_data_are_text(settings: Settings) -> None:
    assert paragraph(opened(made(settings)), "事项内容").text == "事项内容：制定校车<安全>管理办法 & 公布线路。"


def test_control_characters_in_the_data_break_nothing() -> None:
    text = paragraph(opened(made(SHUOZHOU, matter(content="一\x0b二\x00三\ufffe"))), "事项内容").text
    assert text == "事项内容：一二三。"


@REGIMES
def test_microsofts_validator_finds_no_fault(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "notice.docx"
    path.write_bytes(made(settings))
    assert open_xml_faults(path) == []


@REGIMES
def test_it_prints_on_a4_with_the_lines_of_the_standard(settings: Settings, tmp_path: Path) -> None:
    """Drawn by LibreOffice: a full line holds 28 characters, the letter's first page has no page number."""
    path = tmp_path / "notice.docx"
    path.write_bytes(made(settings, *(matter(f"2026-日-{n:04d}", content="督" * 100) for n in range(1, 5))))
    pdf = to_pdf(path, tmp_path)
    text = subprocess.run([need("pdftotext"), "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert "督" * 28 in re.split(r"\s+", text)
    pages = text.replace(" ", "").split("\f")
    assert ("—1—" in pages[0]) == (settings is BAOSHAN)
    assert "—2—" in pages[1]
    assert [page for page in pages[:-1] if not page.strip("—0123456789\n")] == []


def test_the_line_behind_the_imprint_needs_no_page_of_its_own() -> None:
    """A line of the grid after 版记 made an empty page where the body filled its own."""
    [*_, last] = Document(io.BytesIO(made(BAOSHAN))).paragraphs
    assert (last.text, last.paragraph_format.line_spacing) == ("", Pt(1))
    assert [one.get(qn("w:val")) for one in last._p.iter(qn("w:snapToGrid"))] == ["0"]


class TestPlan:
    def test_numbers_go_on_from_the_greatest_of_the_year(self) -> None:
        assert notice_number(2026, 1) == "〔2026〕1号"
        assert next_running([], 2026) == 1
        assert next_running(["〔2026〕9号", "〔2026〕10号", "〔2025〕77号", "", "手写"], 2026) == 11
        assert next_running(["朔政督〔2026〕3号"], 2026) == 4

    def test_the_letters_of_the_office_are_carried_on(self) -> None:
        assert (
            plan([matter()], ["朔政督办〔2026〕9号", "〔2025〕9号"], ISSUED, Per.UNIT)[0].number
            == "朔政督办〔2026〕10号"
        )

    def test_one_notice_a_unit_or_one_a_matter(self) -> None:
        matters = [matter("2026-日-0001"), matter("2026-日-0002", unit="市财政局"), matter("2026-日-0003")]
        by_unit = plan(matters, ["〔2026〕4号"], ISSUED, Per.UNIT)
        assert [(n.number, [m.number for m in n.matters]) for n in by_unit] == [
            ("〔2026〕5号", ["2026-日-0001", "2026-日-0003"]),
            ("〔2026〕6号", ["2026-日-0002"]),
        ]
        assert [len(n.matters) for n in plan(matters, [], ISSUED, Per.MATTER)] == [1, 1, 1]

    def test_the_lead_unit_comes_first_among_the_recipients(self) -> None:
        assert plan([matter()], [], ISSUED, Per.MATTER)[0].recipients == ("市教育局", "市公安局")

    @pytest.mark.parametrize(
        ("bad", "says"),
        [
            ({"number": ""}, "编号盖时限"),
            ({"initiated_at": None}, "编号盖时限"),
            ({"notice_issued_at": ISSUED, "notice_number": "〔2026〕1号"}, "已下发"),
            ({"lead_unit": ""}, "牵头单位"),
        ],
    )
    def test_what_cannot_be_issued_says_what_to_do(self, bad: dict[str, object], says: str) -> None:
        with pytest.raises(UnissuableError, match=says):
            plan([matter(**bad)], [], ISSUED, Per.UNIT)


def test_a_long_running_matter_has_no_deadline_to_name() -> None:
    bare = matter(time_limit=TimeLimit.LONG, stamps=Stamps())
    texts = [line.text for line in opened(made(SHUOZHOU, bare)).paragraphs]
    assert "办理时限：长期推进，按月报告进展。" in texts
    assert not [text for text in texts if text.startswith("报送节点")]


def test_more_than_ten_matters_are_counted_in_chinese() -> None:
    document = opened(made(SHUOZHOU, *(matter(f"2026-日-{n:04d}") for n in range(1, 22))))
    headings = [line.text.split("、")[0] for line in document.paragraphs if font_is_hei(line)]
    assert headings[9:12] == ["十", "十一", "十二"]
    assert headings[19:] == ["二十", "二十一", "二十二"]


def font_is_hei(line: object) -> bool:
    return bool(line.runs) and line.runs[0]._r.rPr is not None and font(line)[0] == "黑体"


@REGIMES
def test_every_part_of_a_document_is_marked_as_chinese(settings: Settings) -> None:
    data = made(settings, matter())
    for name in ("word/styles.xml", "word/settings.xml", "word/document.xml"):
        languages = set(re.findall(r'w:(?:val|eastAsia)="([a-z]{2}-[A-Z]{2})"', part(data, name)))
        assert languages <= {"zh-CN"}, name
