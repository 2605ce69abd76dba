"""What each source row becomes, how sure that is, and where every cell went. Pure."""
