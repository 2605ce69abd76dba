"""The workbook as a file beside people who edit it: snapshots, swap, backups, pending differences."""
