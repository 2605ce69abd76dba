"""The writing step of a pass: the workbook shows what it should, if it can be had and is worth disturbing people."""

from dataclasses import dataclass
from datetime import datetime

from engine.board.figures import board
from engine.board.sheets import form_changes
from engine.board.waiting import Unsettled, waiting
from engine.facts.change import Change
from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.guards.permission import Ruling
from engine.ledger.file.concurrent_access import LEAST_INTERVAL, long_open, reason, worth_writing
from engine.ledger.file.port import ApplyReport
from engine.policy.governing import policy_of_ledger
from engine.review.ledger_review import Review
from engine.service.pass_review import Pass
from engine.service.pass_sending import RETRY, Dispatched, notices
from sms.store.keys import number_of
from sms.store.model import State

SENDING_FIRST = "短信正在发送，发完随即写入。"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, what people should know of it, and when to come back."""

    report: ApplyReport
    notes: tuple[Finding, ...] = ()
    wake: tuple[datetime, ...] = ()


def written(run: Pass, ledger: Ledger, review: Review, ruling: Ruling, sent: Dispatched) -> Written:
    """Bring the workbook up to date; while messages are on the way it waits for them, to be written once."""
    if run.options.dry_run:
        return Written(ApplyReport(pending="试算，未写入。"))
    if not ruling.ours:
        return Written(ApplyReport(pending=ruling.reason))
    if sent.on_the_way:
        return Written(ApplyReport(pending=SENDING_FIRST), wake=(run.now,))
    rows = list(run.station.outbox.log_rows(ledger.settings.ledger_id))
    updates, fresh = run.book.log_differences(rows, sent.fresh)
    wanted = [*review.changes, *_form_changes(run, ledger, review), *updates]
    last = run.book.last_written()
    if run.options.throttled and (wanted or fresh) and not worth_writing(wanted, fresh, run.now, last):
        again = (last or run.now) + LEAST_INTERVAL
        if again <= run.now:
            return Written(ApplyReport())  # only what may wait for 08:00
        notes: list[Finding] = []
        try:
            run.book.postpone(fresh)  # whoever opens the book meanwhile finds the new rows beside it
        except OSError as fault:
            notes = notices([f"待同步文件未能更新：{reason(fault)}"])
        return Written(ApplyReport(pending="刚写过工作簿，稍后一并写入。"), tuple(notes), (again,))
    report = run.book.apply(wanted, fresh)
    if report.pending:
        left_open = long_open(run.book.holder(), run.now)
        told = [*report.notices, *([left_open.problem] if left_open else [])]
        return Written(report, tuple(notices(told)), (run.now + RETRY,))
    lost = {one.change.matter for one in report.dropped}
    run.station.outbox.confirm_log(row for row in rows if row["number"] not in lost)
    return Written(report, tuple(notices(report.notices)))


def _form_changes(run: Pass, ledger: Ledger, review: Review) -> list[Change]:
    """统计看板 and 今日待办, where the book has them."""
    if not run.book.forms:
        return []
    found = run.station.outbox.messages(ledger.settings.ledger_id, State.NEEDS_HUMAN)
    unsettled = [Unsettled(number_of(cover.key), cover.key.matter) for one in found for cover in one.covers]
    policy = policy_of_ledger(ledger, run.station.policies, run.now)
    waits = waiting(ledger, review, policy, unsettled)
    return form_changes(run.book.forms, board(ledger, review, policy), waits)
