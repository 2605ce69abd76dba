"""The circuit breaker: a pass that would send far more than an ordinary day calls for sends nothing (sms: 待放行)."""

from collections import Counter
from collections.abc import Sequence

from engine.facts.message import Message
from engine.policy.limits import MESSAGES_PER_NUMBER, MESSAGES_PER_PASS


def excess(messages: Sequence[Message]) -> str | None:
    """Why these must not go out without a person's ``release``; ``None`` if they may.

    Counted by the number of the person meant, also in a trial, where all go to one number.
    """
    if len(messages) > MESSAGES_PER_PASS:
        return f"本轮应发短信 {len(messages)} 条，超过一轮 {MESSAGES_PER_PASS} 条的上限"
    by_number = Counter(message.to.mobile for message in messages)
    most = max(by_number.values(), default=0)
    if most > MESSAGES_PER_NUMBER:
        unit = next(message.to.unit for message in messages if by_number[message.to.mobile] == most)
        return f"本轮应发给“{unit}”同一号码的短信 {most} 条，超过 {MESSAGES_PER_NUMBER} 条的上限"
    return None
