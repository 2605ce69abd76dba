"""The workbook as a ledger: its columns, its template, reading it, and writing the few cells that must change."""
