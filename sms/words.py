"""The words that a message may carry: a text of a policy may name these, a registered template may ask for these."""

from typing import Literal

# Number, node, time, contact (reading 25); the matter's text is not among them.
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
