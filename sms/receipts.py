"""Receipts: polled until final or too old, only ever moving forward; an undelivered one may allow one more try."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sms.gateways.protocol import Gateway, GatewayError, Inconclusive, Receipt, Rejected, Remedy, ask
from sms.store.model import State, StoredMessage
from sms.store.store import Store
from sms.store.transitions import Moved, in_state, move

# Most receipts come within a minute; the networks give up after three days at the latest.
FIRST_POLL = timedelta(seconds=30)
LONGEST_POLL = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=72)
GIVE_UP_ASKING_AFTER = timedelta(days=7)
"""A gateway that has not answered for so long will not tell any more."""
ONE_MORE_TRY_AFTER = timedelta(minutes=30)
CLOCKS_DIFFER = timedelta(minutes=15)
"""Those of gateway and host, by so much at most."""

NOT_YET = Receipt(State.ACCEPTED)


def without_end() -> bool:
    """Whoever collects is never stopped."""
    return False


def collect(
    store: Store,
    ledger: str,
    clock: Callable[[], datetime],
    gateways: Sequence[Gateway],
    only: str | None = None,
    stopping: Callable[[], bool] = without_end,
) -> int:
    """Collect every receipt whose time has come; how many messages reached a final state. With ``only`` those of this
    gateway, and of such as are no longer set up.

    A gateway that does not answer is not asked again in this round, and once it is ``stopping`` nobody is: each message
    costs a request, and who stops cannot wait for thousands. What was not asked about keeps its turn.
    """
    by_name = {gateway.name: gateway for gateway in gateways}
    silent: set[str] = set()
    settled = 0
    for message in in_state(store, (ledger,), State.ACCEPTED, clock()):
        if stopping():
            break
        is_anothers = only not in (None, message.gateway) and message.gateway in by_name
        if is_anothers or message.gateway in silent:
            continue
        receipt = None
        try:
            receipt = _receipt(by_name.get(message.gateway), message)
        except Inconclusive:
            pass  # of this message alone: the others are asked about
        except GatewayError:
            silent.add(message.gateway)
        if stopping():  # meanwhile, and perhaps because the clock has leapt, by which 无回执 would be final
            break
        settled += _apply(store, message, receipt, clock(), [*by_name])
    return settled


def _receipt(gateway: Gateway | None, message: StoredMessage) -> Receipt:
    """A gateway that is no longer set up, or lacks this message, has none yet. Raises GatewayError."""
    if gateway is None or not message.ref:
        return NOT_YET
    try:
        return ask(gateway.receipt, message)
    except Rejected:
        return NOT_YET


def _apply(store: Store, message: StoredMessage, receipt: Receipt | None, now: datetime, names: list[str]) -> bool:
    state, values = _next(message, receipt, now, names)
    try:
        with store.write() as connection:
            move(connection, message, state, now, **values)
    except Moved:
        return False
    return state is not State.ACCEPTED


def _next(
    message: StoredMessage, receipt: Receipt | None, now: datetime, names: list[str]
) -> tuple[State, dict[str, Any]]:
    """Where the receipt takes an accepted message, and what becomes known of it."""
    age = now - (message.accepted_at or message.at)
    if receipt is None or receipt.state is State.ACCEPTED:
        if receipt and age >= GIVE_UP_AFTER:
            return State.EXPIRED, {"next_at": None, "explanation": "72小时内没有收到回执"}
        if age >= GIVE_UP_ASKING_AFTER:
            return State.EXPIRED, {"next_at": None, "explanation": "网关7天内没有答复，查不到回执"}
        return State.ACCEPTED, {"next_at": now + min(max(age, FIRST_POLL), LONGEST_POLL)}
    known = {"receipt_at": _received_at(message, receipt.at, now), "explanation": receipt.explanation, "next_at": None}
    again = _one_more_try(message, receipt.remedy, now, names) if receipt.state is State.UNDELIVERED else None
    return (State.PENDING, {**known, **again}) if again else (receipt.state, known)


def _received_at(message: StoredMessage, at: datetime | None, now: datetime) -> datetime:
    """When the receipt came; now where the gateway names no time, one before its SMS, or one that is still to come."""
    earliest = (message.submitted_at or message.at) - CLOCKS_DIFFER
    return at if at and earliest <= at <= now + CLOCKS_DIFFER else now


def _one_more_try(message: StoredMessage, remedy: Remedy, now: datetime, names: list[str]) -> dict[str, Any] | None:
    """A new round, once: the receipt is proof that nothing arrived. ``ref`` stays, so that a look-up of the new
    round does not take the old message for the new one.
    """
    if message.round or remedy is Remedy.NONE:
        return None
    fresh = {"round": 1, "first_submitted_at": None}
    if remedy is Remedy.LATER:
        return {**fresh, "next_at": now + ONE_MORE_TRY_AFTER}
    tried = (*message.tried, message.gateway)
    return {**fresh, "tried": tried} if set(names) - set(tried) else None
