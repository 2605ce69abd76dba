"""How the sheet is shown and printed: widths, outline groups, panes in sight, one page wide."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.ledger.package.addresses import MAX_COLUMN, column_letters
from engine.ledger.tidying.new_order import FROZEN_THROUGH, ColumnMap, Placed, SheetLayout, carries_button
from engine.ledger.tidying.xml_document import XmlDocument, XmlNode

_OURS = re.compile(r'&C&"黑体"&18 ?(?P<title>[^&]*)')
"""A header as the template writes it; any other was typed by people and stays."""
_BEFORE_COLUMNS = ("sheetPr", "dimension", "sheetViews", "sheetFormatPr")
_PAGE = {"orientation": "landscape", "paperSize": "8", "fitToWidth": "1", "fitToHeight": "0"}
_ATTRIBUTES_OF_COLUMNS = ("min", "max")


@dataclass
class Columns:
    """The ``<col>`` elements, one a column as far as they matter, and the rest as it was."""

    single: dict[int, dict[str, str]] = field(default_factory=dict)
    tail: list[tuple[int, int, dict[str, str]]] = field(default_factory=list)


def move_columns(
    document: XmlDocument, columns: ColumnMap, look: SheetLayout, styles: Mapping[int, bytes | None]
) -> None:
    """Widths, groups and default styles by new column; ``styles`` for those that the book lacks."""
    holder = document.root.child("cols")
    old = _read(holder, columns.last) if holder else Columns()
    single = {columns(number): dict(attributes) for number, attributes in old.single.items()}
    buttons = carries_button(look.order)
    for number, (one, button) in enumerate(zip(look.order, buttons, strict=True), look.first):
        found = single.setdefault(number, {})
        if one.old is None and (style := styles.get(number)):
            found["style"] = style.decode()
        _dress(found, one, button=button)
    tail = [(low + columns.added, min(high + columns.added, MAX_COLUMN), kept) for low, high, kept in old.tail]
    parts = [(number, number, single[number]) for number in sorted(single) if single[number]] + tail
    written = [
        document.element("col", {"min": str(low), "max": str(high), **attributes})
        for low, high, attributes in parts
        if low <= high
    ]
    before = [(low, high, kept) for low, high, kept in _as_read(old)]
    if before == parts:
        return
    content = document.element("cols", {}, b"".join(written))
    if holder:
        document.replace(holder, content)
    else:
        document.insert(_after(document, _BEFORE_COLUMNS), content)


def _read(holder: XmlNode, last: int) -> Columns:
    found = Columns()
    for node in holder.children:
        low, high = (int(node.attributes[name]) for name in _ATTRIBUTES_OF_COLUMNS)
        kept = {name: value for name, value in node.attributes.items() if name not in _ATTRIBUTES_OF_COLUMNS}
        found.single |= dict.fromkeys(range(low, min(high, last) + 1), kept)
        if high > last:
            found.tail.append((max(low, last + 1), high, kept))
    return found


def _as_read(columns: Columns) -> Iterator[tuple[int, int, dict[str, str]]]:
    yield from ((number, number, columns.single[number]) for number in sorted(columns.single))
    yield from columns.tail


def _dress(found: dict[str, str], one: Placed, *, button: bool) -> None:
    """The column's own width and group. One that people have added stays as wide and as hidden as it was."""
    if one.column:
        found |= {"width": f"{one.column.width:g}", "customWidth": "1"}
    if one.group:
        found |= {"hidden": "1", "outlineLevel": "1"}
    elif one.column:
        found.pop("hidden", None)
    if not one.group:
        found.pop("outlineLevel", None)
    if button:
        found["collapsed"] = "1"
    else:
        found.pop("collapsed", None)


