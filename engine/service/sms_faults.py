"""An SMS fault is not the unit's fault: late reports whose reminders or urging provably did not arrive are marked."""

from collections.abc import Iterable, Iterator, Mapping

from engine.facts.message import ObligationKey
from engine.facts.points import PointEntry, PointKind
from sms.outbox import Outbox
from sms.store.model import STATE_WORD, State

MARK = "短信未送达，核实后可在积分剔除中登记"
_FAILED = frozenset({STATE_WORD[State.FAILED], STATE_WORD[State.UNDELIVERED]})


def sms_faults(entries: Iterable[PointEntry], outbox: Outbox, ledger_id: str) -> frozenset[PointEntry]:
    """The late reports among ``entries`` for which an SMS to the unit failed or was not delivered."""
    late = _late(entries)
    matters = {entry.matter for entry in late}
    return faults_on_record(late, {key: word for one in matters for key, word in _outcomes(outbox, ledger_id, one)})


def faults_on_record(entries: Iterable[PointEntry], outcomes: Mapping[ObligationKey, str]) -> frozenset[PointEntry]:
    """The same, by what became of each obligation in the words of 短信记录."""
    failed = {(key.matter, key.unit, _cause(key)) for key, word in outcomes.items() if word in _FAILED}
    return frozenset(entry for entry in _late(entries) if (entry.matter, entry.unit, entry.cause) in failed)


def _late(entries: Iterable[PointEntry]) -> list[PointEntry]:
    return [entry for entry in entries if entry.kind is PointKind.LATE_REPORT]


def _outcomes(outbox: Outbox, ledger_id: str, matter: str) -> Iterator[tuple[ObligationKey, str]]:
    for key, word in outbox.outcomes(ledger_id, matter).items():
        yield ObligationKey(*key), word


def _cause(key: ObligationKey) -> str:
    return f"{key.duty} {key.period} {key.ordinal}"
