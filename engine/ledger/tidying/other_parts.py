"""What lies in other parts of the file and names cells of the sheet: notes, drawings, charts, names, other sheets."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from engine.ledger.package.addresses import MAX_ROW, column_letters, parse_range
from engine.ledger.package.masking import masked
from engine.ledger.package.workbook_parts import WorkbookParts
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.patching.splice import Edit, splice
from engine.ledger.tidying.formula_moves import FormulaMoves
from engine.ledger.tidying.refusals import CannotMoveError
from engine.ledger.tidying.sheet_rows import formula_text
from engine.ledger.tidying.xml_document import XmlDocument

_FORMULA = re.compile(rb"<((?:[\w.]+:)?(?:f|formula[12]?))(?:\s[^<>]*)?(?<!/)>([^<]*)</\1\s*>")
_LINKED = re.compile(rb"""(\s(?:textlink|location|fmla\w*)\s*=\s*)"([^"<]*)\"""")
_ANCHOR = re.compile(rb"(<x:Anchor>\s*)([\d,\s-]+)(</x:Anchor>)", re.IGNORECASE)
_NOTE_COLUMN = re.compile(rb"(<x:Column>\s*)(\d+)(\s*</x:Column>)", re.IGNORECASE)
_NOTE_ROW = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>", re.IGNORECASE)
_NOTE = re.compile(rb"<v:shape\b.*?</v:shape>", re.DOTALL | re.IGNORECASE)
_WITH_FORMULAS = ("worksheet", "chart", "chartEx", "drawing", "chartsheet", "ctrlProp")

Parts = dict[str, bytes]


def moved_elsewhere(archive: ZipArchive, parts: WorkbookParts, own: str, moves: FormulaMoves) -> Parts:
    """The other parts that name cells of the sheet ``own``, by the new order. Raises CannotMoveError."""
    made: Parts = {}
    drawings = _own_parts(archive, parts, own, moves, made)
    for part in _reachable(parts, parts.workbook_part):
        if part != own and part in archive.members:
            before = made.get(part) or b"".join(archive.unpack(part))
            made[part] = _with_formulas(before, part, moves)
    made |= drawings
    return {part: data for part, data in made.items() if data != b"".join(archive.unpack(part))}


def _own_parts(archive: ZipArchive, parts: WorkbookParts, own: str, moves: FormulaMoves, made: Parts) -> Parts:
    """Notes and drawings of the sheet itself."""
    anchored: Parts = {}
    for relation in parts.relations(own):
        if relation.external or relation.target not in archive.members:
            continue
        part = relation.target
        if relation.kind in ("pivotTable", "queryTable", "tableSingleCells", "control", "oleObject"):
            raise CannotMoveError(
                f"“{moves.sheet}”里有数据透视表、外部查询或控件，列序不能自动整理，请先移到别处。", part
            )
        data = b"".join(archive.unpack(part))
        match relation.kind:
            case "comments" | "threadedComment":
                made[part] = _moved_notes(data, part, moves)
            case "vmlDrawing":
                made[part] = _NOTE.sub(lambda found: _moved_shape(found[0], moves), data)
            case "drawing":
                anchored[part] = _with_formulas(_moved_anchors(data, part, moves), part, moves)
    return anchored


def _moved_notes(data: bytes, part: str, moves: FormulaMoves) -> bytes:
    document = XmlDocument(data, part)
    for node in document.named("comment", "threadedComment"):
        area = parse_range(node.attributes["ref"], part)
        column = moves.columns(area.first_column, area.first_row)
        document.set(node, "ref", str(area._replace(first_column=column, last_column=column)))
    return document.result()


def _moved_shape(shape: bytes, moves: FormulaMoves) -> bytes:
    """A note's box, which stands beside its cell."""
    found = _NOTE_COLUMN.search(shape)
    if not found:
        return shape
    old = int(found[2])
    row = _NOTE_ROW.search(shape)
    new = moves.columns(old + 1, int(row[1]) + 1 if row else MAX_ROW) - 1
    shape = _NOTE_COLUMN.sub(lambda one: b"%b%d%b" % (one[1], new, one[3]), shape)

    def anchor(one: re.Match[bytes]) -> bytes:
        numbers = [int(number) for number in one[2].split(b",")]
        numbers[0], numbers[4] = max(numbers[0] + new - old, 0), numbers[4] + new - old
        return one[1] + b", ".join(b"%d" % number for number in numbers) + one[3]

    return shape if new == old else _ANCHOR.sub(anchor, shape)


