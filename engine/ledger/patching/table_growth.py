"""A table that takes in the rows below it."""

from engine.ledger.package.addresses import parse_range
from engine.ledger.package.small_xml import with_attribute
from engine.ledger.package.tables import WorkbookTable


def extended(table: WorkbookTable, last_row: int) -> bytes:
    """The table's part with ``ref`` and the filter's ``ref`` reaching to ``last_row``; for one without a totals row."""
    data = table.data
    for element in (table.filter, table.root):
        if element and "ref" in element.attributes:
            area = parse_range(element.attributes["ref"], table.part)
            data = with_attribute(data, element, "ref", str(area._replace(last_row=last_row)), table.part)
    return data
