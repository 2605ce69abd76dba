"""Units that a short or misspelt name may mean: offered to people, never assumed."""

from collections.abc import Mapping

_PLACES = "省市县区州旗镇乡"
_SHORTEST, _SHORT = 2, 3
_MOST = 5


def near_names(name: str, names: Mapping[str, str]) -> tuple[str, ...]:
    """The units that ``name`` may mean, the nearest first: 税务局 → 国家税务总局某某市税务局, 教育局 → 市教育局;
    市市场监管局 → 市场监督管理局 and
    市发展改革局 → 市发展和改革委员会 by their letters in order. ``names``: each known spelling → its unit.
    """
    bare = name.lstrip(_PLACES) if len(name.lstrip(_PLACES)) >= _SHORTEST else name
    found: dict[str, tuple[int, int]] = {}
    for spelled, unit in names.items():
        rank = _rank(bare, name, spelled)
        if rank is not None:
            found[unit] = min(found.get(unit, rank), rank)
    return tuple(sorted(found, key=lambda unit: (found[unit], unit)))[:_MOST]


def _rank(bare: str, name: str, spelled: str) -> tuple[int, int] | None:
    """How near a known name is, the length of the name among equals; ``None`` if it is not."""
    if spelled.endswith((name, bare)):
        return 0, len(spelled)
    if len(spelled) > _SHORT and name.endswith(spelled):
        return 1, -len(spelled)
    if len(bare) > _SHORTEST and bare[:-1] in spelled:
        return 2, len(spelled)
    if len(bare) > _SHORT and set(bare) <= set(spelled):
        return 3, len(spelled)
    if len(bare) > _SHORTEST and bare[-1] == spelled[-1] and _in_order(bare, spelled):
        return 4, len(spelled)
    if len(bare) > _SHORT and _in_order(bare[:-1], spelled):
        return 5, len(spelled)
    return (6, -len(spelled)) if len(spelled) > _SHORT and name.startswith(spelled) else None


def _in_order(short: str, long: str) -> bool:
    letters = iter(long)
    return all(letter in letters for letter in short)
