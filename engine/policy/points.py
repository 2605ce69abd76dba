"""What each thing is worth, and how scores are summed and ranked (SZ4, BS-9)."""

from typing import Literal

from pydantic import Field, field_validator

from engine.policy.schedule import Model


class Points(Model):
    """Amounts in points, with their sign; what a regime does not reckon with is absent (SZ4-8 to 14;
    readings 8 to 15, 30, 33, 36, 38).

    ``caused_lead`` bounds what a person may deduct from a lead unit whose co-operating unit failed it, from the worst
    to the mildest; 0 is always allowed. ``circular`` is by the case of BS-9. ``levels`` are those of a commendation or
    of a supervision that found a problem.
    """

    base: float = 0
    categories: tuple[str, ...] = ()
    commended_lead: float = 0
    commended_cooperating: float = 0
    taken_in: float = 0
    graded: dict[str, float] = Field(default_factory=dict)
    unurged: float = 0
    unurged_counts: Literal["nodes", "every_report"] = "nodes"
    problem_lead: float = 0
    problem_cooperating: float = 0
    caused_cooperating: float = 0
    caused_lead: tuple[float, float] = (0, 0)
    late_report: float = 0
    escalated: float = 0
    escalated_when: Literal["approved", "over_two_days"] = "approved"
    returned_first: float = 0
    returned_more: float = 0
    returned: Literal["growing", "flat"] = "growing"
    failed: float = 0
    obstruction: float = 0
    late_material_per_day: float = 0
    circular: dict[str, float] = Field(default_factory=dict)
    levels: tuple[str, ...] = ()
    shared: Literal["lead", "all"] = "lead"
    year: Literal["sum", "mean"] = "sum"
    ranking: Literal["one_list", "per_category"] = "one_list"
    last_places: int = 0
    last_ties: Literal["left_open", "included"] = "left_open"
    last_years: int = 0

    @field_validator("*")
    @classmethod
    def _to_the_tenth(cls, value: object) -> object:
        amounts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
        for amount in amounts:
            if isinstance(amount, float) and abs(amount * 10 - round(amount * 10)) > 1e-9:
                raise ValueError(f"分值 {amount} 只能写到一位小数")
        return value
