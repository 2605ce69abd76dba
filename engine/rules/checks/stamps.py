"""The deadlines that 编号盖时限 stamps: a display of what the rules compute (reading 26)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.finding import Finding, hint
from engine.facts.matter import Matter, Stamps
from engine.policy.policy import Policy
from engine.rules.checks.row import Row, has_ended, shown
from engine.rules.duties.nodes import node_reports

_STAMPED = tuple(item.name for item in fields(Stamps))
_RUNGS = ("1天", "3天", "7天", "1个月")
"""The nodes that have a column of their own."""
_UNSTAMPED = Stamps()


def stamps_of(duties: Iterable[Duty]) -> Stamps:
    """Every node of the matter's own ladder, and 办结期限: the last of them, or the date agreed in its place."""
    nodes = [duty for duty in duties if duty.kind is DutyKind.NODE]
    if not nodes:
        return _UNSTAMPED
    due = {duty.name: duty.due for duty in nodes if duty.ordinal == 1}
    one, three, seven, month = map(due.get, _RUNGS)
    return Stamps(one, three, seven, month, nodes[-1].due)


def stamps_called_for(row: Row) -> Stamps:
    """The same for a row, which need not have its number yet.

    Raises YearNotCoveredError only where the policy rolls over holidays (reading 1).
    """
    numbered = replace(row.matter, number=row.matter.number or "待编号")
    return stamps_of(node_reports(replace(row, matter=numbered).case()))


def stamps_as_computed(matter: Matter, duties: Sequence[Duty], policy: Policy) -> Iterator[Finding]:
    """SZ1-13.1, BS-5.2, reading 26: where a stamped deadline differs from the matter's duties, both are reported."""
    stamps = matter.stamps
    if stamps == _UNSTAMPED or not duties or has_ended(matter):
        return
    computed = stamps_of(duties)
    if stamps == computed:
        return
    remedy = "时限以推算的为准，手工改动不起作用。请清空这一格，再点“编号盖时限”。"
    for name in _STAMPED:
        stamped, due = getattr(stamps, name), getattr(computed, name)
        if stamped is not None and stamped != due:
            should = f"按规则应为 {shown(due)}。" if due else f"办理时限“{matter.time_limit or ''}”没有这个节点。"
            problem = f"盖的时限是 {shown(stamped)}，{should}"
            clause = policy.cites(matter.board).nodes
            yield hint(matter.place.at(name), "stamp_differs", clause, problem, remedy, matter.number)
