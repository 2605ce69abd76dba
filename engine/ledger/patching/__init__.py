"""The surgical patch: cells and rows go into a workbook, and every byte that need not change stays as it was.

The steps of a patch: ``open_workbook`` opens the file and finds sheets and tables, ``scan`` reads a sheet once and
keeps only the rows concerned, ``sheet_plan`` decides every cell or refuses, ``splice`` and ``zip_target`` write.
"""
