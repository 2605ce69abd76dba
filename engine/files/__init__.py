"""Files that we make: whole or not at all, under names that every system takes."""
