"""The sections of a policy, each a group of values as they stand on one day."""

from datetime import time, timedelta
from functools import cached_property
from typing import Literal

from pydantic import Field

from engine.facts.kinds import Role
from engine.facts.stretches import StretchWord
from engine.policy.schedule import Model


class OfficeHours(Model):
    """Office hours."""

    close: time


class Start(Model):
    """Where the clock starts and what a bare date means (reading 2)."""

    clock: Literal["as_written", "always_exact", "always_close"]


class Nodes(Model):
    """The ladder of node reports (readings 1, 3, 22), from the shortest limit to the longest, whose reports count
    (reading 34), and what the last of them finishes (reading 31).
    """

    ladder: tuple[str, ...]
    selection: Literal["up_to_limit", "final_only"]
    month: Literal["calendar_month", "thirty_days"]
    rolling: Literal["none", "next_workday"]
    report_ends: Literal["named_and_earlier", "named_only"]
    reports_from: Literal["its_units", "anybody"]
    final_limit: Literal["reported_unfinished", "by_close_out", "report_is_enough"]


class Bands(Model):
    """Hours around a deadline that separate lights and overdue states (reading 5)."""

    near_hours: int
    first_hours: int
    second_hours: int

    @cached_property
    def near(self) -> timedelta:
        """How long before a deadline it is 临期."""
        return timedelta(hours=self.near_hours)

    @cached_property
    def first(self) -> timedelta:
        """Through when after a deadline it is 逾期1天内."""
        return timedelta(hours=self.first_hours)

    @cached_property
    def second(self) -> timedelta:
        """From when after a deadline it is 逾期2天以上."""
        return timedelta(hours=self.second_hours)


class LongRunning(Model):
    """持续推进: when to apply; weekly and monthly follow-up, the year's end (readings 16 to 18, 27, 37).

    ``stage_goal_boards`` are those whose text demands stage goals besides a plan. ``new_deadline_ranks``: who may agree
    to 调整期限 (none named: anybody); ``offers_new_deadline``: whether the text offers it at all.
    """

    apply_hours_ahead: int
    apply_before: tuple[str, ...]
    needs_plan: bool
    stage_goal_boards: tuple[str, ...] = ()
    new_deadline_ranks: tuple[str, ...] = ()
    offers_new_deadline: bool = True
    late_application: Literal["refuse", "warn"]
    weekly_boards: tuple[str, ...] = ()
    weekly_weekday: int = Field(default=1, ge=1, le=7)
    weekly_clock: time = time(9)
    weekly_from: Literal["next_day", "same_day"] = "next_day"
    monthly_day: int = Field(ge=0, le=28)
    monthly_clock: time
    year_end_boards: tuple[str, ...] = ()
    year_end_days_ahead: int = 0
    longest_days: int = 0
    skip_holidays: bool = False


class Summary(Model):
    """A written summary (小结) of long-running work (SZ2-4.2, SZ3-4.2; reading 28), due at ``clock`` of the last
    workday of its period, the year's last one ``last_days_earlier`` calendar days before that.

    ``boards`` are those that owe it; their clause is the duty's. ``forward_days``: calendar days after which one that
    was handed in must have gone on to the deputy mayor; 0 where nobody need hand it on.
    """

    boards: tuple[str, ...]
    clock: time
    last_days_earlier: int = 0
    forward_days: int = 0


class RecurringReport(Model):
    """A report that a regime demands under a name of its own (旬报, 双周报, 半年报), for every stretch ``every`` of the
    calendar: due at ``clock``, ``days_after`` days after the last day of the stretch (0: on it; less: before it), in
    workdays where ``in_workdays``.

    ``boards`` are those that owe it; their clause is the duty's. ``owed_while``: from the matter's start or only from
    持续推进 on. ``forward_days`` as of a summary.
    """

    every: StretchWord
    boards: tuple[str, ...]
    owed_while: Literal["open", "long_running"] = "open"
    days_after: int = 0
    in_workdays: bool = False
    clock: time
    forward_days: int = 0


class Province(Model):
    """省政府交办事项 (SZ1-10): the board on which a parent's submission is supervised."""

    board: str = ""
    internal_days_ahead: int = 0
    submitted_by: Literal["initiating_office", "lead_unit_too"] = "initiating_office"
    closes_after_submission: bool = True


