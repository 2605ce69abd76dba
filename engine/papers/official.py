"""The layout of official documents after GB/T 9704-2012: page, fonts, rules, page numbers, the forms of head, tables.

Lengths are millimetres and type sizes points, as in the standard. The fonts are named as they are on Chinese Windows;
none is shipped.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from engine.files.outputs import OUTPUT_MARK
from engine.papers.official_xml import (
    RED,
    Face,
    float_at_foot,
    frame,
    is_figure,
    keep_what_ends,
    leave_grid,
    name_fonts,
    page_field,
    put,
    rule_below,
    rule_off,
    set_language,
    twips,
    width_of,
    write,
)

PAGE = (210, 297)
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
LINES = 22
# A card is no document of the standard: it gives its margins to what must fit one page.
CARD_MARGINS = (15, 18)
HEADING_ROW = 8.0
TEXT_WIDTH = PAGE[0] - LEFT - RIGHT
TEXT_HEIGHT = PAGE[1] - TOP - BOTTOM
LETTER_MARK_TOP, LETTER_RULE, LETTER_RULE_ABOVE_EDGE = 30, 170, 20
DOCUMENT_MARK_BELOW_MARGIN = 35
RULE_BELOW_NUMBER = 4
# The dash of a page number stands 7 mm below the text, at half the height of its line.
PAGE_NUMBER_ABOVE_EDGE = BOTTOM - 7 - 2.5
MARK_SIZE, TITLE_SIZE, BODY_SIZE, SMALL_SIZE, TABLE_SIZE = 36.0, 22.0, 16.0, 14.0, 12.0
TABLE_PITCH = 18.0
# 28 characters of 16 pt are a little wider than the text: each is set closer by a quarter of a point.
CHARACTER_SPACING = -0.25
LINE_PITCH = TEXT_HEIGHT / LINES * 72 / 25.4
BUILT_AT = (2026, 1, 1, 0, 0, 0)
_OTHER_STYLES = "word/stylesWithEffects.xml"


class Layout(Enum):
    """函 (a letter: red double rules, first page unnumbered), 文件 (a document: red rule below the number), 表单 (a
    report: no red head, the number right below the title) or 卡片 (the same on one page, for leaders to sign).
    """

    LETTER = "函"
    DOCUMENT = "文件"
    SHEET = "表单"
    CARD = "卡片"


class Head(NamedTuple):
    """What stands above the text: who issues (not on a 表单), the number (〔2026〕1号) and the title."""

    mark: str
    number: str
    title: str


class OfficialDocument:
    """One document under construction; ``line_pitch`` is the distance of lines in points."""

    def __init__(self, form: Layout, head: Head, line_pitch: float = LINE_PITCH) -> None:
        self._document: DocumentType = Document()
        self._pitch = line_pitch
        self._form = form
        set_language(self._document)
        self._page()
        self._page_numbers()
        if form is Layout.LETTER:
            self._letter_head(head)
        elif form is Layout.DOCUMENT:
            self._document_head(head)
        title = self._line(head.title, Face.SONG_TITLE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
        if form in (Layout.SHEET, Layout.CARD):
            write(self._line("", alignment=WD_ALIGN_PARAGRAPH.RIGHT), head.number, Face.FANG_SONG, TABLE_SIZE)
        else:
            title.paragraph_format.space_after = Pt(line_pitch)

    def address(self, recipients: str) -> None:
        """主送, flush left."""
        self._line(f"{recipients}：")

    def heading(self, text: str) -> None:
        """A heading of the first level (一、), in 黑体."""
        line = self._line(text, Face.HEI)
        self._indented(line)
        line.paragraph_format.keep_with_next = True

    def text(self, text: str) -> None:
        """A paragraph of the body, first line two characters in; each line of ``text`` is one."""
        for line in text.split("\n"):
            self._indented(self._line(line))

    def table(
        self, rows: Sequence[Sequence[str]], widths: Sequence[float], headings: Sequence[str] = (), height: float = 10
    ) -> None:
        """A ruled table, columns ``widths`` mm wide, rows at least ``height`` mm high.

        ``headings`` stand above the rows, on every page, and no row is torn. Without them every other cell is a label,
        and a row's last cell takes the columns that the row leaves over.
        """
        lines = [headings, *rows] if headings else rows
        table = self._document.add_table(rows=len(lines), cols=len(widths))
        rule_off(table, widths)
        if headings:
            table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for index, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
            is_head = bool(headings) and index == 0
            row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
            row.height = Mm(min(height, HEADING_ROW) if is_head else height)
            if headings:
                row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
            if len(texts) < len(widths):
                row.cells[len(texts) - 1].merge(row.cells[-1])
            for place, text in enumerate(texts):
                is_label = index == 0 if headings else place % 2 == 0
                self._fill(row.cells[place], text, is_label=is_label)

    def _fill(self, cell: _Cell, text: str, *, is_label: bool) -> None:
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        for number, line in enumerate(text.split("\n")):
            paragraph = cell.add_paragraph() if number else cell.paragraphs[0]
            if is_label or is_figure(line):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            layout = paragraph.paragraph_format
            layout.space_before = layout.space_after = Pt(0)
            layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(TABLE_PITCH)
            leave_grid(paragraph)
            write(paragraph, line, Face.HEI if is_label else Face.FANG_SONG, TABLE_SIZE)

    def sign(self, office: str, day: datetime) -> None:
        """Who signs, centred above the date; the date in Arabic digits, right, four characters in."""
        keep_what_ends(self._document)
        self._line("").paragraph_format.keep_with_next = True
        date_text = f"{day.year}年{day.month}月{day.day}日"
        # Four characters for the date's indent, half the difference of both widths to stand centred above it.
        overhang = (width_of(date_text) - width_of(office)) / 2
        name = self._line(office, alignment=WD_ALIGN_PARAGRAPH.RIGHT)
        name.paragraph_format.right_indent = Pt(max(0.0, 4 + overhang) * BODY_SIZE)
        name.paragraph_format.keep_with_next = True
        date = self._line(date_text, alignment=WD_ALIGN_PARAGRAPH.RIGHT)
        date.paragraph_format.right_indent = Pt(4 * BODY_SIZE)

    def note(self, text: str) -> None:
        """附注, in brackets, two characters in."""
        self._indented(self._line(f"（{text}）"))

    def imprint(self, copies: str, issuer: str, day: datetime) -> None:
        """版记 at the foot of the last page: 抄送, who printed it and when, between rules of 0.35, 0.25, 0.35 mm."""
        printed = f"{day.year}年{day.month}月{day.day}日印发"
        lines = ([f"抄送：{copies}。"] if copies else []) + [f"{issuer}\t{printed}"]
        table = self._document.add_table(rows=len(lines), cols=1)
        float_at_foot(table, TEXT_WIDTH, PAGE[1] - BOTTOM - len(lines) * self._pitch * 25.4 / 72)
        for row, text in zip(table.rows, lines, strict=True):
            paragraph = row.cells[0].paragraphs[0]
            write(paragraph, text, Face.FANG_SONG, SMALL_SIZE)
            layout = paragraph.paragraph_format
            layout.left_indent = layout.right_indent = Pt(SMALL_SIZE)
            layout.space_after = Pt(0)
            layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(self._pitch)
            layout.tab_stops.add_tab_stop(Mm(TEXT_WIDTH) - Pt(SMALL_SIZE), alignment=WD_TAB_ALIGNMENT.RIGHT)
        leave_grid(self._line("", spacing=1))  # a file must not end in a table, and a line of the grid may be a page

    def to_bytes(self) -> bytes:
        """The finished file: the same bytes for the same content."""
        properties = self._document.core_properties
        properties.author = properties.last_modified_by = "督办"
        properties.created = properties.modified = datetime(*BUILT_AT)
        properties.comments, properties.identifier = "", OUTPUT_MARK
        buffer = io.BytesIO()
        self._document.save(buffer)
        return _with_fixed_times(buffer.getvalue())

    def _page(self) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
        margins = CARD_MARGINS if self._form is Layout.CARD else (TOP, BOTTOM)
        section.top_margin, section.bottom_margin = map(Mm, margins)
        section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
        section.footer_distance = Mm(LETTER_RULE_ABOVE_EDGE)
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)
        put(grid, type="lines", linePitch=round(self._pitch * 20))
        normal = self._document.styles["Normal"]
        normal.font.size = Pt(BODY_SIZE)
        properties = normal.element.get_or_add_rPr()
        name_fonts(properties, Face.FANG_SONG)
        spacing = OxmlElement("w:spacing")
        put(spacing, val=round(CHARACTER_SPACING * 20))
        properties.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")

    def _page_numbers(self) -> None:
        """“— 1 —” outside: right on odd pages, left on even ones, one character in."""
        self._document.settings.odd_and_even_pages_header_footer = True
        section = self._document.sections[0]
        for footer, alignment in (
            (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
            (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
        ):
            line = footer.paragraphs[0]
            line.alignment = alignment
            line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(SMALL_SIZE)
            line.paragraph_format.space_after = Mm(PAGE_NUMBER_ABOVE_EDGE - LETTER_RULE_ABOVE_EDGE)
            write(line, "— ", Face.SONG, SMALL_SIZE)
            page_field(write(line, "", Face.SONG, SMALL_SIZE))
            write(line, " —", Face.SONG, SMALL_SIZE)

    def _letter_head(self, head: Head) -> None:
        section = self._document.sections[0]
        section.different_first_page_header_footer = True
        mark = self._mark(head.mark, LETTER_RULE)
        frame(mark, LETTER_RULE, vAnchor="page", y=twips(LETTER_MARK_TOP), hAnchor="page", xAlign="center")
        rule_below(mark, "thickThinSmallGap", 24, RULE_BELOW_NUMBER)
        rule = section.first_page_footer.paragraphs[0]
        side = (PAGE[0] - LETTER_RULE) / 2
        rule.paragraph_format.left_indent, rule.paragraph_format.right_indent = Mm(side - LEFT), Mm(side - RIGHT)
        rule.paragraph_format.line_spacing = Pt(1)
        rule_below(rule, "thinThickSmallGap", 24)
        number = self._line(head.number, alignment=WD_ALIGN_PARAGRAPH.RIGHT)
        number.paragraph_format.space_after = Pt(self._pitch)

    def _document_head(self, head: Head) -> None:
        mark = self._mark(head.mark, TEXT_WIDTH)
        mark.paragraph_format.space_before = Mm(DOCUMENT_MARK_BELOW_MARGIN)
        mark.paragraph_format.space_after = Pt(2 * self._pitch)
        number = self._line(head.number, alignment=WD_ALIGN_PARAGRAPH.CENTER)
        rule_below(number, "single", 16, RULE_BELOW_NUMBER)
        number.paragraph_format.space_after = Pt(2 * self._pitch)

    def _mark(self, text: str, width: float) -> Paragraph:
        """发文机关标志, red, as large as its one line allows."""
        size = min(MARK_SIZE, int(width / 25.4 * 72 / max(1.0, width_of(text))))
        mark = self._line(text, Face.SONG_TITLE, size, WD_ALIGN_PARAGRAPH.CENTER, spacing=size * 1.3)
        for run in mark.runs:
            run.font.color.rgb = RGBColor.from_string(RED)
        return mark

    def _line(
        self,
        text: str,
        face: Face = Face.FANG_SONG,
        size: float = BODY_SIZE,
        alignment: WD_ALIGN_PARAGRAPH | None = None,
        spacing: float | None = None,
    ) -> Paragraph:
        paragraph = self._document.add_paragraph()
        if alignment is not None:
            paragraph.alignment = alignment
        layout = paragraph.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(spacing or self._pitch)
        write(paragraph, text, face, size)
        return paragraph

    @staticmethod
    def _indented(paragraph: Paragraph) -> None:
        paragraph.paragraph_format.first_line_indent = Pt(2 * BODY_SIZE)


def _with_fixed_times(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, BUILT_AT)
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 0
            content = source.read(name)
            if name == _OTHER_STYLES:  # a second copy of the styles, which python-docx does not open
                content = content.replace(b'"en-US"', b'"zh-CN"')
            target.writestr(member, content)
    return buffer.getvalue()
