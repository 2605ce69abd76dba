"""Receipts and replies of many messages as they come in bad weather: early, late, doubled, replayed, forged, in any
order, while messages are still being sent and long after.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sms.gateways.protocol import Reply
from sms.inbound import ReplyMeaning, StatusReport
from sms.outbox import Outbox
from sms.store.model import State, StoredMessage
from tests.sms.conftest import LEDGER

STRANGER = "+8613900139000"
ANOTHER = "别的网关"
AFTER = timedelta(hours=200)
"""When all that has not come yet is posted: late enough for replies that count no more."""
_GONE = (State.ACCEPTED, State.DELIVERED, State.UNDELIVERED)
_WORD = {True: State.DELIVERED, False: State.UNDELIVERED, None: State.ACCEPTED}


@dataclass
class Mail:
    """What is posted about one batch, and what is true of it: which tokens were delivered or not, and which their own
    people acknowledged.
    """

    gateway: str
    random: Random
    delivered: dict[str, bool] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    posts: int = 0

    def come_early(self, outbox: Outbox, now: datetime) -> None:
        """Between two lives of the process: true receipts and replies of a few, and forgeries about any message, also
        one that is being sent, is in doubt, or has never left.
        """
        messages = [*outbox.messages(LEDGER)]
        for message in self.random.sample(messages, min(4, len(messages))):
            reports = [(self.gateway, one) for one in self._forged(message, now)]
            replies = [self._of_stranger(message, now)]
            if message.state is State.ACCEPTED and self.random.random() < 0.5:
                self.delivered[message.token] = self.random.random() < 0.9
                reports.append((self.gateway, self._true(message, now)))
            elif message.state is State.ACCEPTED and message.acknowledged_at is None:
                self.acknowledged.add(message.token)
                replies.append(Reply(f"own{message.token}", message.mobile, self._word(message.token), now))
            self._take_in(outbox, reports, replies, now)

    def come_late(self, outbox: Outbox, now: datetime) -> None:
        """All the rest, and what came before once more: everything twice, in any order."""
        reports: list[tuple[str, StatusReport]] = []
        replies: list[Reply] = []
        for message in outbox.messages(LEDGER, *_GONE):
            reports += self._reports_of(message)
            replies += self._replies_of(message)
        for _ in range(2):
            self.random.shuffle(reports)
            self.random.shuffle(replies)
            self._take_in(outbox, reports, replies, now)

    def wrong_receipts(self, messages: Iterable[StoredMessage]) -> int:
        """Messages that are not where their true receipt took them."""
        return sum(one.state is not _WORD[self.delivered.get(one.token)] for one in messages)

    def wrong_acknowledgements(self, messages: Iterable[StoredMessage]) -> int:
        """Messages that their people have not acknowledged and that count as acknowledged, and the reverse."""
        return sum((one.acknowledged_at is not None) != (one.token in self.acknowledged) for one in messages)

    def acknowledged_by_strangers(self, outbox: Outbox) -> int:
        """Acknowledgements on record that came from a number to which the message did not go."""
        mobiles = {one.id: one.mobile for one in outbox.messages(LEDGER)}
        found = outbox.replies(ReplyMeaning.ACKNOWLEDGED)
        return sum(mobiles.get(one.message_id) != one.mobile for one in found)

    def _take_in(
        self, outbox: Outbox, reports: list[tuple[str, StatusReport]], replies: list[Reply], now: datetime
    ) -> None:
        for name in (self.gateway, ANOTHER):
            outbox.record_reports(name, [one for of, one in reports if of == name], now)
        outbox.record_replies(self.gateway, replies, now)
        self.posts += len(reports) + len(replies)

    def _reports_of(self, message: StoredMessage) -> list[tuple[str, StatusReport]]:
        at = (message.accepted_at or message.at) + timedelta(minutes=self.random.uniform(0, 4000))
        kind = self.random.choice(("once", "doubled", "none"))
        found = self._forged(message, at)
        if kind != "none" or message.token in self.delivered:
            self.delivered.setdefault(message.token, self.random.random() < 0.9)
            found += [self._true(message, at)] * (2 if kind == "doubled" else 1)
        return [*((self.gateway, one) for one in found), (ANOTHER, self._true(message, at))]

    def _replies_of(self, message: StoredMessage) -> list[Reply]:
        sent, token = message.accepted_at or message.at, message.token
        stranger = self._of_stranger(message, sent + timedelta(minutes=5))
        kind = self.random.choice(("good", "doubled", "late", "words", "silent"))
        if kind == "silent":
            return [stranger]
        late = self.random.uniform(72 * 60 + 1, 190 * 60)
        minutes = late if kind == "late" else self.random.uniform(1, 72 * 60 - 1)
        text = "再说吧" if kind == "words" else self._word(token)
        if kind in ("good", "doubled"):
            self.acknowledged.add(token)
        own = Reply(f"late{token}", message.mobile, text, sent + timedelta(minutes=minutes))
        return [stranger, *[own] * (2 if kind == "doubled" else 1)]

    def _true(self, message: StoredMessage, at: datetime) -> StatusReport:
        return StatusReport(message.ref, message.mobile, self.delivered.get(message.token, True), at, "MK:0001")

    def _forged(self, message: StoredMessage, at: datetime) -> list[StatusReport]:
        """By a stranger's number; before the message was sent; of a reference that nobody gave; and without one."""
        lie, ref, early = self.random.random() < 0.5, message.ref or message.id, message.at - timedelta(hours=1)
        return [
            StatusReport(ref, STRANGER, lie, at, "forged"),
            StatusReport(ref, message.mobile, lie, early, "forged"),
            StatusReport(f"x{ref}", message.mobile, lie, at, "forged"),
            StatusReport("", message.mobile, lie, at, "forged"),
        ]

    def _of_stranger(self, message: StoredMessage, at: datetime) -> Reply:
        return Reply(f"alien{message.token}", STRANGER, f"收到 编号{message.token}", at)

    def _word(self, token: str) -> str:
        return self.random.choice(("收到", "1", token, f"收到 编号{token}"))
