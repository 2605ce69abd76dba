"""导入核对.xlsx: one row a source row, every uncertain cell coloured, what a person must decide as dropdowns, the 对账.

The frame is made by openpyxl; the rows, of which there may be thousands, are written straight into their part.
"""

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.ledger import Ledger
from engine.files.outputs import OUTPUT_MARK
from engine.ledger.headings.columns import MATTERS
from engine.ledger.reading.ledger import without_collections
from engine.ledger.template.fixed_zip import fixed_zip, saved
from engine.ledger.template.row_heights import row_height
from engine.moving.dictionaries.loading import OURS
from engine.moving.files import review_words as words
from engine.moving.files.guide_sheet import write_guide
from engine.moving.files.side_sheets import write_account, write_columns, write_common, write_contacts, write_words
from engine.moving.proposals.draft import plain
from engine.moving.proposals.model import Decision, Proposals, RowProposal

BODY, HEAD = Font(name="等线", size=10.5), Font(name="黑体", size=10.5)
LINE = Border(*(Side("thin", color="BFBFBF"),) * 4)
UNCERTAIN, LEFT, TITLE = (PatternFill("solid", fgColor=colour) for colour in ("FFE699", "D9D9D9", "DDEBF7"))
_WIDTHS = {"content": 42, "note": 30, "cooperating_units": 24, "lead_unit": 18, "requirement": 28}
_WHY_WIDTH, _HIGHEST = 30, 110.0
_SHEET_PART = "xl/worksheets/sheet2.xml"
_ROWS = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
_STYLE = re.compile(rb'<c r="A(\d+)" s="(\d+)"')
_LONGEST = 32_000


@dataclass(frozen=True, slots=True)
class _Styles:
    """Indices of the cell formats: sure, uncertain, left out, to be decided."""

    sure: int
    uncertain: int
    left: int
    open: int


@without_collections()
def review_bytes(proposals: Proposals, ledger: Ledger) -> bytes:
    """The review workbook of these proposals: the same bytes for the same proposals."""
    fields = shown_fields(proposals.rows)
    headings = _headings(fields)
    book = Workbook()
    write_guide(book.worksheets[0], proposals)
    sheet = book.create_sheet(words.ROWS)
    _frame(sheet, headings, fields, len(proposals.rows))
    write_words(book.create_sheet(words.WORDS), proposals.words, ledger.directory)
    write_contacts(book.create_sheet(words.CONTACTS), proposals.contacts, ledger.directory)
    write_common(book.create_sheet(words.COMMON))
    write_columns(book, proposals.tables, OURS)
    book[words.CHOICES][words.LEDGER_ID] = ledger.settings.ledger_id
    book[words.CHOICES][words.ROW_COUNT] = len(proposals.rows)
    write_account(book.create_sheet(words.ACCOUNT), proposals)
    book.properties.creator, book.properties.title = "督办", words.ROWS
    book.properties.identifier = OUTPUT_MARK
    return fixed_zip(_with_rows(saved(book), proposals.rows, fields), level=1)


def shown_fields(rows: Iterable[RowProposal]) -> tuple[str, ...]:
    """The fields that have a column in the review."""
    used = {field for proposal in rows for field in proposal.cells}
    return (*words.ALWAYS, *(field for field in words.SOMETIMES if field in used or field == "board"))


def _headings(fields: Sequence[str]) -> list[str]:
    shown = [words.heading_of(field) for field in fields]
    return [
        *(words.DECISION, words.WHY, words.SOURCE, *shown),
        *(words.PROGRESS, words.PROGRESS_DATE, words.SAID, words.MACHINE),
    ]


def _frame(sheet: Worksheet, headings: Sequence[str], fields: Sequence[str], count: int) -> None:
    sheet.append(list(headings))
    for across, heading in enumerate(headings, 1):
        cell = sheet.cell(1, across)
        cell.font, cell.fill, cell.border = HEAD, TITLE, LINE
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        width = {words.DECISION: 9, words.WHY: 30, words.SOURCE: 30, words.SAID: 46, words.PROGRESS: 28}.get(
            heading, 12
        )
        sheet.column_dimensions[get_column_letter(across)].width = width
    for at, field in enumerate(fields, 4):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(field, 12)
    sheet.column_dimensions[get_column_letter(len(headings))].hidden = True
    for row, fill in enumerate((None, UNCERTAIN, LEFT, UNCERTAIN), 2):
        cell = sheet.cell(row, 1, 0)  # a prototype: its format is looked up, then the row goes
        cell.font, cell.border = BODY, LINE
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.number_format = "yyyy-mm-dd" if row == 2 else "yyyy-mm-dd;@" if row == 3 else "@"
        if fill:
            cell.fill = fill
    last = max(count + 1, 2)
    _list(sheet, f"A2:A{last}", list(Decision), strict=True)
    for at, field in enumerate(fields, 4):
        choices = next((column.choices for column in MATTERS.columns if column.field == field), ())
        if choices:
            _list(sheet, f"{get_column_letter(at)}2:{get_column_letter(at)}{last}", choices, strict=True)
    sheet.freeze_panes = "E2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headings))}{last}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", "8", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _list(sheet: Worksheet, area: str, choices: Iterable[str], *, strict: bool) -> None:
    rule = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=strict)
    rule.error = "请从下拉列表中选。"
    sheet.add_data_validation(rule)
    rule.add(area)


