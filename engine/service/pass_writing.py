"""The writing step of a pass: the workbook shows what it should, if it can be had and is worth disturbing people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.board.figures import BoardFigures
from engine.board.sheets import differences, held_cells
from engine.facts.change import Change, NewRow
from engine.facts.finding import Finding
from engine.facts.settings import Settings
from engine.files.outputs import OutputRefused
from engine.guards.permission import Ruling
from engine.ledger.file.concurrent_access import LEAST_INTERVAL, long_open, reason, worth_writing
from engine.ledger.file.port import ApplyReport, Snapshot
from engine.ledger.headings.board_sheets import TODAY_SHEET
from engine.review.ledger_review import Review
from engine.service.board_page import board_of, changes_of_forms, write_page
from engine.service.pass_review import Pass
from engine.service.pass_sending import RETRY, Dispatched, notices

SENDING_FIRST = "短信正在发送，发完随即写入。"


CONTINUES = "之后会自动补写。"
"""True only of a running service: what differs is still different at the next pass. Who runs one pass is advised to run
another.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, what people should know of it, when to come back, and the figures of the board."""

    report: ApplyReport
    notes: tuple[Finding, ...] = ()
    wake: tuple[datetime, ...] = ()
    board: BoardFigures | None = None


def written(run: Pass, snapshot: Snapshot, review: Review, ruling: Ruling, sent: Dispatched) -> Written:
    """Bring the workbook up to date; while messages are on the way it waits for them, to be written once."""
    if run.options.dry_run:
        return Written(ApplyReport(pending="试算，未写入。"))
    if not ruling.ours:
        return Written(ApplyReport(pending=ruling.reason))
    if sent.on_the_way:
        return Written(ApplyReport(pending=SENDING_FIRST), wake=(run.now,))
    shown = board_of(snapshot.ledger, review, run.policies)
    forms = changes_of_forms(run.book.forms, snapshot.ledger, review, shown, run.station, run.policies)
    wrote = _applied(run, snapshot.ledger.settings.ledger_id, [*review.changes, *forms], sent)
    notes = (*wrote.notes, *_published(run, snapshot, shown, wrote.report))
    return replace(wrote, notes=notes, board=shown)


def _applied(run: Pass, ledger_id: str, changes: Sequence[Change], sent: Dispatched) -> Written:
    """Write rows and 短信记录, if the book can be had and it is worth disturbing people."""
    rows = list(run.station.outbox.log_rows(ledger_id))
    updates, fresh = run.book.log_differences(rows, sent.fresh)
    wanted = [*changes, *updates]
    last = run.book.last_written()
    if run.options.throttled and (wanted or fresh) and not worth_writing(wanted, fresh, run.now, last):
        return _postponed(run, fresh, (last or run.now) + LEAST_INTERVAL)
    report = run.book.apply(wanted, fresh)
    if report.pending:
        left_open = long_open(run.book.holder(), run.now)
        told = [*report.notices, *([left_open.problem] if left_open else [])]
        kept = replace(report, pending=f"{report.pending}{CONTINUES}")
        return Written(kept, tuple(notices(told)), (run.now + RETRY,))
    lost = {one.change.matter for one in report.dropped}
    run.station.outbox.confirm_log(row for row in rows if row["number"] not in lost)
    return Written(report, tuple(notices(report.notices)))


def _postponed(run: Pass, fresh: Sequence[NewRow], again: datetime) -> Written:
    """Too little to disturb people for so soon: whoever opens the book meanwhile finds the new rows beside it."""
    if again <= run.now:
        return Written(ApplyReport())  # only what may wait for 08:00
    notes: list[Finding] = []
    try:
        run.book.postpone(fresh)
    except OSError as fault:
        notes = notices([f"待同步文件未能更新：{reason(fault)}"])
    return Written(ApplyReport(pending="刚写过工作簿，稍后一并写入。"), tuple(notes), (again,))


def _published(run: Pass, snapshot: Snapshot, shown: BoardFigures, report: ApplyReport) -> list[Finding]:
    """看板.html by the scheduler, where anything on it may have changed; what kept it from being made."""
    if not run.options.throttled or not (report.applied or run.remembered.page_of != snapshot.version):
        return []
    run.remembered.page_of = report.version or snapshot.version  # our own writing shows what the page shows
    try:
        write_page(run.path, snapshot.ledger, shown, run.station, run.policies)
    except OutputRefused as refused:
        return notices([f"看板.html 未能更新：{refused}"])
    except OSError as fault:
        return notices([f"看板.html 未能更新：{reason(fault)}"])
    return []


def say_why_held(run: Pass, settings: Settings, reason: str) -> None:
    """今日待办 says at the first glance that nothing is sent, and why; only the host in service writes it."""
    held = run.book.forms.get(TODAY_SHEET.key)
    if held is not None and settings.host == run.station.host and not run.options.dry_run:
        run.book.apply(differences(TODAY_SHEET, held, held_cells(reason)), ())
