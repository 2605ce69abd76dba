"""责任追究办法: clues that the facts show (SZ5-5, BS-9); whether a clue's steps were taken in order (SZ5-9, 10; BS-10).

The software proposes. It never decides a penalty, and never announces one.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from engine.facts.duty import Duty
from engine.facts.duty_kinds import DutyKind
from engine.facts.finding import Finding, error, hint
from engine.facts.moment import precedes
from engine.facts.records import Clue
from engine.policy.citations import Citations
from engine.rules.checks.row import shown
from engine.rules.duties import deadlines
from engine.rules.duties.approved_acts import approved_acts
from engine.rules.duties.unfinished import unfinished_limit
from engine.rules.points.account import Account
from engine.rules.points.scored import Scored, lateness, stood_late

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class FoundClue:
    """A clue that the facts show, for people to judge. ``cause`` makes it the same clue whenever it is found again."""

    unit: str
    matter: str
    clause: str
    at: datetime
    evidence: str
    cause: str

    @property
    def number(self) -> str:
        """Its number in 问责线索: the same for the same clue, so that it is never entered twice."""
        mark = hashlib.sha256("|".join((self.unit, self.matter, self.clause, self.cause)).encode()).hexdigest()
        return f"线索{self.at:%Y}-{mark[:8]}"


def clues(account: Account) -> list[FoundClue]:
    """Every clue that the matters show, in the order of time. Those of the ranking need two years' scores."""
    found = [clue for scored in account.scored for clue in (*over_two_days(scored), *urged_in_vain(scored))]
    found += raised_in_a_row(account)
    return sorted(found, key=lambda clue: (clue.at, clue.number))


def over_two_days(scored: Scored) -> Iterator[FoundClue]:
    """SZ5-5.2, SZ5-5, SZ2-5.3, SZ3-5.3: 2 days and more past 办结期限 or 整改期限, without a recorded reason; no
    earlier node (reading 21). A report in time does not finish a matter (reading 31).
    """
    case, matter = scored.case, scored.case.matter
    hours = case.policy.clues.over_hours
    if not hours or (matter.overdue_reason and matter.reason_recognizer):
        return
    ladder = deadlines.nodes(matter, case.policy, case.workdays)
    final = ladder[-1].name if ladder else ""
    for duty in scored.duties:
        limits = duty.kind is DutyKind.RECTIFICATION or (duty.kind is DutyKind.NODE and duty.name == final)
        if not limits or duty.before_service or scored.excluded(duty):
            continue
        late = "" if stood_late(duty, timedelta(hours=hours), scored.now) else "，没有申请办结或延期"
        if not late or _stayed_unfinished(duty, timedelta(hours=hours), scored):
            evidence = f"{matter.number}{lateness(duty)}{late}，逾期{hours // 24}天以上，没有认定的理由"
            yield _of_duty(scored, duty, case.policy.clause("clues.over_hours"), evidence)


def _stayed_unfinished(duty: Duty, span: timedelta, scored: Scored) -> bool:
    """Whether the duty was the matter's last limit, and the matter still unfinished when ``span`` had passed since."""
    at = duty.due + span
    return at <= scored.now and unfinished_limit(scored.case, scored.duties, at - _MINUTE) is duty


def urged_in_vain(scored: Scored) -> Iterator[FoundClue]:
    """BS-9(二): not done by the deadline and, after all urging, reported to 督查室. The deduction is the policy's."""
    case = scored.case
    rules = case.policy.clues
    if not rules.mark:
        return
    for duty in scored.late():
        for slot in case.policy.timetable(duty.kind, case.matter.board, duty.name).raising:
            at = slot.time(duty.due, case.workdays)
            if slot.row.flag == rules.mark and at and at <= scored.now and duty.is_open(at):
                points = case.policy.points.circular.get(rules.case, 0.0)
                evidence = f"{case.matter.number}{lateness(duty)}，经多次催办仍未落实，建议通报并扣{-points:g}分"
                yield _of_duty(scored, duty, case.policy.clause("clues.mark"), evidence)


