"""The input of a check of one row of 督办台账, and the makers of its findings."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from engine.facts.finding import Finding, error, hint
from engine.facts.ledger import Records
from engine.facts.matter import Matter
from engine.facts.moment import as_written
from engine.facts.unit import Directory
from engine.policy.citations import Citations
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays
from engine.rules.duties.case import Case
from engine.rules.duties.paragraphs import open_case


@dataclass(frozen=True, slots=True)
class Row:
    """One matter before or after 立项, with its records and what the checks compare it with.

    ``numbered`` is every matter of the ledger by its number; ``until`` the time up to which a fact counts as known.
    ``has_ended``: the row is closed or withdrawn, and is no longer checked for what 立项 demanded. ``serves_from`` is
    启用时间.
    """

    matter: Matter
    records: Records
    directory: Directory
    policy: Policy
    workdays: Workdays
    numbered: Mapping[str, Matter]
    until: datetime
    has_ended: bool
    serves_from: datetime | None = None

    @property
    def cites(self) -> Citations:
        """The paragraph that each rule cites for this matter."""
        return self.policy.cites(self.matter.board)

    def case(self, until: datetime | None = None) -> Case:
        """The row's matter as known; what recurs is listed through ``until`` (default: as far as facts are known)."""
        case = open_case(self.matter, self.records, self.policy, self.workdays, self.until, until)
        return replace(case, serves_from=self.serves_from) if self.serves_from else case

    def clause(self, path: str) -> str:
        """The paragraph of a policy value on the matter's board."""
        return self.policy.clause(path, self.matter.board)

    def is_one_of(self, unit: str, names: tuple[str, ...]) -> bool:
        """Whether a unit of the row is one that the policy names, be it by an alias of the directory."""
        if unit in names:
            return True
        known = self.directory.names
        return any(known.get(name) == unit for name in names)

    def error(self, field: str, rule: str, clause: str, problem: str, remedy: str) -> Finding:
        """An error in one cell of the row."""
        return error(self.matter.place.at(field), rule, clause, problem, remedy, self.matter.number or None)

    def hint(self, field: str, rule: str, clause: str, problem: str, remedy: str) -> Finding:
        """A hint about one cell of the row."""
        return hint(self.matter.place.at(field), rule, clause, problem, remedy, self.matter.number or None)


Findings = Iterable[Finding]
Check = Callable[[Row], Findings]


shown = as_written


def has_ended(matter: Matter) -> bool:
    """Whether the matter is closed or withdrawn by its row."""
    if matter.completed_at is not None or matter.withdrawn_at is not None:
        return True
    return matter.status is not None and matter.status.has_ended
