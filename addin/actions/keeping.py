"""工具: 转存短信记录, 撤销上次操作, 打开说明."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

from addin import excel
from addin.dialogs import quarter_forms
from addin.excel import AddinError
from addin.live_plan import View, same_value
from addin.session import Session
from engine.facts.change import Change, Value, inverse
from engine.facts.finding import Place
from engine.facts.points import Quarter
from engine.files.outputs import OUTPUT_MARK, Outputs
from engine.ledger.file.operation_log import Operation, last_operation
from engine.ledger.headings.columns import BY_KEY, MESSAGE_LOG, OPERATIONS, QUARTER_SCORES

_HERE = Path(__file__)
_MANUALS = (_HERE.parents[2] / "docs" / "使用手册.md", _HERE.parents[1] / "docs" / "使用手册.md")
"""In the program's folder; in an installed package, where pyproject.toml puts it."""


def archive_messages(session: Session) -> None:
    """转存短信记录: the rows of published quarters go to a yearly file beside the book, which keeps the others."""
    published = {str(row["quarter"]) for row in session.live.rows(QUARTER_SCORES)}
    quarters = sorted({_quarter(row) for row in session.message_log} & published)
    if not quarters:
        raise AddinError("没有可以转存的短信记录。只转存积分已通报的季度，请先按“季度评分”通报。")
    values = session.desk.ask(quarter_forms.archive_form(quarters))
    if values is None:
        return
    chosen = {quarter for quarter in quarters if quarter <= str(values["until"])}
    moved = [row for row in session.message_log if _quarter(row) in chosen]
    kept = [row for row in session.message_log if _quarter(row) not in chosen]
    files = _append_to_yearly_files(session.path, moved)
    session.live.rewrite(MESSAGE_LOG, kept)
    excel.save(session.book)
    session.tell(f"已把{len(moved)}行短信记录转存到{'、'.join(path.name for path in files)}，台账已保存。")


def _quarter(row: Mapping[str, Value]) -> str:
    at = row.get("at") or row.get("due")
    return str(Quarter.of(at.date())) if isinstance(at, datetime) else ""


def _append_to_yearly_files(book: Path, rows: Sequence[Mapping[str, Value]]) -> list[Path]:
    """Add the rows to one workbook a year, by 短信编号 only once. Raises AddinError where it cannot be written."""
    from openpyxl import Workbook, load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    files = []
    for year in sorted({_quarter(row)[:4] for row in rows}):
        path = book.with_name(f"{book.stem}-短信记录-{year}.xlsx")
        try:
            is_there = path.exists()
            workbook = load_workbook(path) if is_there else Workbook()
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
            buffer = BytesIO()
            workbook.save(buffer)
            Outputs((book,), force=True).replace((path, buffer.getvalue()))  # known as ours by its sheet
        except OSError as fault:
            raise AddinError(f"“{path.name}”写不进去，可能有人打开着。请关闭它，再点“转存短信记录”。") from fault
        except (BadZipFile, InvalidFileException, KeyError, ValueError) as fault:
            raise AddinError(f"“{path.name}”读不出来，可能已损坏。请把它移走，再点“转存短信记录”。") from fault
        files.append(path)
    return files


def undo_last(session: Session) -> None:
    """撤销上次操作: every cell as it was before; a warning first where an SMS has gone out already."""
    operation = last_operation(session.live.rows(OPERATIONS))
    if operation is None:
        raise AddinError("没有可以撤销的操作。")
    if not session.desk.confirm(_question(session, operation), "撤销"):
        return
    _undo(session, operation)
    session.tell(f"已撤销“{operation.button}”，台账已保存。")


def _question(session: Session, operation: Operation) -> str:
    about = {change.matter for change in operation.changes}
    about |= {str(change.new) for change in operation.changes if change.field == "number"}
    about |= {str(row.values.get("matter")) for block in operation.appended for row in block.rows}
    sent = [row for row in session.message_log if row.get("matter") in about and _since(row, operation.at)]
    warning = f"这之后已发出{len(sent)}条相关短信，收不回来。" if sent else ""
    remarks = {
        "下发通知": "已生成的 Word 通知不会删除，请自行处理。",
        "季度评分": "得分通报后应当固定，已对外通报的请不要撤销。",
    }
    remark = remarks.get(operation.button, "")
    what = f"将撤销 {operation.operator} 在 {operation.at:%m月%d日 %H:%M} 的“{operation.button}”。"
    return f"{what}{warning}{remark}确定撤销吗？"


def _since(row: Mapping[str, Value], at: datetime) -> bool:
    sent_at = row.get("at")
    return isinstance(sent_at, datetime) and sent_at >= at and row.get("state") != "错过未发"


def _undo(session: Session, operation: Operation) -> None:
    live = session.live
    added: dict[str, dict[int, Mapping[str, Value]]] = {}
    for block in operation.appended:
        added.setdefault(block.columns.key, {})[block.first_row] = block.rows[0].values
    for sheet, rows in added.items():
        _must_be_unchanged(live.view(BY_KEY[sheet]), rows)
    report = live.apply([inverse(change) for change in operation.changes], [])
    if report.dropped:
        live.apply([inverse(change) for change in live.replaced], [])
        raise AddinError(f"上次操作之后有人改过这些单元格，不能自动撤销：{report.dropped[0].reason}。请手工改回。")
    for sheet, rows in added.items():
        for first, last in reversed(list(excel.runs(sorted(rows)))):
            live.remove(BY_KEY[sheet], first, last - first + 1)
    _mark_undone(session, operation)
    excel.save(session.book)


def _must_be_unchanged(view: View, rows: Mapping[int, Mapping[str, Value]]) -> None:
    for row, values in rows.items():
        if any(not same_value(value, view.held(row, name)) for name, value in values.items()):
            raise AddinError(f"「{view.columns.name}」第{row}行在这之后被改过或移动过，不能自动撤销。请手工删除。")


def _mark_undone(session: Session, operation: Operation) -> None:
    view = session.live.view(OPERATIONS)
    rows = view.rows_by("number").get(operation.number, [])
    marks = [Change(Place(OPERATIONS.key, row), "", "undone_at", None, session.now) for row in rows]
    session.live.apply(marks, [])


def open_manual(session: Session) -> None:
    """打开说明."""
    session.desk.open(next((path for path in _MANUALS if path.exists()), _MANUALS[0]))
