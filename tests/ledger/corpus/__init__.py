"""Workbooks of many kinds, built by code. ``expected.toml`` says what the patch must make of each."""
