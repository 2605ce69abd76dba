"""SZ4-9.2: what a matter in the system adds."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.facts.points import PointEntry, PointKind
from engine.rules.checks.row import shown
from engine.rules.duties import close_out
from engine.rules.duties.taking_in import is_taken_in
from engine.rules.points.scored import Basis, Scored

_KINDS = {kind.value.removeprefix("办结"): kind for kind in (PointKind.EXCELLENT, PointKind.GOOD)}


def taken_in(scored: Scored) -> Iterator[PointEntry]:
    """SZ4-9.2: +0.5 for a matter taken in, on its 立项时间; none where 被动纳入 or 推动不力 is marked (reading 15)."""
    matter = scored.case.matter
    at = matter.initiated_at
    if not at or not scored.knows(at) or matter.passively_included or scored.sluggish:
        return
    if not is_taken_in(matter, scored.case.policy):
        return
    evidence = f"{matter.number}于{shown(at)}立项，纳入系统督办"
    basis = Basis(scored.clause("points.taken_in"), 15)
    yield from scored.entries(PointKind.TAKEN_IN, scored.points.taken_in, at.date(), evidence, basis)


def closed_with_grade(scored: Scored) -> Iterator[PointEntry]:
    """SZ4-9.2, SZ2-5.2, SZ3-5.2: +3 for 优秀, +1 for 良好, only after close-out and 审定, on the 办结时间."""
    done = scored.case.standing.completed_at
    final = final_grade(scored)
    if done is None or final is None or not final.approved or final.grade not in _KINDS:
        return
    amount = scored.points.graded.get(final.grade, 0.0)
    evidence = f"{scored.case.matter.number}于{shown(done)}办结，经{final.by or '审定'}审定为{final.grade}"
    basis = Basis(scored.clause(f"points.graded.{final.grade}"), 13)
    yield from scored.entries(_KINDS[final.grade], amount, done.date(), evidence, basis)


@dataclass(frozen=True, slots=True)
class FinalGrade:
    """The grade with which a matter was closed, who approved it, and whether that was in order (SZ1-17)."""

    grade: str
    by: str
    approved: bool


def final_grade(scored: Scored) -> FinalGrade | None:
    """The grade of the close-out on record; one that stands in the row alone is none (reading 33)."""
    case = scored.case
    for item in case.records.completions:
        if item.grade and close_out.is_valid(item, case.matter, case.policy) and scored.knows(item.finalized_at):
            return FinalGrade(item.grade, item.grade_approver, close_out.grade_counts(item, case.matter, case.policy))
    return None
