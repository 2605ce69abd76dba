"""Published points: what is frozen, what is corrected, sums and ranks. Pure."""
