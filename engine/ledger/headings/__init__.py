"""Sheets and headings: the contract with the office, and findings in its words."""
