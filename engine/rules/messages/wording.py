"""The words of an SMS, from the policy's templates: number, node, time, contact, never the content (reading 25)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.facts.duty_kinds import period_in_words
from engine.facts.kinds import MessageKind
from engine.facts.message import Obligation, ObligationKey
from engine.facts.printable import printable
from engine.facts.settings import Settings
from engine.policy.policy import Policy

# No 0/O, 1/I/L: people read these six characters to each other on the phone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 6
DIGEST_TEXT = "汇总"


def token(ledger_id: str, keys: Iterable[ObligationKey]) -> str:
    """The fixed-length mark by which a message is looked up at a gateway; the same for the same keys."""
    parts = sorted("|".join(map(str, key)) for key in keys)
    value = int.from_bytes(hashlib.sha256("\n".join([ledger_id, *parts]).encode()).digest()[:8], "big")
    letters = []
    for _ in range(_LENGTH):
        value, index = divmod(value, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)


@dataclass(frozen=True, slots=True)
class Wording:
    """The finished text, the name of its template in the policy, and the words that filled it."""

    text: str
    template: str
    parameters: Mapping[str, str]


def word(obligation: Obligation, others: int, settings: Settings, policy: Policy, mark: str, at: datetime) -> Wording:
    """The SMS for one obligation, or the digest for it and ``others`` more, as sent at ``at``."""
    key = obligation.key
    late = max(at - key.due, timedelta())
    name = DIGEST_TEXT if others else obligation.text
    parameters = {
        "signature": settings.signature,
        "number": key.matter,
        "node": key.duty,
        "due": _clock(key.due),
        "count": str(key.ordinal if obligation.kind is MessageKind.SENT_BACK else obligation.count),
        "hours": str(late // timedelta(hours=1)),
        "days": str(abs(at - key.due) // timedelta(days=1)),
        "unit": obligation.duty_key.unit,
        "phone": settings.phone,
        "total": str(others + 1),
        "period": period_in_words(key.period),
        "token": mark,
    }
    said = {field: printable(value) for field, value in parameters.items()}
    return Wording(policy.texts[name].format(**said), name, said)


def _clock(moment: datetime) -> str:
    """3日17:30; midnight is written as 24 hours of the day before (reading 27)."""
    if moment.hour == moment.minute == 0:
        eve = moment - timedelta(days=1)
        return f"{eve.month}月{eve.day}日24:00"
    return f"{moment.day}日{moment:%H:%M}"
