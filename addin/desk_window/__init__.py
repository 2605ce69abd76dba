"""``duban desk``: the ledger in a window of its own, with the ribbon's buttons, for PCs without a ribbon."""
