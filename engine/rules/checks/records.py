"""What people get wrong on any record sheet: no time, two rows that contradict, an act without its approval."""

from collections.abc import Hashable, Iterator

from engine.facts.finding import Finding, error, hint
from engine.facts.kinds import SupervisionMethod
from engine.facts.ledger import NO_RECORDS
from engine.facts.records import Completion, Extension, Report, Supervision
from engine.rules.checks.ledger import Record, records_of
from engine.rules.checks.row import Check, Findings, Row
from engine.rules.duties.approved_acts import approval_faults

_WHEN: dict[type, tuple[str, str]] = {
    Report: ("reported_at", "报送时间"),
    Extension: ("applied_at", "申请时间"),
    Completion: ("applied_at", "申请时间"),
    Supervision: ("at", "时间"),
}


def dated(row: Row) -> Findings:
    """SZ1-13.1, BS-8.2, reading 2: a record without its time counts for nothing."""
    return _undated(row) if row.records is not NO_RECORDS else ()


def _undated(row: Row) -> Iterator[Finding]:
    for record in records_of(row):
        field, what = _WHEN[type(record)]
        if getattr(record, field) is None:
            problem, remedy = f"没有填{what}，这一行没有采用。", f"请补填{what}，写明几点几分。"
            clause = row.cites.reports
            yield error(record.place.at(field), "time_missing", clause, problem, remedy, record.matter)


def recorded_once(row: Row) -> Findings:
    """Two rows about one event: with two answers neither can be trusted, with one it is counted twice."""
    return _recorded_twice(row) if row.records is not NO_RECORDS else ()


def _recorded_twice(row: Row) -> Iterator[Finding]:
    first: dict[Hashable, Record] = {}
    for record in records_of(row):
        what, answer = _identity(record)
        other = first.setdefault((type(record), what), record)
        if other is record:
            continue
        said = _identity(other)[1]
        place, at = record.place, other.place.row
        if answer != said:
            problem = f"与第{at}行说的是同一件事，结果却不同（“{said or '空'}”和“{answer or '空'}”）。"
            yield error(
                place.at(_answer_field(record)),
                "contradictory_rows",
                "",
                problem,
                "请核实后只留正确的一行。",
                record.matter,
            )
        else:
            problem, remedy = f"与第{at}行重复。", "请删去多余的一行；确是两次的，请把时间写准。"
            yield hint(place.at(_WHEN[type(record)][0]), "repeated_row", "", problem, remedy, record.matter)


def _identity(record: Record) -> tuple[Hashable, str]:
    """What makes it that thing, and what came of it."""
    if isinstance(record, Report):
        return (record.unit, record.node, record.period, record.reported_at), str(record.result or "")
    if isinstance(record, Supervision):
        return (record.at, record.method, record.unit, record.node), ""
    if isinstance(record, Extension):
        return (record.applied_at, record.kind), str(record.result or "")
    # with close_out.final_by both, mayor and deputy answer one application in two rows
    return (record.applied_at, record.finalizer), str(record.result or "")


def _answer_field(record: Record) -> str:
    return "method" if isinstance(record, Supervision) else "result"


def escalation_approved(row: Row) -> Findings:
    """SZ1-14, BS-8.4: 重点督办 begins on the demand of 分管副秘书长 or 办公厅分管领导 or above (reading 7)."""
    return [
        fault.finding(act.place, act.matter)
        for act in row.records.supervisions
        if row.policy.rung_of_act(act.method)
        for fault in approval_faults(act, row.policy, row.cites.escalation)
    ]


def led_by_who_may(row: Row) -> Findings:
    """SZ1-14, SZ2-3.4, SZ3-3.4: a circular is agreed to, and coordination given, by a leader of one of the ranks."""
    return _led(row) if row.records.supervisions else ()


def _led(row: Row) -> Iterator[Finding]:
    rules, board = row.policy.supervision, row.matter.board
    asked: dict[str, tuple[tuple[str, ...], str]] = {
        SupervisionMethod.CIRCULAR: (rules.circular_ranks, "supervision.circular_ranks"),
        SupervisionMethod.COORDINATION: (
            rules.coordination_ranks.get(board or "", ()),
            f"supervision.coordination_ranks.{board}",
        ),
    }
    for act in row.records.supervisions:
        ranks, path = asked.get(act.method, ((), "")) if act.method else ((), "")
        if ranks:
            yield from _by_a_leader(act, ranks, row.policy.clauses[path])


def _by_a_leader(act: Supervision, ranks: tuple[str, ...], clause: str) -> Iterator[Finding]:
    wanted = (("approver", "批准人"), ("approver_rank", "批准人职务"), ("approved_at", "批准时间"))
    for field, what in wanted:
        if not getattr(act, field):
            problem, remedy = f"{act.method}没有填{what}，不算数。", f"请先报批，再补填{what}。"
            yield error(act.place.at(field), "act_without_leader", clause, problem, remedy, act.matter)
    if act.approver_rank and act.approver_rank not in ranks:
        problem = f"“{act.approver_rank}”无权{act.method}，这一次不算数。"
        remedy = f"请报{ranks[0]}以上负责人；职务填错的请改为：{'、'.join(ranks)}。"
        yield error(act.place.at("approver_rank"), "act_rank_too_low", clause, problem, remedy, act.matter)


CHECKS: tuple[Check, ...] = (
    dated,  # reading 2
    recorded_once,
    escalation_approved,  # SZ1-14
    led_by_who_may,  # SZ1-14, SZ2-3.4, SZ3-3.4
)
