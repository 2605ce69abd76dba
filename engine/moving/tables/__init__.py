"""Old ledgers as tables: grids of cells, where the tables stand, what their columns and rows are. Pure."""
