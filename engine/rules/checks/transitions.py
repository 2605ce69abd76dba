"""The procedure as one table: in which state what may happen, what comes of it, who may, and by which clause.

Pure data. ``history`` folds a matter's records along it and reports what it does not allow;
``engine.law.state_diagram`` draws it for the handbook. Five courses run side by side: the matter's own, and one for
each kind of record.
"""

from enum import StrEnum
from typing import NamedTuple

from engine.facts.kinds import Party, Status
from engine.policy.policy import Policy


class Course(StrEnum):
    """Whose states these are."""

    MATTER = "事项"
    REPORT = "一次报送"
    EXTENSION = "一份延期申请"
    CLOSE_OUT = "一份办结申请"
    SUBMISSION = "省交办事项的上报"


class Event(StrEnum):
    """What happens, in the order in which the law lets it happen: events of one day without a clock go by it."""

    TAKEN_IN = "立项"
    TAKEN_IN_LONG = "立项（长期）"
    REPORTED = "报送"
    ACCEPTED = "审核通过"
    RETURNED = "退回"
    ESCALATED = "重点督办"
    SUPERVISED = "督办"
    EXTENSION_ASKED = "申请延期"
    EXTENSION_AGREED = "同意"
    EXTENSION_REFUSED = "不同意"
    NEW_DEADLINE = "调整期限"
    TRANSFERRED = "转持续推进"
    CLOSE_OUT_ASKED = "申请办结"
    GRADED = "评定等级"
    REQUESTED = "提请"
    REVIEWED = "审核"
    FINALIZED = "审定"
    CLOSE_OUT_RETURNED = "办结退回"
    CLOSED = "办结销号"
    OFFICE_APPROVED = "办公厅审批"
    LEADER_APPROVED = "市领导审批"
    SUBMITTED = "上报"
    WITHDRAWN = "撤销"


WAITING, RUNNING, LONG = Status.AWAITING_INITIATION.value, Status.IN_PROGRESS.value, Status.LONG_RUNNING.value
PENDING, CLOSED, WITHDRAWN = Status.AWAITING_APPROVAL.value, Status.COMPLETED.value, Status.WITHDRAWN.value
BACK = "退回前的状态"
"""As ``to``: the state before the one that is left."""

INITIAL = {
    Course.MATTER: WAITING,
    Course.REPORT: "未报送",
    Course.EXTENSION: "未申请",
    Course.CLOSE_OUT: "未申请",
    Course.SUBMISSION: "未报批",
}


class Transition(NamedTuple):
    """One row. ``step`` names the paragraph that lets it happen in the policy's ``procedure``; ``ranks`` is the path of
    the policy's list of ranks that may, where only some may. ``only_step``: the row stands only where the close-out
    consists of that one step.
    """

    course: Course
    state: str
    event: Event
    to: str
    who: str
    step: str = ""
    ranks: str = ""
    only_step: str = ""

    def clause(self, policy: Policy) -> str:
        """The paragraph that lets it happen."""
        return policy.procedure[self.step or self.event]

    def applies_under(self, policy: Policy) -> bool:
        """Whether the regime knows this row."""
        return not self.only_step or policy.close_out.steps == (self.only_step,)


_UNIT, _OFFICE, _SUPERVISION = Party.OWNER.value, Party.INITIATING_OFFICE.value, Party.SUPERVISION_OFFICE.value
_LEADER, _OFFICE_LEADER, _CITY = "有权审批的负责人", "办公厅分管领导", "市领导"
_M, _R, _E, _C, _S = Course
_AT_WORK = (RUNNING, LONG)
_UNDER_WAY = (RUNNING, LONG, PENDING)

