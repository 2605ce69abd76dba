"""The table's own part: its columns in the new order, new ones with numbers of their own."""

from collections.abc import Sequence

from engine.ledger.package.addresses import column_letters
from engine.ledger.tidying.formula_moves import FormulaMoves
from engine.ledger.tidying.new_order import Placed
from engine.ledger.tidying.refusals import CannotMoveError
from engine.ledger.tidying.sheet_marks import move_filter, move_sorting
from engine.ledger.tidying.xml_document import XmlDocument, XmlNode


def moved_table(data: bytes, moves: FormulaMoves, order: Sequence[Placed]) -> bytes:
    """The part by the new order. Raises CannotMoveError for a table that a query fills."""
    document = XmlDocument(data, moves.table.part)
    root = document.root
    if root.attributes.get("tableType", "worksheet") != "worksheet":
        raise CannotMoveError(f"“{moves.sheet}”的表格由外部查询填写，列序不能自动整理。", root.name)
    area = moves.table.area
    document.set(root, "ref", str(area._replace(last_column=area.first_column + len(order) - 1)))
    for node in root.children:
        if node.name == "autoFilter":
            move_filter(document, node, moves)
        elif node.name == "sortState":
            move_sorting(document, node, moves)
        elif node.name == "tableColumns":
            _reorder(document, node, moves, order)
    return document.result()


def _reorder(document: XmlDocument, holder: XmlNode, moves: FormulaMoves, order: Sequence[Placed]) -> None:
    first = moves.table.area.first_column
    standing = dict(enumerate(holder.children, first))
    if [one.old for one in order] == [*standing]:
        for number, node in standing.items():
            _check(document, node, moves, number)
        return
    highest = max(int(node.attributes["id"]) for node in holder.children)
    pieces = []
    for one in order:
        if one.old is None:
            highest += 1
            pieces.append(document.element("tableColumn", {"id": str(highest), "name": one.heading}))
        else:
            _check(document, standing[one.old], moves, one.old)
            pieces.append(document.raw(standing[one.old]))
    document.replace(holder, document.element("tableColumns", {"count": str(len(order))}, b"".join(pieces)))


def _check(document: XmlDocument, node: XmlNode, moves: FormulaMoves, number: int) -> None:
    """A column's own formula goes by headings; one that names cells by letters cannot be taken along unseen."""
    where = f"{moves.sheet}!{column_letters(number)}列"
    for formula in (child for child in node.children if child.name.endswith("Formula")):
        if moves.moved(formula.text, where, (number,)) != formula.text:
            raise CannotMoveError("这一列的表格公式按单元格地址引用别的列，请先改为按表头名称引用。", cell=where)
    _ = document