def raised_in_a_row(account: Account) -> Iterator[FoundClue]:
    """The clause of the count: so many matters of one unit, one after the other, that recorded acts raised as far as
    one mark. Matters stand in the order of their last act; one that was raised less far breaks the row, one that was
    not raised at all is none of it. A row that is full begins anew.
    """
    policy = account.policy
    rules = policy.clues
    if not rules.in_a_row:
        return
    raised: dict[str, list[tuple[datetime, str, bool]]] = defaultdict(list)
    for scored in account.scored:
        acts = [one for one in approved_acts(scored.case, scored.duties) if scored.knows(one.at)]
        for unit in dict.fromkeys(one.act.unit or scored.case.owner for one in acts):
            own = [one for one in acts if (one.act.unit or scored.case.owner) == unit]
            far = any(policy.is_as_grave(one.rung.mark, rules.in_a_row_mark) for one in own)
            raised[unit].append((own[-1].at, scored.case.matter.number, far))
    for unit, matters in sorted(raised.items()):
        row: list[str] = []
        for at, number, far in sorted(matters):
            row = [*row, number] if far else []
            if len(row) == rules.in_a_row:
                named = "、".join(row)
                evidence = f"连续{len(row)}件升到“{rules.in_a_row_mark}”（{named}），建议{rules.in_a_row_measure}"
                yield FoundClue(unit, "", policy.clause("clues.in_a_row"), at, evidence, named)
                row = []


def _of_duty(scored: Scored, duty: Duty, clause: str, evidence: str) -> FoundClue:
    cause = f"{duty.name} {duty.period} {duty.ordinal} {duty.due:%Y-%m-%d %H:%M}"
    at = duty.due + scored.case.policy.bands.second
    return FoundClue(duty.owed_by, scored.case.matter.number, clause, at, evidence, cause)


# ---- 单位年度评价 (SZ2-5.1, SZ3-5.1) ----


@dataclass(frozen=True, slots=True)
class Ungraded:
    """A unit without a grade for a board and year. ``evidence`` are the grades of its matters there."""

    unit: str
    board: str
    clause: str
    evidence: str


def ungraded(account: Account, year: int) -> list[Ungraded]:
    """SZ2-5.1, SZ3-5.1: who is still to be graded before the year's end: every unit that led a matter of these boards
    in that year.
    """
    rules = account.policy.year_grades
    graded = {(one.unit, one.board) for one in account.ledger.unit_grades if one.year == year and one.grade}
    found: dict[tuple[str, str], list[str]] = {}
    for scored in account.scored:
        matter, standing = scored.case.matter, scored.case.standing
        if rules is None or matter.board not in rules.boards or standing.started_at is None:
            continue
        ended = standing.ended_at
        if standing.started_at.year <= year and (ended is None or ended.year >= year):
            grade = matter.grade or "未评"
            found.setdefault((scored.case.owner, matter.board), []).append(f"{matter.number}{grade}")
    return [
        Ungraded(unit, board, account.policy.clause("year_grades.boards", board), "、".join(grades))
        for (unit, board), grades in sorted(found.items())
        if (unit, board) not in graded
    ]


# ---- the steps of a clue ----

_DOCUMENTS = (
    ("handed_over_at", "handed_over_document", "移交"),
    ("verified_at", "verified_document", "核查报告"),
    ("opinion_at", "opinion_document", "处理意见"),
    ("carried_out_at", "carried_out_document", "实施"),
    ("applied_at", "applied_document", "结果应用"),
)
_PERSON_MODES = ("检查", "通报", "诫勉", "组织调整或者组织处理", "纪律处分")
_TO_SUPERVISORY_ORGAN, _SUPERVISORY_ROUTE = ("BS-10",), "提交监察机关"
_NEED_AGREEMENT = ("SZ4-14",)
"""Words of 依据条款 that people choose: under the first a clue goes to the supervisory organ, under the second it needs
the government's agreement. A finding cites the clause that the clue names.
"""


