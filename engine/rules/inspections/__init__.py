"""一网三库 (SZ6): pools, teams and their checks. Pure."""
