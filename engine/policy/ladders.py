"""Rows of a policy that stand in an order: the lights around a deadline, the rungs of the escalation ladder."""

import re
from datetime import timedelta
from functools import cached_property

from pydantic import field_validator

from engine.policy.schedule import Model

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}")


class LightBand(Model):
    """One 预警灯: shown from ``from_hours`` around the deadline on (0: once it has passed); the first needs no hours.

    ``closed``: shown instead once the matter is closed. ``colour`` and ``ink`` are RGB in hexadecimal.
    """

    word: str
    clause: str
    colour: str
    ink: str = "FFFFFF"
    from_hours: int | None = None
    closed: bool = False
    meaning: str = ""
    advice: str = ""

    @field_validator("colour", "ink")
    @classmethod
    def _is_a_colour(cls, colour: str) -> str:
        if not _COLOUR.fullmatch(colour):
            raise ValueError(f"颜色“{colour}”应写成六位的颜色码，如 548235（绿）、FFD54F（黄）、D32F2F（红）")
        return colour

    @cached_property
    def begins(self) -> timedelta:
        """How far from the deadline it begins."""
        return timedelta(hours=self.from_hours or 0)


class Rung(Model):
    """One 升级标记, milder than those that follow. Slots of the schedule raise it (``flag``), or a recorded act does.

    ``act``: the 方式 in 督办记录 whose approval begins it. ``lasting``: it stays until the matter is closed; otherwise
    it clears when its duty is met. ``pending``: it waits for a person and stands in 今日待办. ``overdue``: the act
    needs something that went overdue. ``asks_for``: the mark whose approval it waits for; nobody is asked to approve it
    once that is in force.
    """

    mark: str
    clause: str
    act: str = ""
    lasting: bool = False
    pending: bool = False
    overdue: bool = False
    asks_for: str = ""


class EscalationPaper(Model):
    """The paper (督查单) that the approval of a rung's act issues to the unit, and the duty that it sets.

    ``within``: how long after the approval the unit must have reported on it. ``reason_ends``: a recorded reason
    (理由认定), recognised since the paper was issued, keeps its lateness from climbing to the next rung.
    """

    title: str
    within: str
    opening: str
    demands: tuple[str, ...] = ()
    reason_ends: bool = False


class DefaultLimit(Model):
    """The limit of a matter whose 办理时限 is left empty, by 版块, 任务来源 and 紧急程度; an empty condition is none.

    ``allowed``: what the row may state instead; anything else is a hint.
    """

    limit: str
    clause: str
    boards: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    def fits(self, board: str | None, source: str, urgency: str) -> bool:
        """Whether it applies to such a matter."""
        asked = ((self.boards, board or ""), (self.sources, source), (self.urgency, urgency))
        return all(not words or word in words for words, word in asked)
