"""A policy: every number, list and wording of one regime on one day, typed and checked.

The files are read by ``engine.policy.loading``, which also keeps the clause and the reading of each value.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from string import Formatter
from typing import Any, get_args

from pydantic import Field, field_validator, model_validator

from engine.facts.duty_kinds import DutyKind
from engine.facts.kinds import FIXED_DATE, LONG
from engine.policy.citations import Citations
from engine.policy.ladders import DefaultLimit, EscalationPaper, LightBand, Rung
from engine.policy.points import Points
from engine.policy.schedule import Model, Schedule
from engine.policy.sections import (
    Acts,
    Bands,
    CloseOut,
    Clues,
    Initiation,
    Inspection,
    LongRunning,
    Meeting,
    Nodes,
    NoticePaper,
    OfficeHours,
    Province,
    RecurringReport,
    Sending,
    Start,
    Summary,
    SupervisionApproval,
    YearGrades,
)
from engine.policy.spans import LimitSpan, parse_span
from engine.policy.timetable import Timetable
from sms.words import MessageWord

TEXT_FIELDS = frozenset(get_args(MessageWord))
"""All that an SMS may say (reading 25): nothing of it can carry the matter's content."""


class Policy(Model):
    """One regime as it stands on one day."""

    regime: str
    title: str
    office: OfficeHours
    start: Start
    nodes: Nodes
    bands: Bands
    long_running: LongRunning
    summaries: dict[DutyKind, Summary] = Field(default_factory=dict)
    recurring: dict[str, RecurringReport] = Field(default_factory=dict)
    province: Province = Province()
    meeting: Meeting = Meeting()
    inspection: Inspection = Inspection()
    initiation: Initiation
    acts: Acts
    supervision: SupervisionApproval = SupervisionApproval()
    close_out: CloseOut
    points: Points = Points()
    sending: Sending
    citations: Citations
    citations_on: Mapping[str, Citations]
    clauses: dict[str, str]
    texts: dict[str, str]
    schedule: tuple[Schedule, ...]
    limits: dict[str, str]
    light: tuple[LightBand, ...]
    rung: tuple[Rung, ...] = ()
    papers: dict[str, EscalationPaper] = Field(default_factory=dict)
    procedure: dict[str, str]
    notice: NoticePaper
    clues: Clues = Clues()
    year_grades: YearGrades = YearGrades()
    default_limit: tuple[DefaultLimit, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _completes_citations_of_a_board(cls, tree: dict[str, Any]) -> dict[str, Any]:
        """A board is cited as all others where it states nothing of its own."""
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
            if not text.startswith("【{signature}】"):
                raise ValueError(f"短信模板“{name}”要以短信签名【{{signature}}】开头，否则运营商拦截")
        return texts

    def cites(self, board: str | None) -> Citations:
        """The paragraph that each rule cites on a board."""
        return self.citations_on.get(board, self.citations) if board else self.citations

    def clause(self, path: str, board: str | None = None) -> str:
        """The paragraph of a value, that of ``board`` where boards differ; of a table without it, the first.

        Raises KeyError for a path that the policy does not state.
        """
        exact = self.clauses.get(f"{path}.{board}") or self.clauses.get(path)
        below = (clause for name, clause in self.clauses.items() if name.startswith(f"{path}."))
        found = exact or next(below, None)
        if found is None:
            raise KeyError(path)
        return found

    def default_limit_for(self, board: str | None, source: str, urgency: str) -> DefaultLimit | None:
        """The first row of ``default_limit`` that applies to such a matter."""
        return next((row for row in self.default_limit if row.fits(board, source, urgency)), None)

    @cached_property
    def spans(self) -> dict[str, LimitSpan]:
        """How long each 办理时限 is."""
        return {word: parse_span(text) for word, text in self.limits.items()}

    @cached_property
    def limit_words(self) -> tuple[str, ...]:
        """Every word of 办理时限: the limits, and the two that every regime has."""
        return (*self.limits, FIXED_DATE, LONG)

    @cached_property
    def boards(self) -> tuple[str, ...]:
        """The boards that run under this regime."""
        return tuple(self.initiation.board_marks)

    @cached_property
    def lights(self) -> tuple[LightBand, ...]:
        """The lights of an open matter, in the order in which they begin."""
        return tuple(band for band in self.light if not band.closed)

    @cached_property
    def near_light(self) -> str:
        """The light that comes last before a deadline passes; the first where none comes before it."""
        ahead = [band.word for band in self.lights if band.begins < timedelta()]
        return ahead[-1] if ahead else self.lights[0].word

    @cached_property
    def closed_light(self) -> str:
        """The light of a closed matter."""
        return next(band.word for band in self.light if band.closed)

    @cached_property
    def changes(self) -> tuple[timedelta, ...]:
        """How far from a deadline the light or the overdue state of an open duty changes, to the minute."""
        minute, bands = timedelta(minutes=1), self.bands
        states = {-bands.near, minute, bands.first + minute, bands.second}
        return tuple(sorted(states | {band.begins or minute for band in self.lights[1:]}))

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Every 升级标记, from the mildest to the gravest."""
        return tuple(rung.mark for rung in self.rung)

    def rung_of_act(self, method: str | None) -> Rung | None:
        """The rung that the approval of such an act begins."""
        return self._rungs_of_acts.get(method or "")

    @cached_property
    def _rungs_of_acts(self) -> dict[str, Rung]:
        return {rung.act: rung for rung in self.rung if rung.act}

    @cached_property
    def rungs(self) -> dict[str, Rung]:
        """The rungs by their mark."""
        return {rung.mark: rung for rung in self.rung}

    def is_as_grave(self, mark: str, other: str) -> bool:
        """Whether a 升级标记 of today's ladder is as grave as another, or graver."""
        return mark in self.marks and self.marks.index(mark) >= self.marks.index(other)

    def timetable(self, duty: DutyKind, board: str | None, name: str = "") -> Timetable:
        """The slots of one kind of duty on one board; of a 督查单 or 定期报告 those of this ``name``."""
        own = name if name in self.own_names else ""
        return self._timetables.get((duty, board, own)) or self._timetables[duty, None, own]

    @cached_property
    def own_names(self) -> frozenset[str]:
        """What the regime names itself: its papers and its recurring reports."""
        return frozenset((*self.papers, *self.recurring))

    @cached_property
    def _timetables(self) -> dict[tuple[DutyKind, str | None, str], Timetable]:
        boards: tuple[str | None, ...] = (None, *self.boards)
        return {
            (kind, board, name): Timetable.of(self._rows_of(kind, board, name), board)
            for kind in DutyKind
            for board in boards
            for name in ("", *self.own_names)
        }

    def _rows_of(self, kind: DutyKind, board: str | None, name: str) -> Iterator[Schedule]:
        for row in self.schedule:
            of_board = not row.boards or board in row.boards
            if kind in row.duty and of_board and (not row.names or name in row.names):
                yield row
