"""The one opener of cases: a matter of a ledger, as known at one time, under the policy that governs it."""

from dataclasses import replace
from datetime import date, datetime

from engine.facts.ledger import Ledger, Records
from engine.facts.matter import Matter
from engine.policy.governing import policy_of_ledger, policy_of_matter
from engine.policy.loading import Policies
from engine.policy.policy import Policy
from engine.policy.workdays import Workdays
from engine.rules.duties.case import Case, known_until
from engine.rules.duties.paragraphs import open_case


class Cases:
    """The matters of ``ledger`` at ``now``. ``workdays.missing`` collects the years for which no calendar was found."""

    def __init__(self, ledger: Ledger, policies: Policies, now: datetime) -> None:
        self.ledger = ledger
        self.policies = policies
        self.now = now
        self.workdays = Workdays(ledger.day_overrides)
        self._policies: dict[date, Policy] = {}

    @property
    def policy_today(self) -> Policy:
        """The policy in force at ``now``: for what concerns no single matter."""
        return policy_of_ledger(self.ledger, self.policies, self.now)

    def policy_of(self, matter: Matter) -> Policy:
        """The policy that governs the matter: the one in force at its 立项."""
        began = (matter.taken_in_at or self.now).date()
        if began not in self._policies:
            self._policies[began] = policy_of_matter(matter, self.ledger, self.policies, self.now)
        return self._policies[began]

    def of(self, matter: Matter, records: Records | None = None) -> Case:
        """The matter at ``now``; a fact stamped a little ahead by another PC's clock counts as known. Deadlines before
        启用时间 do not count.

        ``records`` are those of the matter, where the caller has them already. Raises YearNotCoveredError where a
        deadline needs a year without calendar.
        """
        policy = self.policy_of(matter)
        case = self._open(matter, policy, known_until(self.now), self.now, records)
        since = self.ledger.settings.enabled_from
        return replace(case, serves_from=since) if since else case

    def as_known(self, matter: Matter) -> Case:
        """The matter with the facts dated by ``now`` and none later."""
        return self.between(matter, self.now, self.now)

    def between(self, matter: Matter, at: datetime, until: datetime, records: Records | None = None) -> Case:
        """The matter as known at ``at``; what recurs is listed through ``until``. 启用时间 is not applied."""
        return self._open(matter, self.policy_of(matter), at, until, records)

    def _open(self, matter: Matter, policy: Policy, at: datetime, until: datetime, records: Records | None) -> Case:
        known = self.ledger.records_of(matter.number) if records is None else records
        return open_case(matter, known, policy, self.workdays, at, until)
