"""The Open XML package around the VBA project: an add-in workbook of one sheet, with our ribbon."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml"
ADDIN = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
MACRO_WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
SHEET_CODE_NAME = "Sheet1"

_CONTENT_TYPES = f"""<Types xmlns="{_PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="%s"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_EXCEL}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{_EXCEL}.styles+xml"/>\
<Override PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>"""

_STYLES = f"""<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="等线"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""

_WORKBOOK = f"""<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr codeName="ThisWorkbook"/>\
<bookViews><workbookView visibility="%s"/></bookViews>\
<sheets><sheet name="duban.conf" sheetId="1" r:id="rId1"/></sheets></workbook>"""


def relationships(targets: Mapping[str, tuple[str, str]]) -> str:
    """A relationships part: id → (type, target)."""
    rows = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, (kind, target) in targets.items()
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def sheet(rows: Sequence[Sequence[str]]) -> str:
    """A worksheet of texts, from A1."""
    body = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{chr(65 + column)}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
            for column, text in enumerate(row)
        )
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    code_name = f'<sheetPr codeName="{SHEET_CODE_NAME}"/>'
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{code_name}<sheetData>{body}</sheetData></worksheet>'


def assemble(vba_project: bytes, ribbon: str, wording: str, content_type: str = ADDIN) -> bytes:
    """The whole package. Members are stored, not deflated, so the bytes do not depend on a compressor's version."""
    visibility = "hidden" if content_type == ADDIN else "visible"
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": _HEAD + _CONTENT_TYPES % content_type,
        "_rels/.rels": relationships(
            {
                "rId1": (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
                "rId2": (
                    "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
                    "customUI/customUI14.xml",
                ),
            }
        ),
        "xl/workbook.xml": _HEAD + _WORKBOOK % visibility,
        "xl/_rels/workbook.xml.rels": relationships(
            {
                "rId1": (f"{_OFFICE}/worksheet", "worksheets/sheet1.xml"),
                "rId2": (f"{_OFFICE}/styles", "styles.xml"),
                "rId3": ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin"),
            }
        ),
        "xl/worksheets/sheet1.xml": sheet(list(csv.reader(io.StringIO(wording)))),
        "xl/styles.xml": _HEAD + _STYLES,
        "xl/vbaProject.bin": vba_project,
        "customUI/customUI14.xml": ribbon,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.create_system = 0
            package.writestr(member, content)
    return buffer.getvalue()
