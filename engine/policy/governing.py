"""Which policy governs: a ledger by its 制度方案, a matter by the day of its 立项 (reading 26)."""

from datetime import datetime

from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.policy.loading import Policies
from engine.policy.policy import Policy


def policy_of_ledger(ledger: Ledger, policies: Policies, now: datetime) -> Policy:
    """The policy in force today: for what concerns no single matter (digests, limits, new matters)."""
    return policies[ledger.settings.regime].on(now.date())


def policy_of_matter(matter: Matter, ledger: Ledger, policies: Policies, now: datetime) -> Policy:
    """The policy in force when the matter was 立项: an amended policy never rewrites history."""
    began = matter.initiated_at or matter.approved_at or matter.assigned_at or now
    return policies[ledger.settings.regime].on(began.date())
