"""Receipts and replies of many messages as they come in bad weather: late, doubled, replayed, forged, in any order."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sms.gateways.protocol import Reply
from sms.inbound import StatusReport
from sms.outbox import Outbox
from sms.store.model import State, StoredMessage

STRANGER = "+8613900139000"
AFTER = timedelta(hours=200)
"""When everything is posted: late enough for replies that count no more."""


@dataclass
class Posts:
    """What is posted, and what is true: which tokens were delivered or not, and which their own people acknowledged."""

    reports: list[tuple[str, StatusReport]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    delivered: dict[str, bool] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)


def posts_of(messages: Iterable[StoredMessage], gateway: str, random: Random) -> Posts:
    """For each message a true receipt or none, a reply or none, and what strangers and a careless provider add."""
    found = Posts()
    for message in messages:
        _receipt(found, message, gateway, random)
        _reply(found, message, random)
    random.shuffle(found.reports)
    random.shuffle(found.replies)
    return found


def _receipt(found: Posts, message: StoredMessage, gateway: str, random: Random) -> None:
    sent = message.accepted_at or message.at
    at = sent + timedelta(minutes=random.uniform(0, 4000))
    delivered = random.random() < 0.9
    true = StatusReport(message.ref, message.mobile, delivered, at, "MK:0001")
    kind = random.choice(("once", "doubled", "none"))
    if kind != "none":
        found.delivered[message.token] = delivered
        found.reports += [(gateway, true)] * (2 if kind == "doubled" else 1)
    forged = StatusReport(message.ref, STRANGER, not delivered, at, "forged")
    early = StatusReport(message.ref, message.mobile, not delivered, sent - timedelta(hours=1), "forged")
    unknown = StatusReport(f"x{message.ref}", message.mobile, not delivered, at, "forged")
    found.reports += [(gateway, forged), (gateway, early), (gateway, unknown), ("别的网关", true)]


def _reply(found: Posts, message: StoredMessage, random: Random) -> None:
    sent, token = message.accepted_at or message.at, message.token
    kind = random.choice(("good", "doubled", "late", "words", "silent"))
    minutes = random.uniform(72 * 60 + 1, 190 * 60) if kind == "late" else random.uniform(1, 72 * 60 - 1)
    text = "再说吧" if kind == "words" else random.choice(("收到", "1", token, f"收到 编号{token}"))
    own = Reply(f"own{token}", message.mobile, text, sent + timedelta(minutes=minutes))
    if kind != "silent":
        found.replies += [own] * (2 if kind == "doubled" else 1)
    if kind in ("good", "doubled"):
        found.acknowledged.add(token)
    found.replies.append(Reply(f"alien{token}", STRANGER, f"收到 编号{token}", sent + timedelta(minutes=5)))


def take_in(outbox: Outbox, posts: Posts, gateway: str, now: datetime, random: Random) -> None:
    """Everything twice, in parts, each time through the same doors as the receiver uses."""
    for _ in range(2):
        for name in (gateway, "别的网关"):
            outbox.record_reports(name, [one for of, one in posts.reports if of == name], now)
        outbox.record_replies(gateway, posts.replies, now)
        random.shuffle(posts.replies)


def wrong_receipts(messages: Iterable[StoredMessage], posts: Posts) -> int:
    """Messages that are not where their true receipt took them."""
    word = {True: State.DELIVERED, False: State.UNDELIVERED, None: State.ACCEPTED}
    return sum(one.state is not word[posts.delivered.get(one.token)] for one in messages)


def wrong_acknowledgements(messages: Iterable[StoredMessage], posts: Posts) -> int:
    """Messages acknowledged by whom they did not go to, or not although by whom they went to."""
    return sum((one.acknowledged_at is not None) != (one.token in posts.acknowledged) for one in messages)
