"""A matter (事项): one row of 督办台账, as staff typed it and as buttons stamped it."""

from dataclasses import dataclass
from datetime import datetime

from engine.facts.finding import Place
from engine.facts.kinds import OverdueState, Status


@dataclass(frozen=True, slots=True)
class Flags:
    """The 机 cells of a row: what the scheduler shows. Compared field by field with what the sheet holds.

    Times are office time; ``overdue_hours`` whole hours past ``current_due``, rounded down.
    """

    light: str | None = None
    current_duty: str | None = None
    current_due: datetime | None = None
    overdue_state: OverdueState | None = None
    latest_progress: str | None = None
    overdue_hours: int | None = None
    overdue_count: int | None = None
    urging_count: int | None = None
    last_sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    escalation: str | None = None
    escalated_at: datetime | None = None
    basis: str | None = None
    check_note: str | None = None
    synced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stamps:
    """The deadlines that 编号盖时限 stamped. They are displays: the rules compute anew (reading 26)."""

    node_1_day: datetime | None = None
    node_3_days: datetime | None = None
    node_7_days: datetime | None = None
    node_1_month: datetime | None = None
    completion_due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter. ``number`` is empty before it is stamped. Texts are cleaned, units are canonical names."""

    place: Place
    number: str = ""
    progress: str = ""
    urgency: str = ""
    board: str | None = None
    source: str = ""
    source_number: str = ""
    source_date: datetime | None = None
    meeting_chair: str = ""
    content: str = ""
    requirement: str = ""
    responsible_leader: str = ""
    initiating_office: str = ""
    assigning_leader: str = ""
    assigning_leader_rank: str = ""
    transferring_office: str = ""
    approver: str = ""
    approver_rank: str = ""
    approved_at: datetime | None = None
    lead_unit: str = ""
    cooperating_units: tuple[str, ...] = ()
    secrecy: str = ""
    passively_included: bool = False
    parent: str = ""
    directly_responsible: str = ""
    handling_office: str = ""
    province_due: datetime | None = None
    decomposition_approver: str = ""
    decomposition_approved_at: datetime | None = None
    office_approver: str = ""
    office_approved_at: datetime | None = None
    city_leader_approver: str = ""
    city_leader_approved_at: datetime | None = None
    submitted_at: datetime | None = None
    assigned_at: datetime | None = None
    time_limit: str | None = None
    fixed_due: datetime | None = None
    service_object: str = ""
    original_number: str = ""
    note: str = ""
    stamps: Stamps = Stamps()
    initiated_at: datetime | None = None
    notice_number: str = ""
    notice_issued_at: datetime | None = None
    status: Status | None = None
    long_running_since: datetime | None = None
    stage_goal: str = ""
    target_due: datetime | None = None
    grade: str | None = None
    finalizer: str = ""
    completed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawal_approver: str = ""
    overdue_reason: str = ""
    reason_recognizer: str = ""
    reason_recognized_at: datetime | None = None
    shown: Flags = Flags()

    @property
    def taken_in_at(self) -> datetime | None:
        """When the matter was taken in: its 立项, or what is known in its place."""
        return self.initiated_at or self.approved_at or self.assigned_at
