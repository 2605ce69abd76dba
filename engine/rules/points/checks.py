"""What is wrong with what people entered for the points: reported with its place, and left out of the scores."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from engine.facts.finding import Finding, error, hint
from engine.facts.ledger import Ledger
from engine.facts.records import PointExclusion
from engine.policy.loading import Policies
from engine.rules.points import entered
from engine.rules.points.account import Account
from engine.rules.points.accountability import check_clues
from engine.rules.points.additions import final_grade
from engine.rules.points.deductions import failed_at


def check_points(account: Account) -> Iterator[Finding]:
    """Every finding about the points, by sheet."""
    for one in account.entered:
        for fault in entered.faults(one):
            yield fault.finding(one.item.place, one.item.matter)
    for decision in account.ledger.point_exclusions:
        yield from _exclusion(decision, account)
    yield from _grades(account)
    yield from _close_outs(account)


def _exclusion(one: PointExclusion, account: Account) -> Iterator[Finding]:
    """SZ4-10.2: who excludes a lateness gives a reason and a name, and names a duty that was late."""
    clause = account.policy.citations.exclusion
    if one.matter not in account.numbered:
        problem, remedy = f"台账里没有事项 {one.matter or '（空）'}，这一行没有作用。", "请核对事项编号。"
        yield error(one.place.at("matter"), "exclusion_unknown_matter", clause, problem, remedy, one.matter)
        return
    for field, value, what in (("reason", one.reason, "理由"), ("approver", one.approver, "批准人")):
        if not value:
            problem, remedy = f"没有填{what}，这项逾期照常计分。", "请补填；剔除须有理由并经批准。"
            yield error(one.place.at(field), "exclusion_incomplete", clause, problem, remedy, one.matter)
    late = [duty for scored in account.scored if scored.case.matter.number == one.matter for duty in scored.late()]
    if not any(duty.name == one.node and one.period in ("", duty.period) for duty in late):
        problem, remedy = f"“{one.node} {one.period}".strip() + "”没有逾期，不需要剔除。", "请核对节点和期次。"
        yield hint(one.place.at("node"), "exclusion_not_late", clause, problem, remedy, one.matter)


def _grades(account: Account) -> Iterator[Finding]:
    """SZ2-5.1, SZ3-5.1: one grade for each unit, board and year."""
    seen: Counter[tuple[object, ...]] = Counter()
    for grade in account.ledger.unit_grades:
        clause = account.policy.cites(grade.board).year_grades
        key = (grade.year, grade.unit, grade.board)
        seen[key] += 1
        if seen[key] == 2 and all(key):
            problem, remedy = f"{grade.unit}{grade.year}年“{grade.board}”已评过等级。", "请只留一行。"
            yield error(grade.place.at("grade"), "graded_twice", clause, problem, remedy)
        for field, value, what in (
            ("year", grade.year, "年度"),
            ("unit", grade.unit, "单位"),
            ("board", grade.board, "版块"),
            ("grade", grade.grade, "等级"),
            ("grader", grade.grader, "评价人"),
        ):
            if not value:
                problem, remedy = f"没有填{what}，评价不完整。", "请补填。"
                yield error(grade.place.at(field), "grade_incomplete", clause, problem, remedy)


def _close_outs(account: Account) -> Iterator[Finding]:
    """SZ4-9.2, 10.2: a grade counts once it is approved."""
    for scored in account.scored:
        matter = scored.case.matter
        final = final_grade(scored) if scored.case.standing.completed_at else None
        if final and not final.approved and scored.points.graded.get(final.grade):
            problem = f"办结评为{final.grade}，但等级未经有权的人审定，没有加分。"
            remedy = "请补填等级审定人、职务和时间。"
            clause = scored.clause(f"points.graded.{final.grade}")
            yield error(matter.place.at("grade"), "grade_not_approved", clause, problem, remedy, matter.number)
        for item in scored.case.records.completions:
            failing = item.grade in scored.case.policy.close_out.sent_back_grades
            if failing and failed_at(item, scored) is None and scored.points.failed:
                problem = f"评为{item.grade}，等级未经有权的人审定，没有减分。"
                remedy = "请报审定后补填审定人、职务和时间。"
                place = item.place.at("grade_approved_at")
                clause = scored.clause("points.failed")
                yield error(place, "failed_not_approved", clause, problem, remedy, matter.number)


def findings_of_points(ledger: Ledger, policies: Policies, now: datetime) -> tuple[Finding, ...]:
    """Every finding of ``check`` about points and clues. Computes every duty: not for each pass."""
    account = Account(ledger, policies, now)
    return (*check_points(account), *check_clues(account))
