"""What stands around the rows and names cells: rules of colour, validations, links, merged cells, filters."""

from collections.abc import Callable, Iterable

from engine.ledger.package.addresses import Range, column_letters, parse_range
from engine.ledger.tidying.formula_moves import FormulaMoves
from engine.ledger.tidying.new_order import SheetLayout
from engine.ledger.tidying.refusals import CannotMoveError
from engine.ledger.tidying.xml_document import XmlDocument, XmlNode, with_attributes

_LISTS = ("conditionalFormatting", "dataValidation", "protectedRange", "ignoredError")
_FORMULAS = ("formula", "formula1", "formula2", "f")
_DROPDOWN = {
    "type": "list",
    "errorStyle": "stop",
    "allowBlank": "1",
    "showErrorMessage": "1",
    "errorTitle": "请核对",
    "error": "请从下拉列表中选择。",
}
_REFUSED = {
    "customSheetView": "自定义视图",
    "scenarios": "方案",
    "controls": "窗体控件",
    "oleObjects": "嵌入的对象",
    "dataConsolidate": "合并计算",
    "pivotTableDefinition": "数据透视表",
}


def refuse_unmovable(document: XmlDocument, sheet: str) -> None:
    """Raises CannotMoveError for what hangs on the order of columns in a way that cannot be followed."""
    for node in document.named(*_REFUSED):
        raise CannotMoveError(f"“{sheet}”里有{_REFUSED[node.name]}，列序不能自动整理，请先移到别的工作表。")


def move_marks(document: XmlDocument, moves: FormulaMoves) -> None:
    """All of it, by edits to the sheet's part."""
    for node in document.named(*_LISTS):
        if "sqref" in node.attributes:
            document.set(node, "sqref", moved_list(node.attributes["sqref"], moves, document.part))
            _move_formulas(document, node, moves, node.attributes["sqref"])
    for node in document.named("mergeCell", "hyperlink", "cellWatch"):
        name = "r" if node.name == "cellWatch" else "ref"
        if name in node.attributes:
            document.set(node, name, str(_whole(node.attributes[name], moves, document.part)))
    for node in document.named("hyperlink"):
        if location := node.attributes.get("location"):
            document.set(node, "location", moves.moved(location, moves.sheet))
    _move_extensions(document, moves)


def _move_extensions(document: XmlDocument, moves: FormulaMoves) -> None:
    """Rules, validations and sparklines of later Excels: their cells stand in an element of their own."""
    for holder in document.root.walk():
        places = [node for node in holder.children if node.name == "sqref"]
        for place in places:
            document.set_text(place, moved_list(place.text, moves, document.part))
            _move_formulas(document, holder, moves, place.text)


def _move_formulas(document: XmlDocument, holder: XmlNode, moves: FormulaMoves, places: str) -> None:
    areas = [parse_range(place, document.part) for place in places.split()]
    at = sorted({column for area in areas for column in range(area.first_column, area.last_column + 1)})
    row = max(area.last_row for area in areas)
    where = f"{moves.sheet}!{column_letters(at[0])}列"
    for node in holder.walk():
        if node.name in _FORMULAS and not node.children:
            document.set_text(node, moves.moved(node.text, where, at, row))
        if node.name == "cfvo" and node.attributes.get("type") == "formula":
            document.set(node, "val", moves.moved(node.attributes.get("val", ""), where, at, row))


def moved_list(places: str, moves: FormulaMoves, part: str) -> str:
    """A list of ranges (``A1:C3 E5``) by where their cells stand now."""
    areas = [parse_range(place, part) for place in places.split()]
    moved = [new for area in areas for new in moves.columns.ranges(area)]
    return " ".join(map(str, moved if moved == areas else _joined(moved)))


def _joined(areas: Iterable[Range]) -> list[Range]:
    """Neighbours of equal height as one range, in the order of rows and columns: the first holds the top left cell."""
    joined: list[Range] = []
    for area in sorted(set(areas)):
        before = joined[-1] if joined else None
        if before and before[::2] == area[::2] and before.last_column + 1 == area.first_column:
            joined[-1] = before._replace(last_column=area.last_column)
        else:
            joined.append(area)
    return joined


def _whole(place: str, moves: FormulaMoves, part: str) -> Range:
    found = moves.columns.ranges(parse_range(place, part))
    if len(found) != 1:
        raise CannotMoveError(
            "合并单元格（或筛选、链接）跨了几列，列序一变就分开了，请先取消合并。", cell=f"{moves.sheet}!{place}"
        )
    return found[0]


def add_choices(document: XmlDocument, look: SheetLayout, last_row: int) -> None:
    """The dropdowns of the columns that the book lacks, as far down as those that it has."""
    holder = document.root.child("dataValidations")
    missing = {
        at: one.column.choices
        for at, one in enumerate(look.order, look.first)
        if one.old is None and one.column and one.column.choices
    }
    if not holder or not missing:
        return
    areas = [
        parse_range(place, document.part)
        for node in holder.children
        if node.name == "dataValidation"
        for place in node.attributes["sqref"].split()
    ]
    bottom = max([last_row, *(area.last_row for area in areas)])
    for column, choices in missing.items():
        formula = document.element("formula1", {}, f'"{",".join(choices)}"'.encode())
        place = str(Range(look.top + 1, column, bottom, column))
        document.insert(holder.close, document.element("dataValidation", {**_DROPDOWN, "sqref": place}, formula))
    document.set(holder, "count", str(len(holder.children) + len(missing)))


def move_filter(document: XmlDocument, node: XmlNode, moves: FormulaMoves) -> None:
    """A filter and its sorting: which column each condition is for. ``node`` is an autoFilter."""
    old = parse_range(node.attributes["ref"], document.part)
    new = _whole(node.attributes["ref"], moves, document.part)
    document.set(node, "ref", str(new))
    filters = [child for child in node.children if child.name == "filterColumn"]

    def place(child: XmlNode) -> int:
        return moves.columns(old.first_column + int(child.attributes["colId"])) - new.first_column

    _reordered(document, filters, place)
    for state in (child for child in node.children if child.name == "sortState"):
        move_sorting(document, state, moves)


def move_sorting(document: XmlDocument, state: XmlNode, moves: FormulaMoves) -> None:
    """The range that was sorted, and by which columns."""
    for node in state.walk():
        if "ref" in node.attributes:
            document.set(node, "ref", str(_whole(node.attributes["ref"], moves, document.part)))


def _reordered(document: XmlDocument, nodes: list[XmlNode], place: Callable[[XmlNode], int]) -> None:
    """Elements with ``colId`` put in the order of their new columns."""
    ordered = sorted(nodes, key=place)
    for slot, node in zip(nodes, ordered, strict=True):
        tag = with_attributes(document.data[node.start : node.inner], {"colId": str(place(node))})
        document.replace(slot, tag + document.data[node.inner : node.end])
