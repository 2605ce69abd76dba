"""一网三库: the people who may inspect, the inspections, and who went (SZ6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.facts.finding import Finding, Place


class Pool(StrEnum):
    """库别 (SZ6-2)."""

    FULL_TIME = "专职"
    PART_TIME = "兼职"
    INVITED = "特邀"


ORIGINS = {
    Pool.FULL_TIME: ("督查机构在职人员", "市直部门分管负责人", "市直部门办公室主任"),
    Pool.PART_TIME: ("办公厅副主任", "办公厅调研员", "办公厅科室负责人", "县区推荐人才", "部门推荐人才"),
    Pool.INVITED: ("人大代表", "政协委员", "专家学者", "离退休干部"),
}
"""身份 by 库别 (SZ6-5)."""

ATTENDANT = "随行"
"""A member of a group who is in no pool: an attendant, the driver of the full-time staff included (SZ6-9)."""


class TaskKind(StrEnum):
    """任务类型 (SZ6-3): only a 专项督查 has the headcounts of SZ6-9."""

    GENERAL = "大督查"
    SPECIAL = "专项督查"
    OTHER = "其他督查"


@dataclass(frozen=True, slots=True)
class Inspector:
    """督查人员库: one person in one pool from 入库 to 出库; a change is a new row, so the history stays (SZ6-5)."""

    place: Place
    name: str = ""
    pool: str = ""
    origin: str = ""
    unit: str = ""
    county: str = ""
    expertise: str = ""
    mobile: str | None = None
    entered_at: datetime | None = None
    left_at: datetime | None = None
    change_note: str = ""
    registrar: str = ""

    def in_pool(self, at: datetime) -> bool:
        """Whether the person stood in a pool at that time: 出库 ends it on its day."""
        entered = self.entered_at is not None and self.entered_at <= at
        return bool(self.pool) and entered and (self.left_at is None or at < self.left_at)


@dataclass(frozen=True, slots=True)
class InspectionTask:
    """督查任务: one inspection and its way from the request to the report (SZ6-10 to 15, 18)."""

    place: Place
    number: str = ""
    title: str = ""
    kind: str = ""
    inspected: tuple[str, ...] = ()
    expertise: str = ""
    groups: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    requested_at: datetime | None = None
    request_approver: str = ""
    request_approved_at: datetime | None = None
    planned_at: datetime | None = None
    plan_approver: str = ""
    plan_approved_at: datetime | None = None
    drafter: str = ""
    told_at: datetime | None = None
    trained_at: datetime | None = None
    log: str = ""
    reported_at: datetime | None = None
    problem_list: str = ""
    failure_list: str = ""
    forwarded_at: datetime | None = None
    support: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TeamMember:
    """督查分组: one person of one group of a task, and what was agreed about it (SZ6-7 to 11, 16, 17)."""

    place: Place
    task: str = ""
    group: int | None = None
    name: str = ""
    role: str = ""
    unit: str = ""
    proposed_at: datetime | None = None
    agreed_at: datetime | None = None
    consented_by: str = ""
    consented_at: datetime | None = None
    notified_by: str = ""
    notified_at: datetime | None = None
    cost_bearer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Inspections:
    """All facts of the three sheets, with the findings of reading them."""

    inspectors: tuple[Inspector, ...] = ()
    tasks: tuple[InspectionTask, ...] = ()
    members: tuple[TeamMember, ...] = ()
    findings: tuple[Finding, ...] = ()

    def person_at(self, name: str, unit: str, at: datetime) -> Inspector | None:
        """The person of that name (and unit, where one is written) in a pool at that time."""
        found = (one for one in self.inspectors if one.name == name and one.in_pool(at))
        return next((one for one in found if not unit or one.unit == unit), None)


NO_INSPECTIONS = Inspections()
