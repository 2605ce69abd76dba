"""How much a workbook may hold before it is no ledger: engineering limits, no clause. One set for all who read it.

The largest ledger that is measured (100,000 matters) stays below a quarter of each.
"""

MOST_PARTS = 20_000
"""Members of the zip file."""
MOST_BYTES = 1 << 30
"""Bytes of all parts together, unpacked."""
MOST_RATIO, RATIO_FREE = 400, 32 << 20
"""Sheets of blank formatted rows pack 100:1; past 400:1 and 32 MiB no person typed it."""
MOST_SMALL_XML = 16 << 20
"""Bytes of a part that is read whole: relationships, the workbook's directory, a table, the styles."""
MOST_ELEMENTS = 500_000
"""Elements of such a part."""
MOST_DEPTH = 256
"""Elements within each other. The schema needs a dozen, extensions some more."""
MOST_CELLS = 12_000_000
"""Cells with content of one sheet, and cells of the rectangle in which they are kept."""
MOST_ROWS = 200_000
"""Rows of one sheet of facts: each becomes a value that every pass keeps and judges. Twice the largest measured."""
MOST_STRINGS = 256 << 20
"""Bytes of the shared strings, which are held as a whole while a sheet is read."""
MOST_REPEATED_TEXT = 256 << 20
"""Bytes that a sheet's shared strings come to if every cell gets a copy of its own."""
