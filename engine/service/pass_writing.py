"""The writing step of a pass: the workbook shows what it should, if it can be had and is worth disturbing people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.facts.change import Change
from engine.facts.finding import Finding
from engine.guards.permission import Ruling
from engine.ledger.file.concurrent_access import LEAST_INTERVAL, long_open, reason, worth_writing
from engine.ledger.file.port import ApplyReport
from engine.service.pass_review import Pass
from engine.service.pass_sending import RETRY, Dispatched, notices

SENDING_FIRST = "短信正在发送，发完随即写入。"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, what people should know of it, and when to come back."""

    report: ApplyReport
    notes: tuple[Finding, ...] = ()
    wake: tuple[datetime, ...] = ()


def written(run: Pass, ledger_id: str, changes: Sequence[Change], ruling: Ruling, sent: Dispatched) -> Written:
    """Bring the workbook up to date; while messages are on the way it waits for them, to be written once."""
    if run.options.dry_run:
        return Written(ApplyReport(pending="试算，未写入。"))
    if not ruling.ours:
        return Written(ApplyReport(pending=ruling.reason))
    if sent.on_the_way:
        return Written(ApplyReport(pending=SENDING_FIRST), wake=(run.now,))
    rows = list(run.station.outbox.log_rows(ledger_id))
    updates, fresh = run.book.log_differences(rows, sent.fresh)
    wanted = [*changes, *updates]
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
