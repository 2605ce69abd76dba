"""Every check of a row, of records and of their order, one function a paragraph of the law. Pure."""
