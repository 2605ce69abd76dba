"""The surgical patch: cells and rows go into a workbook, and every byte that need not change stays as it was.

The way of a patch: ``zip_source`` opens the file, ``package`` finds sheets and tables, ``scan`` reads a sheet once and
keeps only the rows concerned, ``plan`` decides every cell or refuses, ``splice`` and ``zip_target`` write.
"""
