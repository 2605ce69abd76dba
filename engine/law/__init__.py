"""The law as people read it, and the pages of docs that are generated from the code."""
