"""Which policy governs: a ledger by its 制度方案, a matter by the day of its 立项 (reading 26)."""

from datetime import datetime

from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.policy.loading import Policies, PolicyError, PolicyFile
from engine.policy.policy import Policy


def file_of_ledger(ledger: Ledger, policies: Policies) -> PolicyFile:
    """Every version of the ledger's regime; a ledger that names none runs under the first that is shipped.

    Raises PolicyError for a regime of which no file is known.
    """
    regime = ledger.settings.regime
    if regime and regime not in policies:
        raise PolicyError(f"没有找到制度方案“{regime}”，不发短信。请核对「参数设置」的制度方案，或放好它的制度文件。")
    return policies[regime] if regime else next(iter(policies.values()))


def policy_of_ledger(ledger: Ledger, policies: Policies, now: datetime) -> Policy:
    """The policy in force today: for what concerns no single matter (digests, limits, new matters)."""
    return file_of_ledger(ledger, policies).on(now.date())


def policy_of_matter(matter: Matter, ledger: Ledger, policies: Policies, now: datetime) -> Policy:
    """The policy in force when the matter was 立项: an amended policy never rewrites history."""
    began = matter.initiated_at or matter.approved_at or matter.assigned_at or now
    return file_of_ledger(ledger, policies).on(began.date())
