"""Who may go on an inspection (SZ6-2, 5, 7, 8): in a pool at the time, and never to the own unit or county."""

import re
from collections.abc import Iterator
from datetime import datetime

from engine.facts.inspection import Inspections, InspectionTask, Inspector
from engine.facts.unit import Directory

_BETWEEN = re.compile(r"[\s、，,；;]+")


def own_ground(unit: str, county: str, task: InspectionTask, directory: Directory) -> str:
    """Which inspected unit is the person's own, or that of the own county; empty where none is (SZ6-7)."""
    own = _canonical(unit, directory)
    for inspected in task.inspected:
        home = _canonical(county, directory) if county else ""
        if inspected == own or (home and (inspected == home or inspected.startswith(county))):
            return inspected
    return ""


def _canonical(name: str, directory: Directory) -> str:
    known = directory.find(name) if name else None
    return known.name if known else name


def skills(text: str) -> frozenset[str]:
    """专长 as single words."""
    return frozenset(word for word in _BETWEEN.split(text) if word)


def load_of(person: Inspector, inspections: Inspections) -> int:
    """On how many inspections the person has been put so far."""
    return len({one.task for one in inspections.members if one.name == person.name and one.unit in ("", person.unit)})


def candidates(inspections: Inspections, task: InspectionTask, at: datetime) -> Iterator[Inspector]:
    """Everybody who stands in a pool at that time and is not on the task already."""
    taken = {one.name for one in inspections.members if one.task == task.number}
    for person in inspections.inspectors:
        if person.in_pool(at) and person.name not in taken:
            yield person
