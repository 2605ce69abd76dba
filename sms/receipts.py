"""Receipts: polled until final or too old, only ever moving forward; an undelivered one may allow one more try."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sms.gateways.protocol import Gateway, GatewayError, Receipt, Rejected, Remedy, ask
from sms.store.model import State, StoredMessage
from sms.store.store import Store
from sms.store.transitions import Moved, in_state, move

# Most receipts come within a minute; the networks give up after three days at the latest.
FIRST_POLL = timedelta(seconds=30)
LONGEST_POLL = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=72)
ONE_MORE_TRY_AFTER = timedelta(minutes=30)


def collect(
    store: Store, ledger: str, clock: Callable[[], datetime], gateways: Sequence[Gateway], only: str | None = None
) -> int:
    """Collect every receipt whose time has come; how many messages reached a final state. With ``only`` those of this
    gateway, and of such as are no longer set up.
    """
    by_name = {gateway.name: gateway for gateway in gateways}
    silent: set[str] = set()
    settled = 0
    for message in in_state(store, (ledger,), State.ACCEPTED, clock()):
        if only not in (None, message.gateway) and message.gateway in by_name:
            continue
        gateway = by_name.get(message.gateway)
        if gateway is None or not message.ref or gateway.name in silent:
            receipt = None
        else:
            receipt = _ask(gateway, message, silent)
        settled += _apply(store, message, receipt, clock(), [*by_name])
    return settled


def _ask(gateway: Gateway, message: StoredMessage, silent: set[str]) -> Receipt | None:
    """``None`` where no answer could be had: after one fault the gateway is not used again in this round, unless it
    only lacks this message.
    """
    try:
        return ask(gateway.receipt, message)
    except GatewayError as fault:
        if not isinstance(fault, Rejected):
            silent.add(gateway.name)
        return None


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
        if age >= GIVE_UP_AFTER:
            return State.EXPIRED, {"next_at": None, "explanation": "72小时内没有收到回执"}
        return State.ACCEPTED, {"next_at": now + min(max(age, FIRST_POLL), LONGEST_POLL)}
    known = {"receipt_at": receipt.at or now, "explanation": receipt.explanation, "next_at": None}
    again = _one_more_try(message, receipt.remedy, now, names) if receipt.state is State.UNDELIVERED else None
    return (State.PENDING, {**known, **again}) if again else (receipt.state, known)


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
