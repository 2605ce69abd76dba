"""Random histories that the law allows: events drawn along the table of transitions, each recorded as people would."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from engine.facts.duty_kinds import DutyKind
from engine.facts.finding import Place
from engine.facts.kinds import (
    CompletionResult,
    ExtensionKind,
    ExtensionResult,
    FollowUp,
    ReviewResult,
    Status,
    SupervisionMethod,
)
from engine.facts.matter import Matter
from engine.facts.records import Completion, Extension, Report, Supervision
from engine.policy.workdays import Workdays
from engine.rules.checks.transitions import TABLE, Course, Event
from engine.rules.duties.paragraphs import duties_of, open_case
from engine.sample.words import Board, Grade, Regime, TimeLimit
from tests.clauses.builders import NUMBER, Record, at, baoshan, ledger, matter, policy

START = at("2026-03-02 09:30")
SOURCES = {Board.DAILY: "专题会议", Board.KEY_TASK: "政府工作报告", Board.REFORM: "市委市政府部署"}
LIMITS = (TimeLimit.ONE_DAY, TimeLimit.THREE_DAYS, TimeLimit.SEVEN_DAYS, TimeLimit.ONE_MONTH, TimeLimit.LONG)
DRAWN = (
    Event.REPORTED,
    Event.RETURNED,
    Event.SUPERVISED,
    Event.ESCALATED,
    Event.TRANSFERRED,
    Event.NEW_DEADLINE,
    Event.CLOSE_OUT_ASKED,
    Event.CLOSE_OUT_RETURNED,
    Event.FINALIZED,
    Event.WITHDRAWN,
)
ENDINGS = (Event.FINALIZED, Event.WITHDRAWN)
OTHERS = ("市住建局", "朔城区人民政府")


def law(regime: Regime) -> set[tuple[str, Event]]:
    """What may happen to a matter in which state."""
    return {
        (row.state, row.event) for row in TABLE if row.course is Course.MATTER and row.applies_under(policy(regime))
    }


@dataclass
class MatterHistory:
    """A matter and what was recorded about it, in the order of time."""

    row: Matter
    regime: Regime = Regime.SHUOZHOU
    records: list[Record] = field(default_factory=list)
    now: datetime = START
    serial: int = 2

    def status(self) -> Status:
        return self.case().standing.status(self.now)

    def case(self) -> object:
        known = ledger(self.row, *self.records).records_of(NUMBER)
        return open_case(self.row, known, policy(self.regime), Workdays(), self.now)

    def place(self, sheet: str) -> Place:
        self.serial += 1
        return Place(sheet, self.serial)


@st.composite
def histories(draw: st.DrawFn) -> MatterHistory:
    """Up to a dozen events, each allowed in the state in which it falls; what ends the matter comes late."""
    regime = draw(st.sampled_from(Regime))
    history = MatterHistory(draw(_of_meeting() if regime == Regime.BAOSHAN else _of_city()), regime)
    allowed_by_law = law(regime)
    count = draw(st.integers(2, 12))
    for index in range(count):
        history.now += timedelta(minutes=draw(st.integers(1, 9 * 24 * 60)))
        state = history.status().value
        allowed = DRAWN if index > count // 2 else [event for event in DRAWN if event not in ENDINGS]
        possible = [event for event in allowed if (state, event) in allowed_by_law and _has_object(event, history)]
        if not possible:
            break
        _record(draw(st.sampled_from(possible)), history, draw)
    return history


@st.composite
def _of_city(draw: st.DrawFn) -> Matter:
    board = draw(st.sampled_from(list(SOURCES)))
    return matter(board=board, source=SOURCES[board], time_limit=draw(st.sampled_from(LIMITS)))


@st.composite
def _of_meeting(draw: st.DrawFn) -> Matter:
    """A decision of the executive meeting: a date or 长期, alone or with others, its notice issued or still owed."""
    long = draw(st.booleans())
    changes = {
        "number": NUMBER,
        "initiated_at": "2026-03-02 09:35",
        "status": Status.LONG_RUNNING if long else Status.IN_PROGRESS,
        "time_limit": TimeLimit.LONG if long else TimeLimit.FIXED_DATE,
        "fixed_due": None if long else draw(st.sampled_from(("2026-03-20", "2026-04-30 12:00", "2026-05-06"))),
        "cooperating_units": OTHERS[: draw(st.integers(0, 2))],
        "source_date": draw(st.sampled_from(("2026-02-13", "2026-02-27", "2026-03-01"))),
        "notice_issued_at": draw(st.sampled_from((None, "2026-03-02 09:30"))),
    }
    return baoshan(**changes)


def _has_object(event: Event, history: MatterHistory) -> bool:
    if event is Event.REPORTED:
        return bool(_open(history))
    if event is Event.RETURNED:
        return any(isinstance(one, Report) and one.result is None for one in history.records)
    if event is Event.ESCALATED and history.regime == Regime.SHUOZHOU:
        return any(duty.went_overdue(history.now) for duty in duties_of(history.case()) if not duty.is_announcement)
    if event is Event.NEW_DEADLINE:
        return history.row.time_limit != TimeLimit.LONG
    return True


def _open(history: MatterHistory) -> list[object]:
    kinds = (
        DutyKind.NODE,
        DutyKind.RECTIFICATION,
        DutyKind.MONTHLY_REPORT,
        DutyKind.QUARTERLY_SUMMARY,
        DutyKind.COOPERATION_OPINION,
    )
    case = history.case()
    return [
        duty
        for duty in duties_of(case)
        if duty.kind in kinds and duty.is_open(history.now) and duty.starts_at <= history.now
    ]


def _record(event: Event, history: MatterHistory, draw: st.DrawFn) -> None:
    now, minute = history.now, timedelta(minutes=1)
    if event is Event.REPORTED:
        duty = draw(st.sampled_from(_open(history)))
        place, goal = history.place("reports"), "年底完成一期"
        handed_in = Report(place, NUMBER, unit=duty.owed_by, node=duty.name, period=duty.period, reported_at=now)
        history.records.append(replace(handed_in, stage_goal=goal))
    elif event is Event.RETURNED:
        pending = [one for one in history.records if isinstance(one, Report) and one.result is None]
        chosen = draw(st.sampled_from(pending))
        back = replace(
            chosen,
            result=ReviewResult.SENT_BACK,
            reviewed_at=now,
            return_reason="不符合要求",
            follow_up=draw(st.sampled_from(FollowUp)),
            rectification_due=now + timedelta(days=draw(st.integers(1, 9))),
        )
        history.records[history.records.index(chosen)] = back
    elif event in (Event.SUPERVISED, Event.ESCALATED):
        escalated = event is Event.ESCALATED
        method = SupervisionMethod.ESCALATED if escalated else SupervisionMethod.PHONE_URGING
        approval = {"approver": "钱某", "approver_rank": "分管副秘书长", "approved_at": now} if escalated else {}
        history.records.append(Supervision(history.place("supervisions"), NUMBER, now, method, **approval))
    elif event in (Event.TRANSFERRED, Event.NEW_DEADLINE):
        history.records.append(_extension(event, history, now, draw))
    elif event is Event.CLOSE_OUT_ASKED:
        history.records.append(Completion(history.place("completions"), NUMBER, applied_at=now))
    elif event is Event.WITHDRAWN:
        history.row = replace(history.row, withdrawn_at=now, withdrawal_approver="钱某")
    else:
        last = next(one for one in reversed(history.records) if isinstance(one, Completion))
        history.now += 4 * minute
        done = _closing(last, now) if event is Event.FINALIZED else _sending_back(last, now)
        history.records[history.records.index(last)] = done


def _extension(event: Event, history: MatterHistory, now: datetime, draw: st.DrawFn) -> Extension:
    """Agreed a minute later, by override where it came late."""
    history.now = now + timedelta(minutes=1)
    return Extension(
        history.place("extensions"),
        NUMBER,
        applied_at=now,
        kind=ExtensionKind.TO_LONG_RUNNING if event is Event.TRANSFERRED else ExtensionKind.NEW_DEADLINE,
        reason="工期较长",
        plan="逐月推进",
        stage_goal="年底完成",
        new_due=now + timedelta(days=draw(st.integers(3, 60))),
        approver="孙某",
        approver_rank="分管副市长",
        approved_at=history.now,
        result=ExtensionResult.AGREED,
        late_explanation="停工",
        late_approver="孙某",
        late_approved_at=history.now,
    )


def _closing(item: Completion, now: datetime) -> Completion:
    minute = timedelta(minutes=1)
    return replace(
        item,
        grade=Grade.GOOD,
        grader="李科长",
        grade_approver="钱某",
        grade_approver_rank="分管副秘书长",
        grade_approved_at=now,
        requester="李科长",
        requested_at=now + minute,
        reviewer="钱某",
        reviewer_rank="分管副秘书长",
        reviewed_at=now + 2 * minute,
        finalizer="孙某",
        finalizer_rank="分管副市长",
        finalized_at=now + 3 * minute,
        result=CompletionResult.COMPLETED,
    )


def _sending_back(item: Completion, now: datetime) -> Completion:
    return replace(
        item,
        grade=Grade.FAIL,
        grader="李科长",
        grade_approver="钱某",
        grade_approver_rank="分管副秘书长",
        grade_approved_at=now,
        result=CompletionResult.SENT_BACK,
        rectification_due=now + timedelta(days=3),
    )
