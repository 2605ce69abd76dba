"""撤销上次操作: every cell as it was before, and no more than the button can have done.

A warning comes first where an SMS has gone out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from addin.faults import AddinError
from addin.session import Session
from addin.view import View, as_value, runs, same_value
from engine.facts.change import Change, Value, inverse
from engine.facts.finding import Place
from engine.ledger.file.operation_log import Masked, Operation, last_operation
from engine.ledger.headings.board_sheets import CHART_SHEET
from engine.ledger.headings.column import Owner
from engine.ledger.headings.columns import (
    BY_KEY,
    CLUES,
    COMPLETIONS,
    EXTENSIONS,
    HIGH_WATER_PREFIX,
    MATTERS,
    OPERATIONS,
    POINT_ENTRIES,
    QUARTER_SCORES,
    REPORTS,
    SETTINGS,
    SUPERVISIONS,
    UNITS,
    YEAR_RANKING,
)

_REACH: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "编号盖时限": (frozenset({SETTINGS.key}), frozenset({SETTINGS.key})),
    "下发通知": (frozenset(), frozenset()),
    "登记反馈": (frozenset(), frozenset({REPORTS.key})),
    "退回": (frozenset({REPORTS.key}), frozenset()),
    "延期/转持续推进": (frozenset(), frozenset({EXTENSIONS.key})),
    "申请办结": (frozenset(), frozenset({COMPLETIONS.key})),
    "审定销号": (frozenset({COMPLETIONS.key}), frozenset()),
    "督办记录": (frozenset(), frozenset({SUPERVISIONS.key})),
    "督查单": (frozenset(), frozenset({SUPERVISIONS.key})),
    "季度评分": (
        frozenset({CHART_SHEET.key}),
        frozenset({POINT_ENTRIES.key, QUARTER_SCORES.key, YEAR_RANKING.key, CLUES.key}),
    ),
    "导入旧台账": (
        frozenset({UNITS.key, SETTINGS.key}),
        frozenset({MATTERS.key, REPORTS.key, UNITS.key, SETTINGS.key}),
    ),
}
"""The sheets in which each button changes cells, and those to which it adds rows; all may stamp 督办台账."""

_MOST_NAMED = 6
_FORGED = "操作日志里记的不是“{}”会做的改动，可能被人改过，没有撤销。请告知管理员。"


def undo_last(session: Session) -> None:
    """撤销上次操作. Raises AddinError for a log entry that no button can have written."""
    operation = last_operation(session.book.rows(OPERATIONS))
    if operation is None:
        raise AddinError("没有可以撤销的操作。")
    _must_be_within_reach(operation)
    if not session.desk.confirm(_question(session, operation), "撤销"):
        return
    _undo(session, operation)
    session.inform(f"已撤销“{operation.button}”，台账已保存。")


def _must_be_within_reach(operation: Operation) -> None:
    """Anybody may write to the log: a label alone must not change a phone number or delete a heading."""
    changed, added = _REACH.get(operation.button, (frozenset(), frozenset()))
    for change in operation.changes:
        sheet = change.place.sheet
        stamped = sheet == MATTERS.key and MATTERS.column(change.field).owner is not Owner.STAFF
        counted = sheet == SETTINGS.key and change.matter.startswith(HIGH_WATER_PREFIX)
        filled = sheet != UNITS.key or change.old is None  # an import fills in what was empty, and no more
        if not (stamped or (sheet in changed and filled and (sheet != SETTINGS.key or counted))):
            raise AddinError(_FORGED.format(operation.button))
    for block in operation.appended:
        keys = [str(row.values.get("key", "")) for row in block.rows] if block.columns is SETTINGS else []
        if block.columns.key not in added or not all(key.startswith(HIGH_WATER_PREFIX) for key in keys):
            raise AddinError(_FORGED.format(operation.button))


def _question(session: Session, operation: Operation) -> str:
    about = {change.matter for change in operation.changes}
    about |= {str(change.new) for change in operation.changes if change.field == "number"}
    about |= {str(row.values.get("matter")) for block in operation.appended for row in block.rows}
    sent = [row for row in session.message_log if row.get("matter") in about and _since(row, operation.at)]
    warning = f"这之后已发出{len(sent)}条相关短信，收不回来。" if sent else ""
    remarks = {
        "下发通知": "已生成的 Word 通知不会删除，请自行处理。",
        "督查单": "已生成的 Word 督查单不会删除，请自行处理。",
        "季度评分": "得分通报后应当固定，已对外通报的请不要撤销。",
    }
    remark = remarks.get(operation.button, "")
    what = f"将撤销 {operation.operator} 在 {operation.at:%m月%d日 %H:%M} 的“{operation.button}”。"
    return f"{what}{_listed(operation)}{warning}{remark}确定撤销吗？"


def _listed(operation: Operation) -> str:
    """What will change: cells that people read, rows that are removed."""
    cells = dict.fromkeys(_cells(operation))
    gone = [f"「{one.columns.name}」第{one.first_row}行" for one in operation.appended]
    named = [*cells, *(f"删去{row}" for row in gone)]
    more = f"等{len(named)}处" if len(named) > _MOST_NAMED else ""
    return f"会改回：{'、'.join(named[:_MOST_NAMED])}{more}。" if named else ""


def _cells(operation: Operation) -> Iterator[str]:
    for change in operation.changes:
        sheet = BY_KEY[change.place.sheet]
        if sheet.column(change.field).owner is not Owner.MACHINE:
            row = change.matter or f"第{change.place.row}行"
            yield f"「{sheet.name}」{row}的“{sheet.heading(change.field)}”"


def _since(row: Mapping[str, Value], at: datetime) -> bool:
    sent_at = row.get("at")
    return isinstance(sent_at, datetime) and sent_at >= at and row.get("state") != "错过未发"


def _undo(session: Session, operation: Operation) -> None:
    book = session.book
    added: dict[str, dict[int, Mapping[str, Value]]] = {}
    for block in operation.appended:
        added.setdefault(block.columns.key, {})[block.first_row] = block.rows[0].values
    for sheet, rows in added.items():
        _must_be_unchanged(book.view(BY_KEY[sheet]), rows)
    report = book.apply([_with_whole_number(change, session) for change in _inverses(operation)], [])
    if report.dropped:
        book.apply([inverse(change) for change in book.replaced], [])
        raise AddinError(f"上次操作之后有人改过这些单元格，不能自动撤销：{report.dropped[0].reason}。请手工改回。")
    for sheet, rows in added.items():
        for first, last in reversed(list(runs(sorted(rows)))):
            book.remove(BY_KEY[sheet], first, last - first + 1)
    _mark_undone(session, operation)
    session.book.save()


def _inverses(operation: Operation) -> Iterator[Change]:
    """The change that undoes each change. A row that the operation numbered was logged without a number, and has one
    now.
    """
    given = {change.place.row: str(change.new) for change in operation.changes if change.field == "number"}
    for change in operation.changes:
        back = inverse(change)
        numbered = not back.matter and change.place.sheet == MATTERS.key and change.place.row in given
        yield replace(back, matter=given[change.place.row]) if numbered else back


def _with_whole_number(change: Change, session: Session) -> Change:
    """The log keeps a mobile number masked: the cell's own is meant, where it shows the same digits."""
    if not isinstance(change.old, Masked):
        return change
    view = session.book.view(BY_KEY[change.place.sheet])
    rows = view.rows_by("name").get(change.matter, []) if change.place.sheet == UNITS.key else []
    held = (view.held(row, change.field) for row in rows)
    whole = next((as_value(value) for value in held if same_value(change.old, value)), change.old)
    return replace(change, old=whole)


def _must_be_unchanged(view: View, rows: Mapping[int, Mapping[str, Value]]) -> None:
    """Each row stands among the data and holds what was added and nothing that people typed since."""
    for row, values in rows.items():
        is_data = row in view.data_rows() and any(value is not None for value in values.values())
        typed = [name for name in view.where if view.columns.column(name).owner is Owner.STAFF]
        fields = {**dict.fromkeys(typed), **values}
        if not is_data or any(name not in view.where for name in values):
            raise AddinError(_FORGED.format("这次操作"))
        if any(not same_value(value, view.held(row, name)) for name, value in fields.items()):
            raise AddinError(f"「{view.columns.name}」第{row}行在这之后被改过或移动过，不能自动撤销。请手工删除。")


def _mark_undone(session: Session, operation: Operation) -> None:
    view = session.book.view(OPERATIONS)
    rows = view.rows_by("number").get(operation.number, [])
    marks = [Change(Place(OPERATIONS.key, row), "", "undone_at", None, session.now) for row in rows]
    session.book.apply(marks, [])
