"""The law as text: articles, readings, and what cites them."""
