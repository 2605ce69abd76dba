"""The tables of a Word file as grids, with the paragraph above each as its title."""

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.sheet_cells import Cell
from engine.moving.files.checked_workbook import checked_zip
from engine.moving.tables.grid import Grid, Span, WordText

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_LOCKED = "文件设有密码，或是旧格式的 .doc。请用 Word 打开，取消密码，另存为 .docx 再导入。"
_BROKEN = "不是 Word 文件（.docx），或已损坏。请用 Word 打开后另存为 .docx 再导入。"
_SPACES = re.compile(r"[ \t\u3000]+")


def open_word(data: bytes) -> WordDocument:
    """The document. Raises UnreadableWorkbook."""
    if data.startswith(_OLE):
        raise UnreadableWorkbook(_LOCKED)
    if "word/document.xml" not in checked_zip(data).members:
        raise UnreadableWorkbook(_BROKEN)
    try:
        return Document(BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile) as fault:
        raise UnreadableWorkbook(_BROKEN) from fault


def word_sources(name: str, data: bytes) -> Sequence[Grid | WordText]:
    """The paragraphs, and every table in the order of the document."""
    document = open_word(data)
    grids: list[Grid] = []
    before = ""
    for block in document.element.body.iterchildren():
        if block.tag == qn("w:p"):
            before = _text(Paragraph(block, document)) or before
        elif block.tag == qn("w:tbl"):
            grids.append(_grid(name, f"表{len(grids) + 1}", Table(block, document), before))
            before = ""
    texts = [text for paragraph in document.paragraphs if (text := _text(paragraph))]
    return [WordText(name, texts, bool(grids)), *grids]


def _text(paragraph: Paragraph) -> str:
    return _SPACES.sub(" ", paragraph.text).strip()


def _grid(name: str, title: str, table: Table, before: str) -> Grid:
    """A table as cells; a merged cell has its text in its first place only."""
    rows: list[list[Cell]] = []
    spans: list[Span] = []
    open_spans: dict[int, int] = {}
    for down, row in enumerate(table._tbl.tr_lst):
        cells: list[Cell] = [""] * int(row.grid_before or 0)
        for cell in row.tc_lst:
            left, width = len(cells), int(cell.grid_span)
            merge = cell.vMerge
            if merge == "continue" and left in open_spans:
                at = open_spans[left]
                spans[at] = spans[at]._replace(bottom=down)
                cells += [""] * width
                continue
            text = "\n".join(_text(Paragraph(paragraph, table)) for paragraph in cell.p_lst).strip()
            cells += [text, *[""] * (width - 1)]
            open_spans.pop(left, None)
            if merge == "restart" or width > 1:
                spans.append(Span(down, left, down, left + width - 1))
                if merge == "restart":
                    open_spans[left] = len(spans) - 1
        rows.append(cells)
    width = max(map(len, rows), default=0)
    filled: list[list[Cell]] = [[*row, *[""] * (width - len(row))] for row in rows]
    return Grid(name, title, filled, tuple(spans), before=before)
