"""What a cell's parser says about a cell that is not as it should be."""

from dataclasses import dataclass

from engine.facts.finding import Severity


@dataclass(frozen=True, slots=True)
class Odd:
    """``value`` is what counts nevertheless: ``None`` where nothing could be understood."""

    rule: str
    problem: str
    remedy: str
    value: object = None
    severity: Severity = Severity.ERROR


def hint(rule: str, problem: str, remedy: str, value: object) -> Odd:
    """A cell that was understood, though something about it should be mended."""
    return Odd(rule, problem, remedy, value, Severity.HINT)
