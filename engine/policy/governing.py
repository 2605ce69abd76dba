"""Which policy governs: a ledger by its 制度方案, a matter by the day of its 立项 (reading 26)."""

from datetime import date, datetime

from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.policy.loading import Policies, PolicyError, PolicyFile
from engine.policy.policy import Policy


def file_of_ledger(ledger: Ledger, policies: Policies) -> PolicyFile:
    """Every version of the ledger's regime; a ledger that names none runs under the first that is shipped.

    Raises PolicyError for a regime of which no usable file is known.
    """
    regime = ledger.settings.regime
    if regime and regime not in policies:
        unreadable = getattr(policies, "unreadable", {})
        missing = f"没有找到制度方案“{regime}”。请核对「参数设置」，或把制度文件放进台账旁边的“制度”文件夹。"
        others = f"这些文件读不出来：{'；'.join(unreadable.values())}" if unreadable else ""
        raise PolicyError(f"不发短信：{unreadable.get(regime) or missing + others}")
    return policies[regime] if regime else next(iter(policies.values()))


def file_on(ledger: Ledger, policies: Policies, day: date) -> PolicyFile:
    """Every version of the regime under which a matter of that day runs: the ledger's, or the one before it.

    Raises PolicyError as ``file_of_ledger`` does.
    """
    for policy, until in ledger.settings.earlier_policies:
        if day < until:
            return _known(policy, policies)
    return file_of_ledger(ledger, policies)


def _known(policy: str, policies: Policies) -> PolicyFile:
    if policy not in policies:
        missing = f"找不到此前的制度“{policy}”，它管着启用新制度以前立项的事项。"
        raise PolicyError(f"不发短信：{missing}请把台账旁边“制度”文件夹里的“启用存档”放回原样。")
    return policies[policy]


def must_be_pinned(ledger: Ledger, policies: Policies) -> None:
    """SZ1-25: nothing goes by a file that is not the one which a person took into use for this ledger.

    Raises PolicyError where 制度指纹 is not that of the file and of all it is based on.
    """
    for earlier in ledger.settings.earlier_policies:
        _known(earlier.policy, policies)
    file = file_of_ledger(ledger, policies)
    pinned = ledger.settings.policy_fingerprint
    if file.fingerprint == pinned:
        return
    fact = "制度文件改动过，与启用时不一样" if pinned else "制度文件还没有启用"
    raise PolicyError(
        f"{fact}，已停发短信。请核对“{file.regime}”的制度文件，再运行 duban policy use 启用，并写明由谁启用、自何日起。"
    )


def policy_of_ledger(ledger: Ledger, policies: Policies, now: datetime) -> Policy:
    """The policy in force today: for what concerns no single matter (digests, limits, new matters)."""
    return file_on(ledger, policies, now.date()).on(now.date())


def policy_of_matter(matter: Matter, ledger: Ledger, policies: Policies, now: datetime) -> Policy:
    """The policy in force when the matter was 立项: an amended policy never rewrites history."""
    day = (matter.taken_in_at or now).date()
    return file_on(ledger, policies, day).on(day)
