"""An SMS fault is not the unit's fault: late reports whose reminders or urging provably did not arrive are marked."""

from collections.abc import Iterable

from engine.facts.message import ObligationKey
from engine.facts.points import PointEntry, PointKind
from sms.model import STATE_WORD, State
from sms.outbox import Outbox

MARK = "短信未送达，核实后可在积分剔除中登记"
_FAILED = frozenset({STATE_WORD[State.FAILED], STATE_WORD[State.UNDELIVERED]})


def sms_faults(entries: Iterable[PointEntry], outbox: Outbox, ledger_id: str) -> frozenset[PointEntry]:
    """The late reports among ``entries`` for which an SMS to the unit failed or was not delivered."""
    late = [entry for entry in entries if entry.kind is PointKind.LATE_REPORT]
    found: set[PointEntry] = set()
    for matter in sorted({entry.matter for entry in late}):
        known = outbox.outcomes(ledger_id, matter).items()
        failed = {_duty(ObligationKey(*key)) for key, word in known if word in _FAILED}
        found.update(entry for entry in late if entry.matter == matter and (entry.unit, entry.cause) in failed)
    return frozenset(found)


def _duty(key: ObligationKey) -> tuple[str, str]:
    return key.unit, f"{key.duty} {key.period} {key.ordinal}"
