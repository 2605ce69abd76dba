"""The ribbon in Excel: the only room that knows xlwings."""
