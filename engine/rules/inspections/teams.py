"""Who is proposed for an inspection's groups (SZ6-7, 8, 9). A proposal with its reasons; people decide."""

from dataclasses import dataclass
from datetime import datetime

from engine.facts.inspection import Inspections, InspectionTask, Inspector, Pool
from engine.facts.unit import Directory
from engine.policy.policy import Policy
from engine.rules.inspections.inspectors import candidates, load_of, own_ground, skills


@dataclass(frozen=True, slots=True)
class Proposed:
    """One person for one group, and why."""

    group: int
    person: Inspector
    reason: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """One person who was not proposed, and why."""

    person: Inspector
    reason: str


@dataclass(frozen=True, slots=True)
class TeamProposal:
    """Groups in their order; ``lacking`` are the places that nobody could take, as words."""

    task: InspectionTask
    proposed: tuple[Proposed, ...]
    passed_over: tuple[PassedOver, ...]
    lacking: tuple[str, ...]


def propose(
    inspections: Inspections, task: InspectionTask, directory: Directory, policy: Policy, at: datetime
) -> TeamProposal:
    """SZ6-7, 8, 9: for each group up to the headcounts of the policy; nobody to the own unit or county; those with the
    wanted expertise first, then those with the fewest past inspections, then in the order of the pool.

    The same facts always give the same proposal.
    """
    passed_over: list[PassedOver] = []
    waiting: dict[Pool, list[Inspector]] = {pool: [] for pool in Pool}
    for person in candidates(inspections, task, at):
        ground = own_ground(person.unit, person.county, task, directory)
        if ground:
            passed_over.append(PassedOver(person, f"回避：不督查本单位本县区（{ground}）"))
        else:
            waiting[Pool(person.pool)].append(person)
    wanted = skills(task.expertise)
    for people in waiting.values():
        people.sort(key=lambda person: (-len(wanted & skills(person.expertise)), load_of(person, inspections)))
    proposed: list[Proposed] = []
    lacking: list[str] = []
    most = headcounts(policy)
    groups = range(1, max(1, task.groups or 1) + 1)
    for pool in Pool:
        for place in range(most[pool]):
            for group in groups:  # one after the other, so that expertise and experience are spread
                if not waiting[pool]:
                    lacking.append(f"第{group}组{pool}第{place + 1}名")
                    continue
                person = waiting[pool].pop(0)
                proposed.append(Proposed(group, person, _why(person, wanted, load_of(person, inspections))))
    passed_over += [PassedOver(person, "名额已满，排在其后") for people in waiting.values() for person in people]
    proposed.sort(key=lambda one: one.group)
    return TeamProposal(task, tuple(proposed), tuple(passed_over), tuple(lacking))


def headcounts(policy: Policy) -> dict[Pool, int]:
    """SZ6-9: how many of each pool a group of a 专项督查 has at most."""
    rules = policy.inspection
    return {
        Pool.FULL_TIME: rules.full_time_most,
        Pool.PART_TIME: rules.part_time_most,
        Pool.INVITED: rules.invited_most,
    }


def _why(person: Inspector, wanted: frozenset[str], load: int) -> str:
    common = sorted(wanted & skills(person.expertise))
    skilled = f"专长相符（{'、'.join(common)}），" if common else ""
    return f"{skilled}此前参加{load}次"
