"""一网三库 of a workbook (SZ6): what is wrong with its sheets, and whom to propose for an inspection."""

from datetime import datetime

from engine.facts.faults import DubanError
from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.ledger.reading.inspection_rows import read_inspections
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.rules.inspections.checks import check_inspections
from engine.rules.inspections.inspectors import candidates
from engine.rules.inspections.teams import TeamProposal, propose


class NoTeamError(DubanError):
    """Nobody can be proposed; the message states the remedy in Chinese."""


def inspection_findings(data: bytes, ledger: Ledger, policies: Policies, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with 督查人员库, 督查任务 and 督查分组. Raises UnreadableWorkbook."""
    found = read_inspections(data)
    policy = policy_of_ledger(ledger, policies, now)
    unread = {finding.place for finding in found.findings}  # reported once
    judged = check_inspections(found, ledger.directory, policy, now)
    return (*found.findings, *(finding for finding in judged if finding.place not in unread))


def team(data: bytes, ledger: Ledger, number: str, policies: Policies, now: datetime) -> TeamProposal:
    """The proposal for one task (SZ6-7, 8, 9), from the pools as they stand when it begins.

    Raises: NoTeamError: there is no such task, it has more groups than there are people, or the regime has no pools.
    UnreadableWorkbook.
    """
    policy, found = policy_of_ledger(ledger, policies, now), read_inspections(data)
    if not policy.inspection.report_days:
        raise NoTeamError(f"“{policy.regime}”制度方案没有设督查人员库。")
    task = next((one for one in found.tasks if number and one.number == number), None)
    if task is None:
        raise NoTeamError(f"「督查任务」里没有 {number}。请核对任务编号。")
    start = task.starts_at or now
    people = sum(1 for _ in candidates(found, task, start))
    if (task.groups or 1) > max(people, 1):
        raise NoTeamError(f"{number} 要分{task.groups}组，库中可选的只有{people}人。请核对「督查任务」的组数。")
    return propose(found, task, ledger.directory, policy, start)
