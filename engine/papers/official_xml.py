"""What python-docx leaves to raw WordprocessingML: fonts for Chinese, frames, rules, fields, floating tables."""

import re
from collections.abc import Sequence
from enum import Enum

from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

RED = "FF0000"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Face(Enum):
    """A typeface by its name on Chinese Windows."""

    SONG_TITLE = "方正小标宋简体"
    FANG_SONG = "仿宋_GB2312"
    HEI = "黑体"
    KAI = "楷体_GB2312"
    SONG = "宋体"


def write(paragraph: Paragraph, text: str, face: Face, size: float) -> Run:
    """A run of text in its typeface and size; what XML cannot hold is left out."""
    run = paragraph.add_run(_NOT_IN_XML.sub("", text))
    run.font.size = Pt(size)
    name_fonts(run._r.get_or_add_rPr(), face)
    return run


def name_fonts(properties: BaseOxmlElement, face: Face) -> None:
    """Chinese text takes its font from ``eastAsia``, which python-docx does not set."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    put(fonts, ascii=face.value, hAnsi=face.value, eastAsia=face.value, cs=face.value)


def set_language(document: DocumentType) -> None:
    """Set the language by which Word chooses spelling, line breaks and fonts: Chinese of China, wherever the file names
    one.
    """
    for language in document.styles.element.iter(qn("w:lang")):
        put(language, val="zh-CN", eastAsia="zh-CN")
    settings = document.settings.element
    theme = settings.find(qn("w:themeFontLang"))
    if theme is not None:
        put(theme, val="zh-CN", eastAsia="zh-CN")


def page_field(run: Run) -> None:
    """The number of the page, filled in by Word."""
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            put(element, fldCharType=kind)
        else:
            element.text = text
        run._r.append(element)


def frame(paragraph: Paragraph, width: float, **place: str | int) -> None:
    """Put a paragraph at a fixed place of the page; the text flows around it."""
    place_on_page = OxmlElement("w:framePr")
    put(place_on_page, w=twips(width), hSpace=0, wrap="notBeside", **place)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(place_on_page, *_AFTER_FRAME)


def rule_below(paragraph: Paragraph, kind: str, eighths: int, distance: float = 0) -> None:
    """A red rule below a paragraph: its width in eighths of a point, its distance in mm."""
    borders, rule = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    put(rule, val=kind, sz=eighths, space=round(distance * 72 / 25.4), color=RED)
    borders.append(rule)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, *_AFTER_BORDERS)


def float_at_foot(table: Table, width: float, top: float) -> None:
    """``width`` mm wide, ``top`` mm below the page's edge, between rules of 0.35, 0.25 and 0.35 mm."""
    properties = table._tbl.tblPr
    place, borders = OxmlElement("w:tblpPr"), OxmlElement("w:tblBorders")
    put(place, horzAnchor="margin", vertAnchor="page", tblpXSpec="center", tblpY=twips(top))
    for side, eighths in (("top", 8), ("bottom", 8), ("insideH", 6)):
        rule = OxmlElement(f"w:{side}")
        put(rule, val="single", sz=eighths, space=0, color="000000")
        borders.append(rule)
    properties.insert_element_before(place, "w:tblOverlap", "w:tblW", "w:jc", "w:tblLayout", "w:tblLook")
    properties.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    table.columns[0].width = Mm(width)


def leave_grid(paragraph: Paragraph) -> None:
    """Lines of a table keep their own distance instead of that of the page's 22 lines."""
    free = OxmlElement("w:snapToGrid")
    put(free, val=0)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(free, *_AFTER_BORDERS[_AFTER_BORDERS.index("w:snapToGrid") + 1 :])


def rule_off(table: Table, widths: Sequence[float]) -> None:
    """Columns ``widths`` mm wide, whatever they hold, between thin black rules."""
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        rule = OxmlElement(f"w:{side}")
        put(rule, val="single", sz=6, space=0, color="000000")
        borders.append(rule)
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


# The order of a paragraph's properties is part of the schema: what follows borders, and what follows a frame.
_AFTER_BORDERS = (
    "w:shd",
    "w:tabs",
    "w:suppressAutoHyphens",
    "w:kinsoku",
    "w:wordWrap",
    "w:overflowPunct",
    "w:topLinePunct",
    "w:autoSpaceDE",
    "w:autoSpaceDN",
    "w:bidi",
    "w:adjustRightInd",
    "w:snapToGrid",
    "w:spacing",
    "w:ind",
    "w:contextualSpacing",
    "w:mirrorIndents",
    "w:suppressOverlap",
    "w:jc",
    "w:textDirection",
    "w:textAlignment",
    "w:textboxTightWrap",
    "w:outlineLvl",
    "w:divId",
    "w:cnfStyle",
    "w:rPr",
    "w:sectPr",
    "w:pPrChange",
)
_AFTER_FRAME = ("w:widowControl", "w:numPr", "w:suppressLineNumbers", "w:pBdr", *_AFTER_BORDERS)


def is_figure(text: str) -> bool:
    """Whether the text is a number alone, with or without its sign, which stands in the middle of its column."""
    return text.removeprefix("-").replace(".", "", 1).isdigit()


def keep_what_ends(document: DocumentType) -> None:
    """The last paragraph so far, or the last row where that is a table, stays on the page of what follows: a signature
    must not stand on a page of its own.
    """
    last = "*[not(self::w:sectPr)][last()]"
    for paragraph in document.element.body.xpath(f"{last}[self::w:p] | {last}[self::w:tbl]/w:tr[last()]//w:p"):
        Paragraph(paragraph, document).paragraph_format.keep_with_next = True


def width_of(text: str) -> float:
    """The width of a text in characters: digits and Latin letters are half as wide."""
    return sum(0.5 if character.isascii() else 1 for character in text)


def put(element: BaseOxmlElement, **attributes: str | int) -> None:
    """Set attributes of the main namespace."""
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))


def twips(millimetres: float) -> int:
    """Twentieths of a point."""
    return round(millimetres / 25.4 * 1440)
