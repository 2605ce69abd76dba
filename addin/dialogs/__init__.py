"""Small windows in front of Excel: forms to fill in, lists to read, questions to answer. Keyboard alone suffices."""
