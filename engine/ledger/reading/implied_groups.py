"""Groups that nobody need list: 各县（区）人民政府, 市直各有关部门, 各街道 are all such units of the directory."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product

from engine.facts.unit import Unit

_COUNTIES = (
    *("各县区", "各县(区)", "各县(市、区)", "各县(市,区)", "各县(市)区", "各县市区"),
    *("各区县", "各县、区", "各区(县)", "各县、市、区"),
)
_COUNTY_ENDINGS = ("", "政府", "人民政府", "(管委会)", "政府(管委会)", "人民政府(管委会)")
_CITY = ("市直", "市级", "市直属", "市政府")
_ALL = ("各", "各有关", "各相关", "有关", "相关", "各责任")
_OFFICES = ("部门", "单位", "部门单位", "部门、单位")
_STREETS = ("各街道", "各街道办", "各街道办事处", "各镇街", "各乡镇街道", "各乡镇(街道)", "各镇(街道)")
_ZONES = ("各开发区", "各开发区管委会", "各功能区", "各园区")
_TOWNS = (
    *("各乡镇", "各乡(镇)", "各镇", "各乡镇人民政府", "各乡镇政府"),
    *("各乡镇街道", "各乡镇(街道)", "各镇街", "各镇(街道)"),
)


def _of(category: str) -> Callable[[Unit], bool]:
    return lambda unit: unit.category == category


def _ends(*endings: str) -> Callable[[Unit], bool]:
    return lambda unit: unit.name.endswith(endings)


_STREET, _TOWN = ("街道", "街道办", "街道办事处"), ("镇", "乡", "镇人民政府", "乡人民政府", "镇政府", "乡政府")
_NAMES: tuple[tuple[tuple[str, ...], Callable[[Unit], bool]], ...] = (
    (tuple(map("".join, product(_COUNTIES, _COUNTY_ENDINGS))), _of("县区")),
    (tuple(map("".join, product(_CITY, _ALL, _OFFICES))), _of("市直部门")),
    (tuple(name for name in _STREETS if name not in _TOWNS), _ends(*_STREET)),
    (tuple(name for name in _TOWNS if name not in _STREETS), _ends(*_TOWN)),
    (tuple(name for name in _TOWNS if name in _STREETS), _ends(*_STREET, *_TOWN)),
    (_ZONES, _of("开发区")),
)


def implied_groups(units: Iterable[Unit]) -> Mapping[str, tuple[str, ...]]:
    """Every spelling of such a group → its members in the order of the directory, units out of use left out. A group
    of which the directory has no unit is none.
    """
    active = [unit for unit in units if unit.active]
    found: dict[str, tuple[str, ...]] = {}
    for names, belongs in _NAMES:
        members = tuple(unit.name for unit in active if belongs(unit))
        if members:
            found |= dict.fromkeys(names, members)
    return found
