"""The workbooks that people are given: built by ``python -m engine.sample``, carried in the package as they stand."""
