"""One old ledger in every format that is read: the same matters come out, and what a format cannot say is asked."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from addin.build import sources, vba_project
from engine.moving.files.sources import SUFFIXES, UnreadableSource, read_source
from engine.moving.proposals.model import Decision
from engine.moving.tables.grid import Grid
from tests.moving.binary_workbook import binary_workbook
from tests.moving.ledgers_of_habit import due
from tests.moving.office import ledger, proposals
from tests.moving.old_books import OldSheet, old_book, old_word

TITLE = "朔州市2026年重点工作督办台账"
HEAD = ("序号", "重点任务", "牵头单位", "配合单位", "完成时限")
ROWS = (
    HEAD,
    (1, "新建学校", "市教育局", "市财政局、各县（区）", "12月底前"),
    (2, "治理河道", "市水利局", None, "2026年6月30日"),
    (3, "养老床位", "市民政局", "市住建局", "第三季度"),
)
EXPECTED = [
    ("1", "新建学校", "市教育局", due(12, 31)["fixed_due"]),
    ("2", "治理河道", "市水利局", due(6, 30)["fixed_due"]),
    ("3", "养老床位", "市民政局", due(9, 30)["fixed_due"]),
]
Build = Callable[[Path], Path]


def xlsx(folder: Path) -> Path:
    return old_book(folder / "旧台账.xlsx", OldSheet("2026年", ROWS))


def xlsm(folder: Path) -> Path:
    """With macros in it, as a book that was once saved with some."""
    source, path = xlsx(folder), folder / "旧台账.xlsm"
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(main, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml").replace(
                    b"</Types>",
                    b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
                )
            if name == "xl/_rels/workbook.xml.rels":
                relation = (
                    b'<Relationship Id="rIdVba" Target="vbaProject.bin" '
                    b'Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"/></Relationships>'
                )
                part = part.replace(b"</Relationships>", relation)
            new.writestr(name, part)
        new.writestr("xl/vbaProject.bin", vba_project(sources()))
    return path


def xlsb(folder: Path) -> Path:
    return binary_workbook(folder / "旧台账.xlsb", "2026年", ROWS)


def csv_in(encoding: str, ending: str = "csv") -> Build:
    def build(folder: Path) -> Path:
        path = folder / f"旧台账-{encoding}.{ending}"
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in ROWS]
        path.write_bytes("\r\n".join(lines).encode(encoding))
        return path

    return build


def csv_with_tabs(folder: Path) -> Path:
    path = folder / "旧台账.csv"
    lines = ["\t".join("" if cell is None else str(cell) for cell in row) for row in ROWS]
    path.write_bytes("\r\n".join(lines).encode("utf-16"))  # Excel's “Unicode 文本”
    return path


def docx(folder: Path) -> Path:
    return old_word(folder / "旧台账.docx", TITLE, ROWS)


FORMATS = {
    "xlsx": xlsx,
    "xlsm": xlsm,
    "xlsb": xlsb,
    "csv GBK": csv_in("gb18030"),
    "csv UTF-8": csv_in("utf-8"),
    "csv UTF-8 with mark": csv_in("utf-8-sig"),
    "csv UTF-16 with tabs": csv_with_tabs,
    "docx": docx,
}
"""Besides: .xls and .ods, as LibreOffice writes them, in ``ledgers_of_trouble``."""


@pytest.mark.parametrize("build", FORMATS.values(), ids=FORMATS)
def test_the_same_matters_come_out_of_every_format(build: Build, tmp_path: Path) -> None:
    found = proposals(build(tmp_path), ledger())
    values = [
        tuple(row.value(name) for name in ("original_number", "content", "lead_unit", "fixed_due"))
        for row in found.rows
    ]
    assert values == EXPECTED
    assert [row.decision for row in found.rows] == [Decision.TAKE] * 3
    assert all(one.balances for one in found.accounts)


def test_every_format_that_is_offered_is_tried() -> None:
    tried = {name.split()[0] for name in FORMATS} | {"xls", "ods"}
    assert {f".{name}" for name in tried} == set(SUFFIXES)


@pytest.mark.parametrize("build", [xlsb, csv_in("utf-8")], ids=["xlsb", "csv"])
def test_a_format_that_does_not_say_what_is_merged_is_known_as_such(build: Build, tmp_path: Path) -> None:
    grids = [one for one in read_source(build(tmp_path)) if isinstance(one, Grid)]
    assert [one.merges_known for one in grids] == [False]
    assert [one.merges_known for one in read_source(xlsx(tmp_path)) if isinstance(one, Grid)] == [True]


def test_a_unit_that_may_have_been_merged_is_asked_in_such_a_format(tmp_path: Path) -> None:
    rows = (HEAD, (1, "新建学校", "市教育局", None, "12月底前"), (2, "改造校舍", None, None, "12月底前"))
    found = proposals(binary_workbook(tmp_path / "合并.xlsb", "2026年", rows), ledger())
    assert [row.decision for row in found.rows] == [Decision.TAKE, None]
    assert found.rows[1].cells["lead_unit"].offers == ("市教育局",)


def with_password(folder: Path) -> Path:
    path = folder / "密码.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"\x9c\x11\x00 not readable without the password")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/>'
            "</manifest:file-entry></manifest:manifest>",
        )
    return path


def test_an_ods_with_a_password_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="打开密码"):
        read_source(with_password(tmp_path))
