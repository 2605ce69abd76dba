"""The outbox: what a pass claims is sent exactly once, and each message's fate is kept as evidence.

    pending → submitting → accepted → delivered | undelivered | expired (until a report comes after all)
    submitting + {crash, timeout, reset, 5xx} → unknown → found → accepted
    unknown + absent three times over the grace → pending; nobody can say → needs_human (待人工)
    certainly refused → another gateway, or failed;  no longer owed when its turn comes → missed (错过未发)

The parts: ``claim`` makes messages, ``transitions`` moves them, ``sender`` sends, ``receipts`` follows up, ``history``
answers a pass, ``log`` feeds the book, ``rebuild`` learns from it. All of it stands in one store (``store``), which may
hold several ledgers: a SQLite file, or a database that several hosts share.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from random import Random
from secrets import SystemRandom
from typing import Any

from sqlalchemy import func, select

from sms import collapse, health, inbound, receipts
from sms.gateways.protocol import Gateway, Meaning, Reply
from sms.numbers import mask_mobile
from sms.pulled import PulledReplies
from sms.sender import FULL, Ledgers, OneLedger, Sender, StillOwed
from sms.store import claim, flow, handlings, history, log, opening, rebuild
from sms.store.codes import Code, all_codes, answer
from sms.store.handlings import Act, Handling
from sms.store.history import History, ObligationKey
from sms.store.location import Location
from sms.store.model import STATE_WORD, DutyRef, MissedCover, Outgoing, SendReport, SmsError, State, StoredMessage
from sms.store.tables import MESSAGES
from sms.store.transitions import by_id, by_ids, has_work, in_state, move, next_due


class Outbox:
    """One store's outbox. Safe to open in several processes; on a SQLite file only one of them sends at a time.

    ``host`` is the name under which what this process does is recorded.

    Raises:
        SmsError: the store cannot be used.
    """

    def __init__(self, location: Location, host: str = "") -> None:
        self.store = opening.open_store(location)
        self.store.host = host
        self._pulled = PulledReplies(self.store)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def claim(
        self,
        ledger: str,
        outgoing: Sequence[Outgoing],
        missed: Sequence[MissedCover],
        settled: Mapping[DutyRef, datetime],
        at: datetime,
    ) -> list[str]:
        """Record all of a pass in one transaction; the ids of the messages made. Keys already present are skipped."""
        return claim.claim(self.store, ledger, outgoing, missed, settled, at)

    def send(
        self,
        ledger: str,
        clock: Callable[[], datetime],
        gateways: Sequence[Gateway],
        still_owed: StillOwed,
        *,
        refuse_network: bool = False,
        wait: Callable[[float], None] = time.sleep,
    ) -> SendReport:
        """Settle what is open of one ledger and send what is due. ``still_owed`` is called at the moment of sending;
        what is not owed is recorded as 错过未发. ``gateways`` stand in order of preference. ``clock`` is office time
        with seconds.

        Raises:
            SenderBusy: another process is sending.
            SmsError: a network gateway for a ledger with 演示=是 (``refuse_network``).
        """
        if refuse_network and any(gateway.network for gateway in gateways):
            raise SmsError("演示台账不能使用真实短信网关，请在配置中改用本机网关，或将参数设置“演示”改为否。")
        return self.send_for(OneLedger(ledger, still_owed), clock, gateways, wait=wait)

    def send_for(
        self,
        ledgers: Ledgers,
        clock: Callable[[], datetime],
        gateways: Sequence[Gateway],
        *,
        wait: Callable[[float], None] = time.sleep,
        random: Random | None = None,
    ) -> SendReport:
        """The same for several ledgers at once, what is urgent in any of them first.

        Raises:
            SenderBusy: another process is sending.
        """
        with self.store.sole_sender():
            return Sender(self.store, ledgers, clock, gateways, wait, random or SystemRandom()).run()

    def has_work(self, ledgers: Collection[str], now: datetime) -> bool:
        """Whether a call of ``send_for`` would find something to do now."""
        return has_work(self.store, ledgers, now)

    def next_turn(self, ledger: str, after: datetime, *states: State) -> datetime | None:
        """When, after this time, the next message of this ledger in one of these states has its turn."""
        return next_due(self.store, (ledger,), after, states)

    def collect_receipts(
        self,
        ledger: str,
        clock: Callable[[], datetime],
        gateways: Sequence[Gateway],
        only: str | None = None,
        stopping: Callable[[], bool] = receipts.without_end,
    ) -> int:
        """Poll receipts whose time has come, as ``receipts.collect``; how many messages reached a final state."""
        return receipts.collect(self.store, ledger, clock, gateways, only, stopping)

    def record_reports(
        self, gateway: str, reports: Iterable[inbound.StatusReport], now: datetime, *, by_number: bool = False
    ) -> Counter[str]:
        """Record status reports that were pushed or imported; how many messages moved, by ledger. ``by_number``: of a
        gateway that cannot be asked, whose reports may settle what is in doubt.
        """
        return inbound.record_reports(self.store, gateway, reports, now, by_number=by_number)

    def record_replies(self, gateway: str, replies: Iterable[Reply], now: datetime) -> Counter[str]:
        """Record the replies of people; how many were acknowledgements (签收), by ledger."""
        return inbound.record_replies(self.store, gateway, replies, now)

    def collect_replies(self, clock: Callable[[], datetime], gateways: Sequence[Gateway]) -> Counter[str]:
        """Collect replies from the gateways that keep them; how many were acknowledgements, by ledger."""
        return self._pulled.collect(gateways, clock())

    def replies(self, *meanings: inbound.ReplyMeaning, ledger: str | None = None) -> list[inbound.StoredReply]:
        """Replies on record, oldest first; with ``ledger`` those to its SMS."""
        return inbound.replies(self.store, *meanings, ledger=ledger)

    def mark_reply_read(self, identity: str, now: datetime) -> bool:
        """Record that a person has read a reply; whether it was unread."""
        return inbound.mark_read(self.store, identity, now)

    def history(self, ledger: str) -> History:
        """What a pass needs to know of the past."""
        return History(self.store, ledger)

    def outcomes(self, ledger: str, matter: str) -> dict[ObligationKey, str]:
        """What became of every obligation of one matter, in words; keys without the ledger."""
        return history.outcomes(self.store, ledger, matter)

    def lives(self, ledger: str, matter: str) -> list[dict[str, Any]]:
        """The life of every SMS obligation of one matter, oldest first; numbers masked."""
        return history.lives(self.store, ledger, matter)

    def log_rows(self, ledger: str, matter: str | None = None) -> Iterator[dict[str, Any]]:
        """Rows for 短信记录 (fields of its columns) that are new or changed since ``confirm_log``; with ``matter`` all
        of that matter.
        """
        return log.log_rows(self.store, ledger, matter)

    def sent_since(self, ledger: str, since: datetime, states: Collection[State]) -> Iterator[log.SentRow]:
        """What fell due from ``since`` on and stands in one of ``states``, an obligation each."""
        return log.sent_since(self.store, ledger, since, states)

    def standing_since(self, ledger: str, since: datetime, states: Collection[State]) -> log.Standing:
        """What ``sent_since`` gives is the same as long as this is the same."""
        return log.standing_since(self.store, ledger, since, states)

    def confirm_log(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """The book holds these rows now."""
        log.confirm_log(self.store, rows)

    def restore_rows(self, ledger: str, standing: Mapping[str, str], since: datetime) -> int:
        """The book went back to an older copy, which shows ``standing`` (number → state): rows of the time from
        ``since`` on that it lacks come among ``log_rows`` again; how many.
        """
        return log.restore_rows(self.store, ledger, standing, since)

    def count_unrecorded(self, ledger: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """How many SMS the rows of 短信记录 record that this store lacks: it is older than the book."""
        return rebuild.count_unrecorded(self.store, ledger, rows)

    def rebuild(
        self,
        ledger: str,
        rows: Iterable[Mapping[str, Any]],
        at: datetime,
        urging_kinds: Collection[str] = rebuild.URGING_KINDS,
    ) -> int:
        """Keys, settlements and tallies from 短信记录 after the journal was lost; how many keys were new. What waited
        to be sent is given up.
        """
        return rebuild.rebuild(self.store, ledger, rows, at, urging_kinds)

    def messages(self, ledger: str, *states: State) -> Iterator[StoredMessage]:
        """Messages in these states (all, if none is named), oldest first within each state."""
        for state in states or tuple(State):
            yield from in_state(self.store, (ledger,), state)

    def counts(self, ledger: str, *states: State) -> Counter[State]:
        """How many messages of a ledger are in each of these states."""
        return flow.counts(self.store, ledger, states)

    def count(self, ledger: str, *states: State) -> int:
        """How many messages of a ledger are in these states."""
        return self.counts(ledger, *states).total()

    def message(self, identity: str) -> StoredMessage | None:
        """The message of this id or covering the row of this 短信编号."""
        with self.store.read() as connection:
            return by_id(connection, identity)

    def messages_of(self, ids: Iterable[str]) -> list[StoredMessage]:
        """The messages of these ids that there are, each once, in the order of the ids."""
        return by_ids(self.store, ids)

    def resolve(self, identity: str, now: datetime, *, sent: bool, by: str) -> StoredMessage:
        """Settle, for the person ``by``, a message of state 待人工: it was sent (when it was submitted), or it was not
        and may be sent if still owed.

        Raises:
            SmsError: no such message, or it needs nobody.
        """
        if sent:
            message = self.message(identity)
            at, mark = (message.submitted_at, message.out_id) if message else (None, "")  # some tell receipts by it
            known = {"accepted_at": at or now, "ref": mark, "next_at": None, "explanation": "人工确认已发出"}
            return self._by_hand(identity, {State.NEEDS_HUMAN}, State.ACCEPTED, Handling(now, by, Act.SENT), known)
        again = {"next_at": None, "explanation": "人工确认未发出，重新发送"}
        return self._by_hand(identity, {State.NEEDS_HUMAN}, State.PENDING, Handling(now, by, Act.NOT_SENT), again)

    def retry(self, identity: str, now: datetime, mobile: str | None = None, *, by: str) -> StoredMessage:
        """Send again, for the person ``by``, a message that certainly did not arrive, to ``mobile`` if the number has
        been corrected. It is sent only if still owed.

        Raises:
            SmsError: no such message, it may have arrived, or its full number is lost with the old journal.
        """
        message = self.message(identity)
        values: dict[str, Any] = {
            "mobile": mobile or (message.mobile if message else ""),
            "round": message.round + 1 if message else 0,
            "tried": (),
            "first_submitted_at": None,
            "next_at": None,
            "explanation": "人工要求重新发送",
        }
        handling = Handling(now, by, Act.AGAIN)
        return self._by_hand(identity, {State.FAILED, State.UNDELIVERED}, State.PENDING, handling, values)

    def resume_gateways(self, name: str | None = None, now: datetime | None = None) -> list[str]:
        """Resume ``name``, or every gateway, after a person has mended the set-up; those that were stopped."""
        return health.resume(self.store, name, now)

    def stop_collapsed(self, clock: Callable[[], datetime], gateways: Sequence[Gateway]) -> list[str]:
        """Stop gateways whose receipts have collapsed; the sentences to report."""
        return collapse.stop_collapsed(self.store, gateways, clock())

    def gateway_conditions(self) -> list[health.Condition]:
        """Gateways that are stopped or failing, with the reason."""
        return health.conditions(self.store)

    def full_numbers(self) -> Counter[str]:
        """Messages that wait because their number has had its share of 24 hours, by masked number."""
        waiting = (MESSAGES.c.state == State.PENDING, MESSAGES.c.explanation == FULL)
        counted = select(MESSAGES.c.mobile, func.count()).where(*waiting).group_by(MESSAGES.c.mobile)
        with self.store.read() as connection:
            return Counter({mask_mobile(mobile): count for mobile, count in connection.execute(counted)})

    def codes(self) -> list[Code]:
        """Codes of gateways that no table knows, as they were met."""
        return all_codes(self.store)

    def answer_code(self, gateway: str, code: str, meaning: Meaning) -> None:
        """Record what such a code means, by a person. Raises SmsError for one that was never met."""
        answer(self.store, gateway, code, meaning)

    def tally(self, ledger: str, since: datetime) -> Counter[State]:
        """How many messages came into each state since then (晨报); obligations missed without one count as missed."""
        return flow.tally(self.store, ledger, since)

    def _by_hand(
        self, identity: str, allowed: set[State], state: State, handling: Handling, values: dict[str, Any]
    ) -> StoredMessage:
        with self.store.write() as connection:
            message = by_id(connection, identity, to_move=True)
            if message is None:
                raise SmsError(f"没有编号为 {identity} 的短信。")
            if message.state not in allowed:
                raise SmsError(f"短信 {identity} 现为“{STATE_WORD[message.state]}”，不能这样处理。")
            if state is State.PENDING and "*" in values.get("mobile", message.mobile):
                raise SmsError(f"短信 {identity} 由短信记录恢复，没有完整号码，不能重发。")
            handlings.record(connection, message.id, handling)
            return move(connection, message, state, handling.at, **values)