TABLE: tuple[Transition, ...] = (
    # ---- 事项 ----
    Transition(_M, WAITING, Event.TAKEN_IN, RUNNING, _LEADER, ranks="initiation.ranks"),
    Transition(_M, WAITING, Event.TAKEN_IN_LONG, LONG, _LEADER, ranks="initiation.ranks"),
    *(Transition(_M, state, Event.REPORTED, state, _UNIT) for state in _UNDER_WAY),
    *(Transition(_M, state, Event.RETURNED, state, _OFFICE) for state in _UNDER_WAY),
    *(Transition(_M, state, Event.SUPERVISED, state, _OFFICE) for state in _UNDER_WAY),
    *(Transition(_M, state, Event.ESCALATED, state, _SUPERVISION, ranks="initiation.ranks") for state in _UNDER_WAY),
    *(Transition(_M, state, Event.EXTENSION_ASKED, state, _UNIT) for state in _AT_WORK),
    *(Transition(_M, state, Event.NEW_DEADLINE, state, _LEADER) for state in _AT_WORK),
    Transition(_M, RUNNING, Event.TRANSFERRED, LONG, _OFFICE),
    *(Transition(_M, state, Event.CLOSE_OUT_ASKED, PENDING, _UNIT) for state in _AT_WORK),
    Transition(_M, PENDING, Event.CLOSE_OUT_RETURNED, BACK, _OFFICE),
    Transition(_M, PENDING, Event.FINALIZED, CLOSED, _LEADER, ranks="close_out.final_ranks"),
    *(Transition(_M, state, Event.CLOSED, CLOSED, _OFFICE) for state in _UNDER_WAY),
    *(Transition(_M, state, Event.WITHDRAWN, WITHDRAWN, _LEADER) for state in (WAITING, *_UNDER_WAY)),
    # ---- 一次报送 ----
    Transition(_R, "未报送", Event.REPORTED, "待审核", _UNIT, "登记报送"),
    Transition(_R, "待审核", Event.ACCEPTED, "通过", _OFFICE),
    Transition(_R, "待审核", Event.RETURNED, "退回", _OFFICE),
    # ---- 一份延期申请 ----
    Transition(_E, "未申请", Event.EXTENSION_ASKED, "已申请", _UNIT),
    Transition(_E, "已申请", Event.EXTENSION_AGREED, "同意", _OFFICE),
    Transition(_E, "已申请", Event.EXTENSION_REFUSED, "不同意", _OFFICE),
    # ---- 一份办结申请 ----
    Transition(_C, "未申请", Event.CLOSE_OUT_ASKED, "已申请", _UNIT),
    *(
        Transition(_C, state, Event.GRADED, state, _LEADER, ranks="close_out.grade_ranks")
        for state in ("已申请", "已提请", "已审核")
    ),
    Transition(_C, "已申请", Event.REQUESTED, "已提请", _OFFICE),
    Transition(_C, "已提请", Event.REVIEWED, "已审核", _LEADER, ranks="close_out.review_ranks"),
    Transition(_C, "已审核", Event.FINALIZED, "已审定", _LEADER, ranks="close_out.final_ranks"),
    Transition(_C, "已申请", Event.FINALIZED, "已审定", _LEADER, ranks="close_out.final_ranks", only_step="审定"),
    *(Transition(_C, state, Event.CLOSE_OUT_RETURNED, "已退回", _OFFICE) for state in ("已申请", "已提请", "已审核")),
    # ---- 省交办事项的上报 ----
    Transition(_S, "未报批", Event.OFFICE_APPROVED, "办公厅已审批", _OFFICE_LEADER),
    Transition(_S, "办公厅已审批", Event.LEADER_APPROVED, "市领导已审批", _CITY),
    Transition(_S, "市领导已审批", Event.SUBMITTED, "已上报", _SUPERVISION),
)


def transition(course: Course, state: str, event: Event, policy: Policy) -> Transition | None:
    """The row that lets ``event`` happen in ``state``; ``None`` where none does."""
    rows = _BY_KEY.get((course, state, event), ())
    return next((row for row in rows if row.applies_under(policy)), None)


def rows_of(course: Course, event: Event, policy: Policy) -> tuple[Transition, ...]:
    """Every row by which an event may happen at all."""
    return tuple(row for row in TABLE if row.course is course and row.event is event and row.applies_under(policy))


_BY_KEY: dict[tuple[Course, str, Event], tuple[Transition, ...]] = {}
for _row in TABLE:
    _key = (_row.course, _row.state, _row.event)
    _BY_KEY[_key] = (*_BY_KEY.get(_key, ()), _row)
