"""工具: 转存短信记录, 打开说明."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from addin.button import ButtonContext
from addin.dialogs import quarter_forms
from addin.faults import AddinError
from addin.session import Session
from engine.facts.change import Value
from engine.facts.points import Quarter
from engine.files.outputs import OUTPUT_MARK, Outputs
from engine.files.whole_file import replace_file
from engine.ledger.headings.columns import MESSAGE_LOG, QUARTER_SCORES
from engine.papers.handbook import handbook_pages

if TYPE_CHECKING:
    from openpyxl import Workbook

_HERE = Path(__file__)
_BUILT = _HERE.parents[1] / "docs" / "使用手册.html"
"""In an installed package, where the build puts it (hatch_build.py)."""
_SOURCES = _HERE.parents[2] / "docs"


def archive_messages(session: Session) -> None:
    """转存短信记录: the rows of published quarters go to a yearly file beside the book, which keeps the others."""
    published = {str(row["quarter"]) for row in session.book.rows(QUARTER_SCORES)}
    quarters = sorted({_quarter(row) for row in session.message_log} & published)
    if not quarters:
        raise AddinError("没有可以转存的短信记录。只转存积分已通报的季度，请先按“季度评分”通报。")
    values = session.desk.show_form(quarter_forms.archive_form(quarters))
    if values is None:
        return
    chosen = {quarter for quarter in quarters if quarter <= str(values["until"])}
    moved = [row for row in session.message_log if _quarter(row) in chosen]
    kept = [row for row in session.message_log if _quarter(row) not in chosen]
    files = _append_to_yearly_files(session.path, moved)
    session.book.rewrite(MESSAGE_LOG, kept)
    session.book.save()
    session.inform(f"已把{len(moved)}行短信记录转存到{'、'.join(path.name for path in files)}，台账已保存。")


def _quarter(row: Mapping[str, Value]) -> str:
    at = row.get("at") or row.get("due")
    return str(Quarter.of(at.date())) if isinstance(at, datetime) else ""


def _append_to_yearly_files(book: Path, rows: Sequence[Mapping[str, Value]]) -> list[Path]:
    """Add the rows to one workbook a year, by 短信编号 only once. Raises AddinError where it cannot be written."""
    from openpyxl import Workbook

    from engine.ledger.template.fixed_zip import saved

    files = []
    for year in sorted({_quarter(row)[:4] for row in rows}):
        path = book.with_name(f"{book.stem}-短信记录-{year}.xlsx")
        try:
            is_there = path.exists()
            workbook = _read(path) if is_there else Workbook()
            sheet = workbook.worksheets[0]
            if is_there and sheet.title != MESSAGE_LOG.name:
                raise AddinError(f"“{path.name}”不是以前转存的短信记录。请把它移走，再点“转存短信记录”。")
            sheet.title = MESSAGE_LOG.name
            workbook.properties.identifier = OUTPUT_MARK
            if sheet.max_row == 1 and sheet["A1"].value is None:
                sheet.append([column.heading for column in MESSAGE_LOG.columns])
                sheet.delete_rows(1, sheet.max_row - 1)
            present = {cell.value for cell in sheet["A"]}
            fresh = [row for row in rows if _quarter(row).startswith(year) and row["number"] not in present]
            for down, row in enumerate(fresh, sheet.max_row + 1):
                for across, column in enumerate(MESSAGE_LOG.columns, 1):
                    cell = sheet.cell(down, across, row.get(column.field))
                    if isinstance(cell.value, str):
                        cell.data_type = "s"  # never a formula: anybody may write to the folder it came from
            Outputs((book,), force=True).replace((path, saved(workbook)))  # known as ours by its sheet
        except OSError as fault:
            raise AddinError(f"“{path.name}”写不进去，可能有人打开着。请关闭它，再点“转存短信记录”。") from fault
        files.append(path)
    return files


def _read(path: Path) -> "Workbook":
    """A yearly file as it stands. One that cannot be read is read a second time before anybody is advised to move it
    away: while it is being saved, or by a reading error in passing, a sound one looks damaged. Raises AddinError.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    damage = (BadZipFile, InvalidFileException, KeyError, ValueError)
    with suppress(*damage):
        return load_workbook(path)
    try:
        return load_workbook(path)
    except damage as fault:
        raise AddinError(
            f"“{path.name}”读了两遍都读不出来，可能已损坏。请先复制留存，再把它移走，然后再点“转存短信记录”。"
        ) from fault


def open_manual(session: Session) -> None:
    """打开说明: the handbook's page, as the build made it."""
    session.desk.open(_BUILT if _BUILT.is_file() else _page_from_sources())


def _page_from_sources() -> Path:
    """The same page where duban runs from its sources: they have no build."""
    page = ButtonContext.settings_folder / _BUILT.name
    page.parent.mkdir(parents=True, exist_ok=True)
    replace_file(page, handbook_pages(_SOURCES)[_BUILT.name])
    return page
