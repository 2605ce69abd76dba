"""A collapse of receipts, or none delivered from the first on: a signature that a carrier blocks shows only in
receipts, one SMS at a time, under other codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sms.gateways.protocol import Gateway
from sms.health import resumed_at, stop
from sms.store.model import State
from sms.store.store import Store
from sms.store.tables import MESSAGES

LAST = 50
FIRST = 10
"""So many final receipts without one delivered, since the gateway came into use: its signature reaches no carrier."""
PAST = 500
FELL = 0.2
"""So much less delivered than before is told, also where it is no reason to stop."""
_FINAL = (State.DELIVERED, State.UNDELIVERED)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The share delivered among a gateway's last ``count`` final receipts, and among those before them (``None``: too
    few).
    """

    count: int
    last: float
    past: float | None


def delivered(store: Store, gateway: str, since: datetime | None) -> Delivered | None:
    """How receipts of a gateway stand, those from ``since`` on; ``None`` while there are too few to decide: fewer than
    50, or than 10 of which none was delivered.
    """
    final = (
        MESSAGES.c.gateway == gateway,
        MESSAGES.c.state.in_(_FINAL),
        MESSAGES.c.receipt_at >= (since or datetime.min),
    )
    newest = select(MESSAGES.c.state).where(*final).order_by(MESSAGES.c.receipt_at.desc()).limit(LAST + PAST)
    with store.read() as connection:
        states = [*connection.scalars(newest)]
    if len(states) < LAST:
        none_at_all = len(states) >= FIRST and State.DELIVERED not in states
        return Delivered(len(states), 0.0, None) if none_at_all else None
    last, past = states[:LAST], states[LAST:]
    return Delivered(LAST, _share(last), _share(past) if len(past) >= LAST else None)


def delivered_now(store: Store, gateway: Gateway) -> Delivered | None:
    """How a gateway's receipts stand since a person last let it go on."""
    return delivered(store, gateway.name, resumed_at(store, gateway.name)[1])


def stop_collapsed(store: Store, gateways: Sequence[Gateway], now: datetime) -> list[str]:
    """Stop the gateways of whose last 50 SMS fewer were delivered than the set-up allows; the sentences to report."""
    sentences: list[str] = []
    for gateway in gateways:
        stopped, since = resumed_at(store, gateway.name)
        found = None if stopped else delivered(store, gateway.name, since)
        if found is None or found.last >= gateway.limits.least_delivered:
            continue
        before = "" if found.past is None else f"，此前为{found.past:.0%}"
        share = f"只送达{found.last:.0%}" if found.last else "一条也没有送达"
        reason = f"最近{found.count}条{share}{before}，签名或模板可能被运营商拦截"
        stop(store, gateway.name, now, reason)
        sentences.append(
            f"短信网关“{gateway.name}”已停用：{reason}。请向服务商核实签名报备，再运行 duban outbox retry 恢复。"
        )
    return sentences


def _share(states: Sequence[str]) -> float:
    return sum(state == State.DELIVERED for state in states) / len(states)