def _steps(cites: Citations) -> tuple[tuple[str, str, str], ...]:
    """SZ5-9.1, 9.2, 9.3, 9.4, 9.5: the field of each step, its name, its clause."""
    return (
        ("handed_over_at", "移交线索", cites.clue_verification),
        ("verified_at", "核查报告", cites.clue_verification),
        ("opinion_at", "提出处理意见", cites.clue_opinion),
        ("reviewed_at", "主管部门审核", cites.clue_review),
        ("re_examined_at", "督查机构复核", cites.clue_review),
        ("carried_out_at", "实施问责", cites.clue_execution),
        ("result_agreed_at", "结果报政府同意", cites.clue_result),
        ("applied_at", "结果应用", cites.clue_result),
    )


def check_clues(account: Account) -> Iterator[Finding]:
    """SZ5-6 to 10, SZ4-14: steps skipped or reversed, without date or document; modes that the law does not know."""
    cites = account.policy.citations
    for clue in account.ledger.clues:
        yield from _known(clue, account, cites)
        if clue.clause in _TO_SUPERVISORY_ORGAN:
            yield from _to_supervisory_organ(clue)
            yield from _documented(clue, clue.clause)
            continue
        yield from _in_turn(clue, cites)
        yield from _documented(clue, cites.clue_steps)
        yield from _decided(clue, cites)


def _known(clue: Clue, account: Account, cites: Citations) -> Iterator[Finding]:
    """SZ5-5: unit, clause and matter of a clue."""
    cited = cites.clue
    for field, value, what in (("unit", clue.unit, "单位"), ("clause", clue.clause, "依据条款")):
        if not value:
            yield _error(clue, field, "clue_incomplete", cited, f"没有填{what}。", "请补填。")
    if clue.matter and clue.matter not in account.numbered:
        problem = f"台账里没有事项 {clue.matter}。"
        yield _error(clue, "matter", "clue_unknown_matter", cited, problem, "请核对编号，与事项无关的请清空。")


def _to_supervisory_organ(clue: Clue) -> Iterator[Finding]:
    """BS-10: the clue goes to the supervisory organ, which alone decides; what comes of it is recorded afterwards."""
    if clue.route and clue.route != _SUPERVISORY_ROUTE:
        problem, remedy = f"办理途径填的是“{clue.route}”。", f"依本条的线索由监察机关处理，请选“{_SUPERVISORY_ROUTE}”。"
        yield _error(clue, "route", "not_to_supervisory_organ", clue.clause, problem, remedy)
    if not clue.evidence:
        problem, remedy = "没有写明重大失误或严重后果的事实。", "请在“线索内容”补填。"
        yield _error(clue, "evidence", "clue_without_facts", clue.clause, problem, remedy)
    if clue.handed_over_at and not clue.department:
        problem, remedy = "已提交线索，没有填接收的监察机关。", "请在“主管部门”补填。"
        yield _error(clue, "department", "organ_missing", clue.clause, problem, remedy)
    for field, what in (("carried_out_at", "监察机关的处理"), ("applied_at", "结果应用")):
        at = getattr(clue, field)
        if at and not clue.handed_over_at:
            problem, remedy = f"没有填提交的时间，就到了{what}。", "请补填移交时间。"
            yield _error(clue, "handed_over_at", "step_skipped", clue.clause, problem, remedy)
        elif at and clue.handed_over_at and precedes(at, clue.handed_over_at):
            problem = f"{what}（{shown(at)}）早于提交线索（{shown(clue.handed_over_at)}），次序颠倒。"
            yield _error(clue, field, "step_reversed", clue.clause, problem, "请核对这两个时间。")


