"""A fault of one record without its place: the reason why the record does not count."""

from dataclasses import dataclass

from engine.facts.finding import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a record. ``voids``: the record has no effect until it is mended."""

    field: str
    rule: str
    clause: str
    problem: str
    remedy: str
    voids: bool = False
    severity: Severity = Severity.ERROR

    def finding(self, place: Place, matter: str) -> Finding:
        """The finding that reports it."""
        return Finding(place.at(self.field), self.rule, self.clause, self.severity, self.problem, self.remedy, matter)
