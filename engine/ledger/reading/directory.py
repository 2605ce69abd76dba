"""单位通讯录 and 群组 as a Directory, and the matcher that reads units by it."""

from datetime import datetime
from typing import Any

from engine.facts.finding import Finding, error, hint
from engine.facts.unit import Directory, Person, Unit
from engine.ledger.package.text_folding import clean_line, key_of, shown
from engine.ledger.reading.conversion import Conversion
from engine.ledger.reading.implied_groups import implied_groups
from engine.ledger.reading.names import UnitMatcher
from engine.ledger.reading.sheet_table import SheetTable

NO_UNITS = UnitMatcher({})


def read_directory(units: SheetTable, groups: SheetTable | None) -> tuple[Directory, UnitMatcher, list[Finding]]:
    """All units with their people, all groups with their members."""
    conversion = Conversion(units, NO_UNITS)
    found = _units(conversion)
    directory = Directory.of(found.values())
    implied = implied_groups(found.values())
    matcher = UnitMatcher(directory.names, implied)
    findings = [*conversion.findings]
    if groups is None:
        return directory, matcher, findings
    members, more = _groups(groups, matcher, directory)
    directory = Directory.of(found.values(), members)
    return directory, UnitMatcher(directory.names, {**implied, **members}), [*findings, *more]


def _units(conversion: Conversion) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    owners: dict[str, str] = {}
    columns = conversion.values
    keys: set[str] = set()
    for index, name in enumerate(columns["name"]):
        row = {field: values[index] for field, values in columns.items()}
        place = conversion.table.place(index, "name")
        if not name:
            conversion.findings.append(
                error(place, "unit_without_name", "", "这一行没有填单位。", "请补填单位名称，或删去这一行。")
            )
        elif key_of(name) in keys:
            conversion.findings.append(
                error(place, "unit_doubled", "", f"单位“{shown(name)}”出现了不止一次，以第一行为准。", "请合并成一行。")
            )
        else:
            keys.add(key_of(name))
            units[name] = _unit(row, index, conversion)
            _check_aliases(units[name], owners, conversion, index)
    return units


def _unit(row: dict[str, Any], index: int, conversion: Conversion) -> Unit:
    since, until = row.get("substitute_from"), row.get("substitute_until")
    if since and until and until < since:
        place = conversion.table.place(index, "substitute_until")
        conversion.findings.append(
            error(place, "substitute_dates", "", "代班止早于代班起，代班不生效。", "请核对这两个日期。")
        )
    return Unit(
        row["name"],
        conversion.table.place(index),
        tuple(row["aliases"]),
        row.get("category"),
        _person(row, "head"),
        _person(row, "contact"),
        _person(row, "substitute"),
        since.date() if isinstance(since, datetime) else None,
        until.date() if isinstance(until, datetime) else None,
        row.get("active") is not False,
    )


def _person(row: dict[str, Any], role: str) -> Person:
    return Person(row.get(role, ""), row.get(f"{role}_mobile"))


def _check_aliases(unit: Unit, owners: dict[str, str], conversion: Conversion, index: int) -> None:
    for alias in unit.aliases:
        owner = owners.setdefault(key_of(alias), unit.name)
        if owner != unit.name:
            conversion.findings.append(
                hint(
                    conversion.table.place(index, "aliases"),
                    "alias_doubled",
                    "",
                    f"别名“{shown(alias)}”已属于“{shown(owner)}”，以那一行为准。",
                    "请只在一个单位下保留这个别名。",
                )
            )


def _groups(
    groups: SheetTable, matcher: UnitMatcher, directory: Directory
) -> tuple[dict[str, tuple[str, ...]], list[Finding]]:
    conversion = Conversion(groups, matcher)
    members: dict[str, tuple[str, ...]] = {}
    for index, (name, units) in enumerate(zip(conversion.values["name"], conversion.values["members"], strict=True)):
        name = clean_line(name)
        place = conversion.table.place(index, "name")
        if not name:
            text, remedy = "这一行没有填群组名称。", "请补填，或删去这一行。"
            conversion.findings.append(error(place, "group_without_name", "", text, remedy))
        elif name in members or name in directory.names:
            text, remedy = f"群组“{shown(name)}”与别的群组或单位重名，没有采用。", "请换一个名称。"
            conversion.findings.append(error(place, "group_doubled", "", text, remedy))
        else:
            members[name] = units
    return members, conversion.findings
