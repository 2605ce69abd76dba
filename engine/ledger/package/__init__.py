"""The workbook as a package of zip members and XML parts: one reader of it, with one set of limits, for all."""
