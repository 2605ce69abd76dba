"""Word documents made from facts. Each is a pure function from values to the bytes of a .docx; a person issues it."""
