"""The workbook that an office is given, built from the headings."""
