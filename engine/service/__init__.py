"""One host: its configuration, its journal, one pass, the scheduler, adoption, doctor."""
