"""Makes 督办.xlam on any machine, without Excel, from the text sources beside it."""
