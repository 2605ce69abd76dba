"""From a filled-in form to changes of the ledger. Pure, and independent of Excel."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from addin.dialogs.form import Values
from addin.faults import AddinError
from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.facts.kinds import Status
from engine.facts.ledger import NO_RECORDS, Ledger
from engine.facts.matter import Matter, Stamps
from engine.facts.records import Completion, Report, Supervision
from engine.ledger.headings.columns import EXTENSIONS, REPORTS, SUPERVISIONS
from engine.policy.loading import Policies
from engine.review.numbering import last_report_number, report_number
from engine.review.stamp import settle_states


def report_rows(ledger: Ledger, matters: Sequence[Matter], values: Values, now: datetime) -> list[NewRow]:
    """登记反馈: a row a matter, each with its own 记录编号."""
    last = last_report_number(ledger, now.year)
    return [
        NewRow(
            REPORTS.key,
            {**values, "matter": matter.number, "number": report_number(now.year, last + count), "result": "待审核"},
            "number",
        )
        for count, matter in enumerate(matters, 1)
    ]


def return_changes(ledger: Ledger, matters: Sequence[Matter], values: Values) -> list[Change]:
    """退回: the latest report of each matter that has not been sent back. Raises AddinError where there is none."""
    changes = []
    for matter in matters:
        report = _latest_report(ledger, matter)
        wanted = {**values, "result": "退回"}
        old = _texts(report)
        changes += [
            Change(report.place, report.number, name, old.get(name), value)
            for name, value in wanted.items()
            if old.get(name) != value
        ]
    return changes


def returnable(ledger: Ledger, matters: Sequence[Matter]) -> list[Report]:
    """What 退回 sends back: the latest report of each matter. Raises AddinError where there is none."""
    return [_latest_report(ledger, matter) for matter in matters]


def must_be_open(matters: Sequence[Matter], what: str) -> None:
    """Raises AddinError, before a form is filled in in vain, where a matter is closed or withdrawn."""
    for matter in matters:
        if matter.status and matter.status.has_ended:
            raise AddinError(f"{matter.number}号事项{matter.status}，不能再登记{what}。请取消选中这一行。")


def _latest_report(ledger: Ledger, matter: Matter) -> Report:
    open_reports = [
        report for report in ledger.records_of(matter.number).reports if report.result != "退回" and report.reported_at
    ]
    if not open_reports:
        raise AddinError(f"{matter.number}号事项没有可退回的反馈。请先登记反馈，或取消选中这一行。")
    return max(open_reports, key=lambda report: (report.reported_at, report.place.row))


def record_rows(sheet: str, matters: Sequence[Matter], values: Values) -> list[NewRow]:
    """One new row a matter on a record sheet; an extension keeps the deadline that it is to change."""
    rows = []
    for matter in matters:
        cells: dict[str, Value] = {**values, "matter": matter.number}
        if sheet == EXTENSIONS.key:
            cells["old_due"] = matter.stamps.completion_due
        rows.append(NewRow(sheet, cells))
    return rows


def supervision_rows(matters: Sequence[Matter], values: Values) -> list[NewRow]:
    """督办记录."""
    return record_rows(SUPERVISIONS.key, matters, values)


def with_supervisions(ledger: Ledger, rows: Sequence[NewRow]) -> Ledger:
    """The ledger as it will be read once these rows of 督办记录 stand in it."""
    records = dict(ledger.records)
    for row in rows:
        number = str(row.values["matter"])
        held = records.get(number, NO_RECORDS)
        cells: dict[str, Any] = dict(row.values)
        act = Supervision(Place(SUPERVISIONS.key, None), **cells)
        records[number] = replace(held, supervisions=(*held.supervisions, act))
    return replace(ledger, records=records)


def completion_changes(ledger: Ledger, matters: Sequence[Matter], values: Values) -> list[Change]:
    """审定销号: the open application of each matter. Raises AddinError without one."""
    changes = []
    for matter in matters:
        item = _open_application(ledger, matter)
        old = _texts(item)
        changes += [
            Change(item.place, "", name, old.get(name), value)
            for name, value in values.items()
            if value is not None and old.get(name) != value
        ]
    return changes


def _open_application(ledger: Ledger, matter: Matter) -> Completion:
    waiting = [item for item in ledger.records_of(matter.number).completions if item.result is None and item.applied_at]
    if not waiting:
        raise AddinError(f"{matter.number}号事项没有待审定的办结申请。请先点“申请办结”，或取消选中这一行。")
    return waiting[-1]


def follow_ups(ledger: Ledger, numbers: Collection[str], policies: Policies, now: datetime) -> tuple[Change, ...]:
    """What the records of these matters now call for in their 钮 cells: 状态, 持续推进起, 评估等级, 办结时间, …"""
    chosen = tuple(matter for matter in ledger.matters if matter.number in numbers)
    return settle_states(replace(ledger, matters=chosen), policies, now)


def with_follow_ups(ledger: Ledger, follow_ups: Iterable[Change]) -> Ledger:
    """The ledger as it will be read once these cells of 督办台账 are written."""
    by_row: dict[int | None, dict[str, Any]] = {}
    for change in follow_ups:
        by_row.setdefault(change.place.row, {})[change.field] = change.new
    matters = tuple(_changed(one, by_row[one.place.row]) if one.place.row in by_row else one for one in ledger.matters)
    return replace(ledger, matters=matters)


def _changed(matter: Matter, cells: Mapping[str, Any]) -> Matter:
    stamps = {item.name: cells[item.name] for item in fields(Stamps) if item.name in cells}
    others = {name: value for name, value in cells.items() if name not in stamps}
    texts = {name: "" for name, value in others.items() if value is None and isinstance(getattr(matter, name), str)}
    return replace(matter, stamps=replace(matter.stamps, **stamps), **(others | texts))


def completed(follow_ups: Iterable[Change]) -> int:
    """How many matters those changes close."""
    return sum(change.field == "status" and change.new is Status.COMPLETED for change in follow_ups)


def made_long_running(follow_ups: Iterable[Change]) -> int:
    """How many matters those changes turn into 持续推进."""
    return sum(change.field == "status" and change.new is Status.LONG_RUNNING for change in follow_ups)


def _texts(record: Report | Completion) -> dict[str, Value]:
    """A record's fields as its cells hold them."""
    cells = {item.name: getattr(record, item.name) for item in fields(record) if item.name != "place"}
    answers = {True: "同意", False: "不同意"}
    return {name: answers[value] if isinstance(value, bool) else value or None for name, value in cells.items()}
