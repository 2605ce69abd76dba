"""What openpyxl and LibreOffice make of our books, and books that openpyxl makes itself."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.table import Table, TableStyleInfo

from engine.ledger.headings.columns import BY_KEY
from engine.ledger.package.addresses import column_letters
from tests.ledger.corpus.excel_made import excel_made
from tests.ledger.corpus.office_book import LOG_FIELDS, MATTER_COUNT, MATTER_FIELDS, SENT_AT, matter_values
from tests.tools import need

_RESAVED = (
    "plain",
    "date1904",
    "rich_text",
    "formulas_beside",
    "empty_log",
    "log_reserve",
    "title_above",
    "validations",
)
OPENPYXL = (*(f"openpyxl_{name}" for name in _RESAVED), "openpyxl_own", "openpyxl_own_1904")
LIBREOFFICE = tuple(f"libreoffice_{name}" for name in _RESAVED)


def by_openpyxl(name: str, folder: Path) -> Path:
    """A book loaded and saved, or made, by openpyxl."""
    target = folder / f"{name}.xlsx"
    if name.startswith("openpyxl_own"):
        return _own(target, date1904=name.endswith("1904"))
    base = folder / "base"
    base.mkdir(exist_ok=True)
    openpyxl.load_workbook(excel_made(name.removeprefix("openpyxl_"), base)).save(target)
    return target


def by_libreoffice(names: Iterable[str], folder: Path) -> dict[str, Path]:
    """Books loaded and saved by LibreOffice, all in one run."""
    base = folder / "base"
    base.mkdir(exist_ok=True)
    made = [excel_made(name.removeprefix("libreoffice_"), base) for name in names]
    convert(made, folder / "libreoffice")
    return {f"libreoffice_{path.stem}": folder / "libreoffice" / path.name for path in made}


def convert(books: Iterable[Path], target: Path) -> None:
    """LibreOffice opens each book and saves it as .xlsx into ``target``."""
    profile = f"-env:UserInstallation=file://{target}_profile"
    command = [need("soffice"), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target)]
    subprocess.run([*command, *map(str, books)], check=True, capture_output=True, timeout=240)


def _own(path: Path, *, date1904: bool) -> Path:
    workbook = openpyxl.Workbook()
    if date1904:
        workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    workbook.remove(workbook.worksheets[0])
    rows = [matter_values(at) for at in range(MATTER_COUNT)]
    keys = [{"key": "台账标识", "value": "a-b-c"}, {"key": "值班主机"}, {"key": "短信发送", "value": "停"}]
    logged = [{"number": "S000001", "at": SENT_AT, "matter": "2026-日-0001"}]
    sheets = (
        ("matters", MATTER_FIELDS, rows),
        ("settings", ("key", "value"), keys),
        ("message_log", LOG_FIELDS, logged),
    )
    for key, fields, values in sheets:
        sheet = workbook.create_sheet(BY_KEY[key].name)
        sheet.append([BY_KEY[key].heading(field) for field in fields])
        for row in values:
            sheet.append([row.get(field) for field in fields])
        table = Table(displayName=BY_KEY[key].name, ref=f"A1:{column_letters(len(fields))}{len(values) + 1}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
        sheet.add_table(table)
    sheet = workbook.worksheets[0]
    sheet["A2"].comment = Comment("请核", "督查室")
    red = PatternFill("solid", bgColor="FF0000")
    sheet.conditional_formatting.add("F2:F50", CellIsRule("equal", ['"红"'], fill=red))
    workbook.save(path)
    return path
