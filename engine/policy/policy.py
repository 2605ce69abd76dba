"""A policy: every number, list and wording of one regime on one day, typed and checked.

The files are read by ``engine.policy.loading``, which also keeps the clause and the reading of each value.
"""

from collections.abc import Mapping
from datetime import time, timedelta
from functools import cached_property
from string import Formatter
from typing import Any, Literal

from pydantic import field_validator, model_validator

from engine.facts.duty_kinds import DutyKind
from engine.facts.kinds import Board, Grade, Regime, Role
from engine.policy.citations import Citations
from engine.policy.points import Points
from engine.policy.schedule import Model, Schedule
from engine.policy.timetable import Timetable

# All that an SMS may say (reading 25): nothing here can carry the matter's content.
TEXT_FIELDS = frozenset(
    {
        "signature",
        "number",
        "node",
        "due",
        "count",
        "hours",
        "days",
        "unit",
        "phone",
        "total",
        "period",
        "summary",
        "token",
    }
)


class OfficeHours(Model):
    """Office hours."""

    close: time


class Start(Model):
    """Where the clock starts and what a bare date means (reading 2)."""

    clock: Literal["as_written", "always_exact", "always_close"]


class Nodes(Model):
    """The ladder of node reports (readings 1, 3, 22), and whose reports count (reading 34)."""

    selection: Literal["up_to_limit", "final_only"]
    month: Literal["calendar_month", "thirty_days"]
    rolling: Literal["none", "next_workday"]
    report_ends: Literal["named_and_earlier", "named_only"]
    reports_from: Literal["its_units", "anybody"]


class Bands(Model):
    """Hours around a deadline that tell lights and overdue states apart (reading 5)."""

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
    """持续推进: when to apply, who is reminded weekly, who reports monthly and quarterly (readings 16 to 18, 27, 28, 37)."""

    apply_hours_ahead: int
    needs_plan: bool
    late_application: Literal["refuse", "warn"]
    weekly_boards: tuple[Board, ...]
    weekly_weekday: int
    weekly_clock: time
    weekly_from: Literal["next_day", "same_day"]
    monthly_day: int
    monthly_clock: time
    quarterly_boards: tuple[Board, ...]
    quarterly_clock: time
    last_quarter_days_earlier: int
    year_end_boards: tuple[Board, ...]
    year_end_days_ahead: int
    longest_days: int
    skip_holidays: bool


class Province(Model):
    """省政府交办事项 (SZ1-10)."""

    internal_days_ahead: int
    submitted_by: Literal["initiating_office", "lead_unit_too"]
    closes_after_submission: bool


class Meeting(Model):
    """常务会议议定事项 (BS-5.2, 6.4): 0 workdays switches the duty off."""

    notice_workdays: int
    opinion_workdays_ahead: int
    clock: time


class Inspection(Model):
    """一网三库: the headcounts of one group (SZ6-9), and days until the report (SZ6-14); 0 days: no such pools."""

    full_time_most: int
    part_time_most: int
    invited_most: int
    attendants_most: int
    report_days: int


class Initiation(Model):
    """Who may 立项 what (SZ1-6, 7, 11, 12; SZ2-3.1, SZ3-3.1). Ranks from the lowest to the highest.

    ``other_office_ranks`` are those on whose demand an office takes in what is neither the mayor's nor a deputy's.
    The roles are those that a unit, an office and a co-operating unit must have filled, each with a mobile number.
    """

    ranks: tuple[str, ...]
    sources: dict[Board, tuple[str, ...]]
    approvers: dict[Board, tuple[str, ...]]
    offices: tuple[str, ...]
    supervision_office: str
    secretariat_offices: tuple[str, ...]
    mayor_ranks: tuple[str, ...]
    deputy_mayor_ranks: tuple[str, ...]
    other_office_ranks: tuple[str, ...]
    unit_roles: tuple[Role, ...]
    office_roles: tuple[Role, ...]
    cooperating_roles: tuple[Role, ...]
    secrecy_marks: tuple[str, ...]
    secrecy_allowed: tuple[str, ...]
    board_marks: dict[Board, str]


class Acts(Model):
    """What an act is worth that lacks the rank or the level that the text demands: nothing, or it counts with its
    error (reading 33).
    """

    below_rank: Literal["void", "counts"]

    @property
    def below_rank_is_void(self) -> bool:
        """Whether such an act has no effect."""
        return self.below_rank == "void"


class CloseOut(Model):
    """办结审核 (SZ1-15, 17, 18): how many talks (0: nobody's consent is asked), which ranks, which steps in which
    order, whether both mayor and deputy must agree, and what a refused application leaves of what it silenced.
    """

    talks: int
    steps: tuple[Literal["提请", "审核", "审定"], ...]
    sent_back_grades: tuple[Grade, ...]
    grade_ranks: dict[Board, tuple[str, ...]]
    review_ranks: tuple[str, ...]
    final_ranks: tuple[str, ...]
    final_by: Literal["either", "both"]
    refused: Literal["owed_again", "stays_met"]


class Sending(Model):
    """What goes out when (readings 4, 23, 24)."""

    late_hours: int
    digest_from: int
    quiet_from: time
    quiet_until: time


class Policy(Model):
    """One regime as it stands on one day."""

    regime: Regime
    title: str
    office: OfficeHours
    start: Start
    nodes: Nodes
    bands: Bands
    long_running: LongRunning
    province: Province
    meeting: Meeting
    inspection: Inspection
    initiation: Initiation
    acts: Acts
    close_out: CloseOut
    points: Points
    sending: Sending
    citations: Citations
    citations_on: Mapping[Board, Citations]
    clauses: dict[str, str]
    texts: dict[str, str]
    schedule: tuple[Schedule, ...]

    @model_validator(mode="before")
    @classmethod
    def _completes_citations_of_a_board(cls, tree: dict[str, Any]) -> dict[str, Any]:
        """What a board does not state for itself is cited as everywhere."""
        usual = tree.get("citations", {})
        return tree | {"citations_on": {board: usual | own for board, own in tree.get("citations_on", {}).items()}}

    @field_validator("texts")
    @classmethod
    def _says_nothing_of_the_content(cls, texts: dict[str, str]) -> dict[str, str]:
        for name, text in texts.items():
            unknown = {field for _, field, _, _ in Formatter().parse(text) if field is not None} - TEXT_FIELDS
            if unknown:
                names = "、".join(sorted(unknown))
                raise ValueError(f"短信模板“{name}”用了不允许的字段：{names}（SZ1-3：不得带出事项内容）")
            if "{token}" not in text:
                raise ValueError(f"短信模板“{name}”必须带编号 {{token}}，否则无法核对是否已发")
        return texts

    @model_validator(mode="after")
    def _texts_exist(self) -> "Policy":
        missing = {row.text for row in self.schedule} - self.texts.keys()
        if missing:
            raise ValueError(f"缺少短信模板：{'、'.join(sorted(missing))}")
        return self

    def cites(self, board: Board | None) -> Citations:
        """By which paragraph each rule speaks on a board."""
        return self.citations_on.get(board, self.citations) if board else self.citations

    def timetable(self, duty: DutyKind, board: Board | None) -> Timetable:
        """The slots of one kind of duty on one board."""
        return self._timetables[duty, board]

    @cached_property
    def _timetables(self) -> dict[tuple[DutyKind, Board | None], Timetable]:
        boards: tuple[Board | None, ...] = (None, *Board)
        return {
            (kind, board): Timetable.of(
                (row for row in self.schedule if row.duty is kind and (not row.boards or board in row.boards)), board
            )
            for kind in DutyKind
            for board in boards
        }
