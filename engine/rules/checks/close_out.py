"""办结审核: why an application or a close-out does not count (SZ1-15, 17, 18; SZ2-5.2, SZ3-5.2; BS-7.2)."""

from engine.rules.checks.row import Check, Findings, Row
from engine.rules.duties import close_out
from engine.rules.duties.standing import as_read


def applications_and_close_outs(row: Row) -> Findings:
    """SZ1-15, 17, 18: consent or the way around it, the grade and its ranks, the three steps and theirs."""
    if not row.records.completions:
        return ()
    return [
        fault.finding(item.place, row.matter.number)
        for item in as_read(row.records, row.policy).completions
        for fault in close_out.faults(item, row.matter, row.policy)
    ]


CHECKS: tuple[Check, ...] = (applications_and_close_outs,)