class Meeting(Model):
    """常务会议议定事项 (BS-5.2, 6.4): a regime that states no workdays has no such duty.

    ``chaired_sources`` count only under one of the ``chairs``, ``instructions`` only with a stated deadline (BS-12).
    """

    notice_workdays: int = 0
    opinion_workdays_ahead: int = 0
    clock: time = time(17, 30)
    chaired_sources: tuple[str, ...] = ()
    chairs: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()


class Inspection(Model):
    """一网三库: the headcounts of one group (SZ6-9), and days until the report (SZ6-14).

    A regime without pools states none.
    """

    full_time_most: int = 0
    part_time_most: int = 0
    invited_most: int = 0
    attendants_most: int = 0
    report_days: int = 0


class Initiation(Model):
    """Who may 立项 what (SZ1-6, 7, 11, 12; SZ2-3.1, SZ3-3.1). Ranks from the lowest to the highest.

    ``assigned_boards`` are the boards whose matters a leader assigns, so that his rank decides who takes them in.
    ``other_office_ranks`` are those on whose demand an office takes in what is neither the mayor's nor a deputy's.
    The roles are those that a unit, an office and a co-operating unit must have filled, each with a mobile number.
    ``unapproved``: what a matter is worth whose approval is not on record (reading 33).
    """

    ranks: tuple[str, ...]
    sources: dict[str, tuple[str, ...]]
    approvers: dict[str, tuple[str, ...]]
    offices: tuple[str, ...]
    supervision_office: str
    secretariat_offices: tuple[str, ...] = ()
    mayor_ranks: tuple[str, ...]
    deputy_mayor_ranks: tuple[str, ...]
    other_office_ranks: tuple[str, ...]
    unit_roles: tuple[Role, ...]
    office_roles: tuple[Role, ...]
    cooperating_roles: tuple[Role, ...]
    secrecy_marks: tuple[str, ...]
    secrecy_allowed: tuple[str, ...]
    board_marks: dict[str, str]
    unapproved: Literal["not_taken_in", "runs"] = "not_taken_in"
    assigned_boards: tuple[str, ...] = ()


class YearGrades(Model):
    """单位年度评价 (SZ2-5.1, SZ3-5.1): the boards on which every lead unit is graded once a year."""

    boards: tuple[str, ...] = ()


class Clues(Model):
    """Which clues to accountability the duties show: ``over_hours`` past the final limit without a recorded reason
    (SZ5-5.2); ``mark``: the mark that a duty reaches when all urging was in vain, with the case of BS-9 it falls under.
    ``in_a_row``: so many matters of one unit, one after the other, that recorded acts raised as far as
    ``in_a_row_mark`` call for ``in_a_row_measure`` (约谈); 0 where the text counts none.
    """

    over_hours: int = 0
    mark: str = ""
    case: str = ""
    in_a_row: int = Field(default=0, ge=0)
    in_a_row_mark: str = ""
    in_a_row_measure: str = ""


class NoticePaper(Model):
    """The wording of the notice that gives matters to their units.

    ``form``: 公函 with an imprint of its own line, or 公文 with the leaders it is copied to.
    """

    title: str
    form: Literal["信函", "公文"]
    opening: str
    demands: tuple[str, ...]
    lead: str


class Acts(Model):
    """What an act is worth that lacks the rank or the level that the text demands: nothing, or it counts with its
    error (reading 33).
    """

    below_rank: Literal["void", "counts"]

    @property
    def below_rank_is_void(self) -> bool:
        """Whether such an act has no effect."""
        return self.below_rank == "void"


class SupervisionApproval(Model):
    """Acts of 督办记录 that a leader gives or agrees to: a circular (通报) by these ranks, coordination (协调) by those
    of the board. A regime whose text names no rank states none.
    """

    circular_ranks: tuple[str, ...] = ()
    coordination_ranks: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class CloseOut(Model):
    """办结审核 (SZ1-15, 17, 18): how many talks (0: no consent is needed), which ranks, which steps in which order,
    whether both mayor and deputy must agree, and whether the duties that a refused application had suspended are owed
    again. ``grades`` from the best to the worst.
    """

    grades: tuple[str, ...]
    talks: int
    steps: tuple[Literal["提请", "审核", "审定"], ...]
    sent_back_grades: tuple[str, ...]
    grade_ranks: dict[str, tuple[str, ...]]
    review_ranks: tuple[str, ...]
    final_ranks: tuple[str, ...]
    final_by: Literal["either", "both"]
    refused: Literal["owed_again", "stays_met"]


class Sending(Model):
    """What goes out when (readings 4, 23, 24, 40)."""

    late_hours: int
    digest_from: int
    quiet_from: time
    quiet_until: time
    acknowledged_spares_next: bool
