"""Makes Excel calculate a workbook anew when it next opens it."""

from engine.ledger.package.small_xml import Element, with_attribute
from engine.ledger.package.workbook_parts import TRUE, WorkbookParts


def recalculated(parts: WorkbookParts) -> bytes | None:
    """The workbook part with ``fullCalcOnLoad`` set, ``None`` where it is set already."""
    found = parts.workbook_elements
    properties = [element for element in found if element.name == "calcPr" and element.depth == 1]
    if properties:
        if properties[0].attributes.get("fullCalcOnLoad") in TRUE:
            return None
        return with_attribute(parts.workbook, properties[0], "fullCalcOnLoad", "1", parts.workbook_part)
    return _insert_calculation(parts.workbook, found)


# calcPr stands after these children of workbook, in the order of the schema.
_BEFORE_CALCULATION = frozenset(
    (
        *("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups"),
        *("externalReferences", "definedNames"),
    )
)


def _insert_calculation(data: bytes, found: list[Element]) -> bytes:
    children = [element for element in found if element.depth == 1]
    after = [element for element in children if element.name not in _BEFORE_CALCULATION]
    prefix, colon, _ = data[found[0].start + 1 :].partition(b"workbook")[0].partition(b":")
    lead = prefix + colon
    at = after[0].start if after else data.rindex(b"</" + lead + b"workbook")
    return data[:at] + b"<" + lead + b'calcPr fullCalcOnLoad="1"/>' + data[at:]