def _in_turn(clue: Clue, cites: Citations) -> Iterator[Finding]:
    """SZ5-9: one step after the other; by SZ5-10 a clear case needs no verification; SZ4-14: agreed to first."""
    direct = clue.route == "直接转交"
    steps = [step for step in _steps(cites) if not (direct and step[0] == "verified_at")]
    taken = [(field, what, clause, getattr(clue, field)) for field, what, clause in steps]
    last = max((index for index, step in enumerate(taken) if step[3]), default=-1)
    for field, what, clause, at in taken[:last]:
        if at is None:
            then = taken[last][1]
            direct_way = "；事实清楚、不经核查的，请把办理途径选为直接转交" if field == "verified_at" else ""
            remedy = f"请补填时间{direct_way}。"
            yield _error(clue, field, "step_skipped", clause, f"没有填{what}的时间，就到了{then}。", remedy)
    dated = [step for step in taken if step[3]]
    for (_, before, _, earlier), (field, what, clause, later) in pairwise(dated):
        if precedes(later, earlier) and not (clue.re_examination == "退回" and field == "re_examined_at"):
            problem = f"{what}（{shown(later)}）早于{before}（{shown(earlier)}），次序颠倒。"
            yield _error(clue, field, "step_reversed", clause, problem, "请核对这两个时间。")
    if direct and clue.verified_at:
        problem, remedy = "直接转交的不经核查，却填了核查报告时间。", "请改办理途径，或清空核查报告时间。"
        yield _error(clue, "verified_at", "direct_but_verified", cites.clue_direct, problem, remedy)
    if clue.clause in _NEED_AGREEMENT and clue.handed_over_at:
        if not (clue.agreed_by and clue.agreed_at):
            problem, remedy = "没有经市政府同意，不能追究。", "请报市政府同意后补填同意人和时间。"
            yield _error(clue, "agreed_at", "not_agreed", clue.clause, problem, remedy)
        elif precedes(clue.handed_over_at, clue.agreed_at):
            problem = "移交早于市政府同意，次序颠倒。"
            yield _error(clue, "agreed_at", "step_reversed", clue.clause, problem, "请核对这两个时间。")


def _documented(clue: Clue, clause: str) -> Iterator[Finding]:
    """SZ5-9, BS-10: each step has its document."""
    for at, document, what in _DOCUMENTS:
        if getattr(clue, at) and not getattr(clue, document):
            place, problem = clue.place.at(document), f"没有填{what}的文号。"
            yield hint(place, "step_without_document", clause, problem, "请补填。", clue.matter or None)


def _decided(clue: Clue, cites: Citations) -> Iterator[Finding]:
    """SZ5-6, 7, 8, 9.3: what was returned is not carried out; what is carried out names a mode of the law."""
    if clue.re_examination == "退回" and clue.carried_out_at:
        problem, remedy = "复核结果为退回，不能实施。", "请重新提出处理意见，复核同意后把结果改为同意。"
        yield _error(clue, "re_examination", "returned_but_carried_out", cites.clue_review, problem, remedy)
    if clue.carried_out_at and not (clue.unit_mode or clue.person_modes):
        problem, remedy = "已实施，没有填问责的方式。", "请填对单位或对人员的方式。"
        yield _error(clue, "unit_mode", "mode_missing", cites.clue_modes, problem, remedy)
    modes = [mode.strip() for mode in re.split("[、，,]", clue.person_modes) if mode.strip()]
    for mode in modes:
        if mode not in _PERSON_MODES:
            remedy = f"可单独或合并使用：{'、'.join(_PERSON_MODES)}。"
            yield _error(
                clue, "person_modes", "mode_unknown", cites.clue_person_modes, f"没有“{mode}”这种方式。", remedy
            )
    if modes and not clue.persons:
        yield _error(
            clue, "persons", "persons_missing", cites.clue_person_modes, "对人员问责，没有填责任人员。", "请补填姓名。"
        )


def _error(clue: Clue, field: str, rule: str, clause: str, problem: str, remedy: str) -> Finding:
    return error(clue.place.at(field), rule, clause, problem, remedy, clue.matter or None)
