"""What each thing is worth, and how scores are summed and ranked (SZ4, BS-9)."""

from typing import Literal

from pydantic import field_validator

from engine.policy.schedule import Model


class Points(Model):
    """Amounts in points, with their sign; 0 switches a paragraph off (SZ4-8 to 14; readings 8 to 15, 30).

    ``caused_lead`` bounds what a person may deduct from a lead unit whose co-operating unit failed it, from the worst
    to the mildest; 0 is always allowed. ``circular`` is by the case of BS-9.
    """

    base: float
    categories: tuple[str, ...]
    commended_lead: float
    commended_cooperating: float
    taken_in: float
    graded: dict[str, float]
    unurged: float
    problem_lead: float
    problem_cooperating: float
    caused_cooperating: float
    caused_lead: tuple[float, float]
    late_report: float
    escalated: float
    escalated_when: Literal["approved", "over_two_days"]
    returned_first: float
    returned_more: float
    returned: Literal["growing", "flat"]
    failed: float
    obstruction: float
    late_material_per_day: float
    circular: dict[str, float]
    shared: Literal["lead", "all"]
    year: Literal["sum", "mean"]
    ranking: Literal["one_list", "per_category"]
    last_places: int
    last_years: int

    @field_validator("*")
    @classmethod
    def _to_the_tenth(cls, value: object) -> object:
        amounts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
        for amount in amounts:
            if isinstance(amount, float) and abs(amount * 10 - round(amount * 10)) > 1e-9:
                raise ValueError(f"分值 {amount} 只能写到一位小数")
        return value
