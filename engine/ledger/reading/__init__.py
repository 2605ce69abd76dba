"""From a workbook's bytes to the Ledger: cells, headings, values, records, findings."""
