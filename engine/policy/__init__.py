"""The numbers, dates, lists and wordings of the law, as data with clause and reading."""
