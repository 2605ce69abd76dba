"""One row of a policy's timetable of messages, as it stands in the file."""

from functools import cached_property

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from engine.facts.duty_kinds import DutyKind
from engine.facts.kinds import MessageKind, Party, Role
from engine.policy.offsets import Offset, parse_offset


class Model(BaseModel):
    """Unknown keys are refused; a policy is never changed once loaded."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Schedule(Model):
    """One row of the law's timetable: for a duty of these kinds, these slots, to these people, in these words.

    ``names``: of 督查单 and 定期报告 the names that the row is for; none named, all.
    """

    duty: tuple[DutyKind, ...]
    kind: MessageKind
    to: tuple[str, ...]
    text: str
    clause: str
    clause_on: dict[str, str] = {}
    boards: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    readings: tuple[int, ...] = ()
    slots: tuple[str, ...] = ()
    every_hours: int = 0
    after_hours: int = 0
    through_hours: int = 0
    flag: str | None = None

    @cached_property
    def offsets(self) -> tuple[Offset, ...]:
        """All slots of the row: those named, and the series “every n hours after a, through b” (SZ1-14's urging)."""
        series = range(self.after_hours + self.every_hours, self.through_hours + 1, self.every_hours or 1)
        hourly = tuple(parse_offset(f"{hours:+d}h") for hours in series) if self.every_hours else ()
        return tuple(map(parse_offset, self.slots)) + hourly

    @cached_property
    def recipients(self) -> tuple[tuple[Party, Role], ...]:
        """``承办单位:具体责任人`` and the like, parsed."""
        return tuple(map(_recipient, self.to))

    def clause_for(self, board: str | None) -> str:
        """The paragraph that this row carries out on ``board``: SZ2 and SZ3 say the same thing in two texts."""
        return self.clause_on.get(board, self.clause) if board else self.clause

    @field_validator("duty", mode="before")
    @classmethod
    def _one_kind_or_several(cls, duty: object) -> object:
        return (duty,) if isinstance(duty, str) else duty

    @model_validator(mode="after")
    def _is_readable(self) -> "Schedule":
        if not self.clause:
            raise ValueError("每条提醒都要写明条款")
        if not (self.offsets and self.recipients):
            raise ValueError("每条提醒都要有时点和收信人")
        return self


def _recipient(entry: str) -> tuple[Party, Role]:
    party, _, role = entry.partition(":")
    try:
        return Party(party), Role(role)
    except ValueError:
        raise ValueError(f"收信人“{entry}”写法不对，应如 承办单位:具体责任人") from None
