"""The workbooks that people are given, built by ``python -m engine.sample`` and carried in the package as they stand."""
