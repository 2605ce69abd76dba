"""The last step on a workbook that openpyxl built: valid to the letter, and the same bytes for the same content."""

import errno
import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml.etree import SerialisationError
from openpyxl import Workbook

BUILT_AT = (2026, 1, 1, 0, 0, 0)
BUILT_AT_W3C = b"2026-01-01T00:00:00Z"
NORMAL_FONT = "等线".encode()
FONT_ORDER = (b"b", b"i", b"strike", b"u", b"vertAlign", b"sz", b"color", b"name", b"family", b"charset", b"scheme")

_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_FONT = re.compile(rb"<font>(.*?)</font>")
# A row's height without customHeight is Excel's own: it fits the row anew when its text is edited.
_DATA_ROW = re.compile(rb'(<row r="(?!1")\d+"[^>]*?) customHeight="1"')
_FROM_ROOT = b'Target="/xl/'
_BARE_TAG = re.compile(rb"<(/?)(\w+)(?=[\s/>])")
"""How openpyxl names parts and the elements of a drawing. exceljs knows neither spelling, and refuses the book."""
_CHILD = re.compile(rb"<(\w+)[^>]*/>")


def saved(book: Workbook) -> bytes:
    """The workbook as openpyxl writes it.

    Raises OSError: openpyxl keeps each sheet in a temporary file, and lxml has a fault of its own for a full disk.
    """
    buffer = BytesIO()
    try:
        book.save(buffer)
    except SerialisationError as fault:
        name = str(fault).removeprefix("IO_")
        raise OSError(getattr(errno, name, errno.EIO), str(fault)) from fault
    return buffer.getvalue()


def fixed_zip(data: bytes, level: int = 6) -> bytes:
    """The same members with fixed times, in the zip and in docProps. Byte-equal for equal content and zlib; ``level``
    as zlib counts.
    """
    buffer = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = ZipInfo(name, BUILT_AT)
            member.compress_type = ZIP_DEFLATED
            member.create_system = 0  # or Linux and Windows would differ
            target.writestr(member, _mended(name, source.read(name)), compresslevel=level)
    return buffer.getvalue()


def _mended(name: str, content: bytes) -> bytes:
    if name == "docProps/core.xml":
        return _STAMP.sub(rb"\g<1>" + BUILT_AT_W3C + rb"\g<3>", content)
    if name == "xl/styles.xml":
        # The default font decides how wide a column is; Calibri is no font of Chinese Windows.
        content = content.replace(b'"Calibri"', b'"' + NORMAL_FONT + b'"').replace(b'<scheme val="minor"/>', b"")
        return _FONT.sub(_in_schema_order, content)
    if name.startswith("xl/drawings/") and name.endswith(".xml"):
        return _BARE_TAG.sub(rb"<\1xdr:\2", content.replace(b"<wsDr xmlns=", b"<wsDr xmlns:xdr="))
    if name == "xl/_rels/workbook.xml.rels":
        return content.replace(_FROM_ROOT, b'Target="')
    if name.startswith("xl/") and name.endswith(".rels"):
        return content.replace(_FROM_ROOT, b'Target="../')
    if name.startswith("xl/worksheets/sheet"):
        return _DATA_ROW.sub(rb"\g<1>", content)
    return content


def _in_schema_order(font: re.Match[bytes]) -> bytes:
    """Put children in order: openpyxl writes a font's children in another order than the schema demands."""
    children = sorted(_CHILD.finditer(font[1]), key=lambda child: FONT_ORDER.index(child[1]))
    return b"<font>" + b"".join(child[0] for child in children) + b"</font>"
