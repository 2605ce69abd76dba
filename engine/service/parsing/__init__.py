"""Parsing workbooks in a process of its own, whose death or hunger harms nobody else."""
