"""The words that a message may carry: a text of a policy may name these, a registered template may ask for these."""

from typing import Literal

# What a message may say (reading 25): number, node, time, contact. The matter's text is not among them.
MessageWord = Literal[
    "signature",
    "number",
    "node",
    "due",
    "count",
    "hours",
    "days",
    "unit",
    "phone",
    "total",
    "period",
    "summary",
    "matters",
    "token",
]
