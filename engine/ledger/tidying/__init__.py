"""An old 督办台账 brought into the new order of its columns, by moving bytes: nothing that people added is lost.

``new_order`` decides where each column goes, ``formula_moves`` follows the references to it, ``sheet_rows`` and the
others move one part each, ``tidy`` puts them together.
"""
