"""The sample ledgers: real kinds of matters, artificial people, in every state that the regulations know.

``python -m engine.sample`` builds every file in ``workbook/``. The facts stand in the TOML files beside this one.
"""

from datetime import datetime

# Every state of the samples is relative to this evening (a Tuesday), when the demonstration begins.
DEMO_NOW = datetime(2026, 11, 17, 20, 0)
