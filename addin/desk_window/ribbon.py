"""The ribbon's groups and buttons, read off its XML: the window shows the same ones under the same names."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from engine.ledger.package.small_xml import elements

_FILE = Path(__file__).parents[1] / "ribbon.xml"


class RibbonButton(NamedTuple):
    """``function`` is the macro of that name; ``menu`` the label of the menu that it stands in, empty for none."""

    label: str
    function: str
    tip: str
    menu: str = ""


class RibbonGroup(NamedTuple):
    """One group of the tab."""

    label: str
    buttons: tuple[RibbonButton, ...]


@lru_cache(maxsize=1)
def ribbon_groups() -> tuple[RibbonGroup, ...]:
    """The groups in the order of the ribbon."""
    groups: list[tuple[str, list[RibbonButton]]] = []
    menu, menu_depth = "", 0
    for element in elements(_FILE.read_bytes(), _FILE.name):
        named = element.attributes
        if element.name == "group":
            groups.append((named["label"], []))
        elif element.name == "menu":
            menu, menu_depth = named["label"], element.depth
        elif element.name == "button":
            own = menu if element.depth > menu_depth > 0 else ""
            tip = named.get("supertip") or named.get("description", "")
            groups[-1][1].append(RibbonButton(named["label"], named["tag"].rpartition(":")[2], tip, own))
        if element.name != "menu" and element.depth <= menu_depth:
            menu_depth = 0
    return tuple(RibbonGroup(label, tuple(buttons)) for label, buttons in groups)