def fold_and_freeze(document: XmlDocument, look: SheetLayout) -> None:
    """[+] before its group, and the panes frozen through 预警灯, scrolled to the beginning."""
    through = next(at for at, one in enumerate(look.order, look.first) if one.column and _is_last_frozen(one))
    corner = f"{column_letters(through + 1)}{look.top + 1}"
    for view in document.named("sheetView"):
        pane = document.element(
            "pane",
            {
                "xSplit": str(through),
                "ySplit": str(look.top),
                "topLeftCell": corner,
                "activePane": "bottomRight",
                "state": "frozen",
            },
        )
        sides = [document.element("selection", {"pane": side}) for side in ("topRight", "bottomLeft")]
        chosen = document.element("selection", {"pane": "bottomRight", "activeCell": corner, "sqref": corner})
        kept = [child for child in view.children if child.name not in ("pane", "selection")]
        old = view.child("pane")
        if old and {old.attributes.get("xSplit"), old.attributes.get("topLeftCell")} == {str(through), corner}:
            continue
        tag = document.data[view.start : view.inner]
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
        inner = b"".join((pane, *sides, chosen, *map(document.raw, kept)))
        document.replace(view, tag + inner + b"</%bsheetView>" % document.prefix)


def _is_last_frozen(one: Placed) -> bool:
    return one.column is not None and one.column.field == FROZEN_THROUGH


def set_up_page(document: XmlDocument, look: SheetLayout) -> None:
    """A3, landscape, one page wide; the title on top where nobody has typed one; no breaks between columns."""
    _set_properties(document)
    setup = document.root.child("pageSetup")
    if setup:
        for name, value in _PAGE.items():
            document.set(setup, name, value)
        document.set(setup, "scale", None)
    for breaks in (node for node in document.root.children if node.name == "colBreaks"):
        document.replace(breaks, b"")
    header = document.root.child("headerFooter")
    top = header.child("oddHeader") if header else None
    if top and (ours := _OURS.fullmatch(top.text)) and ours["title"] != look.title:
        document.set_text(top, f'&C&"黑体"&18 {look.title}')
    added = b"" if setup else document.element("pageSetup", _PAGE)
    if not header:
        text = f'&amp;C&amp;"黑体"&amp;18 {look.title}'.encode()
        added += document.element("headerFooter", {}, document.element("oddHeader", {}, text))
    if added:
        document.insert(_page_place(document), added)


def _page_place(document: XmlDocument) -> int:
    """After the margins, which are written where there are none."""
    found = [node for node in document.root.children if node.name in (*_PLACES_BEFORE_PAGE, "pageSetup")]
    return max(node.end for node in found)


_PLACES_BEFORE_PAGE = (
    *("sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState"),
    *("dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations"),
    *("hyperlinks", "printOptions", "pageMargins"),
)


def _set_properties(document: XmlDocument) -> None:
    """``summaryRight`` and ``fitToPage``, in the order that the schema demands."""
    outline = document.element("outlinePr", {"summaryRight": "0"})
    fit = document.element("pageSetUpPr", {"fitToPage": "1"})
    holder = document.root.child("sheetPr")
    if holder is None:
        document.insert(document.root.inner, document.element("sheetPr", {}, outline + fit))
        return
    found = {child.name: child for child in holder.children}
    for name, attribute, value in (("outlinePr", "summaryRight", "0"), ("pageSetUpPr", "fitToPage", "1")):
        if name in found:
            document.set(found[name], attribute, value)
    colour = found.get("tabColor")
    missing = b"" if "outlinePr" in found else outline
    rest = b"" if "pageSetUpPr" in found else fit
    if holder.inner == holder.end and missing + rest:
        tag = document.data[holder.start : holder.inner][:-2].rstrip() + b">"
        document.replace(holder, tag + missing + rest + b"</%bsheetPr>" % document.prefix)
        return
    if missing:
        document.insert(colour.end if colour else holder.inner, missing)
    if rest:
        document.insert(holder.close, rest)


def _after(document: XmlDocument, names: Sequence[str]) -> int:
    found = [node.end for node in document.root.children if node.name in names]
    return max(found, default=document.root.inner)
