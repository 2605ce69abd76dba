"""The edges: old ledgers and minutes as they stand on a disk, the review workbook, the saved mapping."""