def _moved_anchors(data: bytes, part: str, moves: FormulaMoves) -> bytes:
    """Pictures and charts go with the column in which they begin, as wide as they were."""
    document = XmlDocument(data, part)
    for anchor in document.named("twoCellAnchor", "oneCellAnchor"):
        columns = [(end, node) for end in anchor.children if end.name in ("from", "to") and (node := end.child("col"))]
        begin = next(((int(node.text), end.child("row")) for end, node in columns if end.name == "from"), None)
        if begin is None:
            continue
        column, row = begin
        shift = moves.columns(column + 1, int(row.text) + 1 if row else MAX_ROW) - 1 - column
        for _, node in columns:
            document.set_text(node, str(int(node.text) + shift))
    return document.result()


def _reachable(parts: WorkbookParts, start: str) -> Iterator[str]:
    """Every part that may hold formulas about cells, from the workbook down."""
    seen = {start}
    waiting = [start]
    while waiting:
        for relation in parts.relations(waiting.pop()):
            if relation.external or relation.target in seen:
                continue
            seen.add(relation.target)
            if relation.kind in _WITH_FORMULAS:
                waiting.append(relation.target)
                yield relation.target


def _with_formulas(data: bytes, part: str, moves: FormulaMoves) -> bytes:
    """Formulas of another sheet, a chart or a drawing."""
    seen = b"".join(masked((data,), part))
    where = part.rpartition("/")[2]
    edits: list[Edit] = []
    for pattern in (_FORMULA, _LINKED):
        for found in pattern.finditer(seen):
            text = formula_text(found[2])
            moved = moves.moved(text, where)
            if moved != text:
                edits.append(Edit(found.start(2), found.end(2), escape(moved, {'"': "&quot;"}).encode()))
    return b"".join(splice((data,), sorted(edits))) if edits else data


def refuse_pivots(archive: ZipArchive, parts: WorkbookParts, moves: FormulaMoves) -> None:
    """A pivot table knows the columns of its source by their order until it is refreshed. Raises CannotMoveError."""
    for relation in parts.relations(parts.workbook_part):
        if relation.kind == "pivotCacheDefinition" and relation.target in archive.members:
            document = XmlDocument(archive.read(relation.target), relation.target)
            for node in document.named("worksheetSource"):
                if {node.attributes.get("sheet"), node.attributes.get("name")} & {moves.sheet, moves.table.name}:
                    raise CannotMoveError(
                        f"有数据透视表取自“{moves.sheet}”，列序不能自动整理，请先删除透视表，整理后重建。",
                        relation.target,
                    )


def moved_workbook(parts: WorkbookParts, moves: FormulaMoves, titles: str) -> bytes:
    """Defined names by the new order; rows of headings repeated on paper, no print area of before."""
    document = XmlDocument(parts.workbook, parts.workbook_part)
    index = [*_sheet_names(document)].index(moves.sheet)
    quoted = "'" + moves.sheet.replace("'", "''") + "'"
    has_titles = False
    for node in document.named("definedName"):
        name, is_own = node.attributes.get("name", ""), node.attributes.get("localSheetId") == str(index)
        if is_own and name == "_xlnm.Print_Area":
            document.replace(node, b"")
        elif is_own and name == "_xlnm.Print_Titles":
            has_titles = True
            document.set_text(node, f"{quoted}!{titles}")
        else:
            document.set_text(node, moves.moved(node.text, f"名称“{name}”"))
    if not has_titles:
        _add_titles(document, index, f"{quoted}!{titles}")
    return document.result()


def _sheet_names(document: XmlDocument) -> Iterator[str]:
    return (node.attributes.get("name", "") for node in document.named("sheet"))


def _add_titles(document: XmlDocument, index: int, titles: str) -> None:
    name = document.element(
        "definedName", {"name": "_xlnm.Print_Titles", "localSheetId": str(index)}, escape(titles).encode()
    )
    holder = document.root.child("definedNames")
    if holder and holder.inner < holder.end:
        document.insert(holder.close, name)
        return
    if holder:
        document.replace(holder, document.element("definedNames", {}, name))
        return
    before = ("sheets", "functionGroups", "externalReferences")
    at = max(node.end for node in document.root.children if node.name in before)
    document.insert(at, document.element("definedNames", {}, name))


def moved_chain(data: bytes, part: str, sheet_id: str, moves: FormulaMoves) -> bytes:
    """Excel's list of formulas: an entry for a cell without one would be called damage."""
    document = XmlDocument(data, part)
    current = ""
    for node in document.root.children:
        current = node.attributes.get("i", current)
        if current == sheet_id:
            area = parse_range(node.attributes["r"], part)
            document.set(
                node, "r", f"{column_letters(moves.columns(area.first_column, area.first_row))}{area.first_row}"
            )
    return document.result()


def chain_part(parts: WorkbookParts) -> str | None:
    """The part of that list, ``None`` where the book has none."""
    found = (one.target for one in parts.relations(parts.workbook_part) if one.kind == "calcChain")
    return next((part for part in found if part in parts.archive.members), None)
