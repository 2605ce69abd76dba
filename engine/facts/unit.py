"""Units and the people who answer for them (单位通讯录, 群组)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.facts.finding import Place
from engine.facts.kinds import OFFICE_CATEGORY, Role


@dataclass(frozen=True, slots=True)
class Person:
    """A name and a mobile number in E.164 form, or ``None`` where the cell held none that can be used."""

    name: str
    mobile: str | None


NOBODY = Person("", None)


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of 单位通讯录. The substitute (代班人) receives for the contact between both dates, these included."""

    name: str
    place: Place
    aliases: tuple[str, ...] = ()
    category: str | None = None
    head: Person = NOBODY
    contact: Person = NOBODY
    substitute: Person = NOBODY
    substitute_from: date | None = None
    substitute_until: date | None = None
    active: bool = True

    @property
    def is_office(self) -> bool:
        """Whether it is a 科室 of the office itself."""
        return self.category == OFFICE_CATEGORY

    def responsible(self, role: Role) -> Person:
        """Who holds the role, whoever may stand in today."""
        return self.head if role is Role.HEAD else self.contact

    def person(self, role: Role, at: datetime) -> Person:
        """Who receives for ``role`` at that time: the contact's substitute inside its dates, if it can be reached."""
        if role is Role.HEAD:
            return self.head
        since, until = self.substitute_from, self.substitute_until
        if since and self.substitute.mobile and since <= at.date() and (until is None or at.date() <= until):
            return self.substitute
        return self.contact


@dataclass(frozen=True, slots=True)
class Directory:
    """All units, found by name or alias; groups expand to their members' names."""

    units: Mapping[str, Unit]
    names: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, units: Iterable[Unit], groups: Mapping[str, tuple[str, ...]] | None = None) -> "Directory":
        """Index ``units``; a unit's own name wins over another unit's alias, the first alias over a later one."""
        by_name = {unit.name: unit for unit in units}
        names: dict[str, str] = {}
        for unit in by_name.values():
            for alias in unit.aliases:
                names.setdefault(alias, unit.name)
        names.update({name: name for name in by_name})
        return cls(by_name, names, groups or {})

    def find(self, name: str) -> Unit | None:
        """The unit of this name or alias, or ``None``."""
        canonical = self.names.get(name)
        return self.units[canonical] if canonical else None
