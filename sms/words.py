"""The words that a message may carry: a text of a policy may name these, a registered template may ask for these."""

from collections.abc import Mapping
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

WORD_MEANING: Mapping[str, str] = {
    "signature": "签名",
    "number": "事项的编号",
    "node": "节点",
    "due": "期限",
    "count": "第几次",
    "hours": "逾期几小时",
    "days": "天数",
    "unit": "单位",
    "phone": "联系电话",
    "total": "共几项",
    "period": "期次",
    "summary": "晨报：短信",
    "matters": "晨报：事项",
    "token": "编号",
}
"""Each word as people call it."""