def _with_rows(data: bytes, rows: Sequence[RowProposal], fields: Sequence[str]) -> bytes:
    """The workbook with the rows in place of the prototypes, and a dropdown at each cell that has offers."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == _SHEET_PART:
                content = _sheet_part(content, rows, fields)
            target.writestr(info, content, zipfile.ZIP_STORED)  # it is packed once, at the end
    return out.getvalue()


def _sheet_part(content: bytes, rows: Sequence[RowProposal], fields: Sequence[str]) -> bytes:
    found = {int(row): int(style) for row, style in _STYLE.findall(content)}
    styles = _Styles(found[2], found[3], found[4], found[5])
    written = _ROWS.search(content)
    if written is None:
        raise AssertionError("the frame of the review has no rows")
    first = written[0].split(b"</row>", 1)[0] + b"</row>"
    body = b"".join(_row(proposal, number, fields, styles) for number, proposal in enumerate(rows, 2))
    content = content.replace(written[0], first + body + b"</sheetData>")
    offers = "".join(_offers(rows, fields))
    return content.replace(b"</dataValidations>", offers.encode() + b"</dataValidations>") if offers else content


def _offers(rows: Sequence[RowProposal], fields: Sequence[str]) -> Iterable[str]:
    """Dropdowns of offers, one for each set of them: Excel takes no more than about 65,000."""
    places: dict[tuple[str, ...], list[str]] = {}
    for number, proposal in enumerate(rows, 2):
        for at, field in enumerate(fields, 4):
            reading = proposal.cells.get(field)
            if reading and reading.offers and field == "lead_unit":
                places.setdefault(reading.offers, []).append(f"{get_column_letter(at)}{number}")
    for choices, cells in places.items():
        listed = escape(",".join(choices), {'"': "&quot;"})
        if len(listed) < 250:
            yield (
                f'<dataValidation type="list" allowBlank="1" sqref="{" ".join(cells)}">'
                f"<formula1>&quot;{listed}&quot;</formula1></dataValidation>"
            )


def _row(proposal: RowProposal, number: int, fields: Sequence[str], styles: _Styles) -> bytes:
    is_left = proposal.decision is Decision.LEAVE
    base = styles.left if is_left else styles.sure
    why = "\n".join(dict.fromkeys((*proposal.doubts, *(cell.why for cell in proposal.cells.values() if cell.why))))
    cells = [
        _text(proposal.decision or "", styles.open if proposal.decision is None else base),
        _text(why, base),
        _text(str(proposal.source), base),
    ]
    for field in fields:
        reading = proposal.cells.get(field)
        value = reading.value if reading else None
        style = styles.uncertain if reading and not reading.is_certain else base
        cells.append(_value(value, style))
    progress = proposal.progress
    cells += [
        _text(progress.text if progress else "", base),
        _value(progress.reported_at if progress else None, base),
        _text(proposal.said[:_LONGEST], base),
        _text("\n".join((proposal.mark, *(word.key for word in proposal.words))), base),
    ]
    placed = [f'<c r="{letter}{number}" {cell[3:]}' for cell, letter in zip(cells, _letters(), strict=False)]
    height = _height(proposal, why)
    return f'<row r="{number}" ht="{height}" customHeight="1">{"".join(placed)}</row>'.encode()


def _height(proposal: RowProposal, why: str) -> float:
    """So high that the longest cell that a person must read is whole, within reason; 原文 is there to be looked up."""
    texts: list[tuple[str, float]] = [(why, _WHY_WIDTH)]
    texts += [
        (str(cell.value), _WIDTHS.get(field, 12))
        for field, cell in proposal.cells.items()
        if isinstance(cell.value, str) and field != "note"
    ]
    return min(row_height(texts), _HIGHEST)


@cache
def _letters() -> tuple[str, ...]:
    return tuple(get_column_letter(at) for at in range(1, 101))


def _value(value: object, style: int) -> str:
    if isinstance(value, datetime):
        serial = (value - datetime(1899, 12, 30)).total_seconds() / 86400
        return f'<c s="{style}"><v>{int(serial) if serial.is_integer() else serial!r}</v></c>'
    return _text(plain(value) if isinstance(value, (int, float)) else str(value or ""), style)


_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def _text(text: str, style: int) -> str:
    """A text that stays one, whatever it begins with."""
    if not text:
        return f'<c s="{style}"/>'
    clean = escape(_ESCAPED.sub("_x005F_", _CONTROLS.sub("", text[:_LONGEST])))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{clean}</t></is></c>'
