"""The report of a parser on a cell whose content it could not take as it stands."""

from dataclasses import dataclass

from engine.facts.finding import Severity


@dataclass(frozen=True, slots=True)
class CellProblem:
    """``value`` is what counts nevertheless: ``None`` where nothing could be understood."""

    rule: str
    problem: str
    remedy: str
    value: object = None
    severity: Severity = Severity.ERROR


def hint(rule: str, problem: str, remedy: str, value: object) -> CellProblem:
    """A cell that was understood, though something about it should be mended."""
    return CellProblem(rule, problem, remedy, value, Severity.HINT)
