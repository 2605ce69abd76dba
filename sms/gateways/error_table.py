"""What a gateway's error codes mean for a message: data, one file a gateway, with the provider's page and its date."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import TypeGuard

from sms.gateways.protocol import (
    BadNumber,
    GatewayError,
    GatewayStopped,
    Meaning,
    NotSent,
    Rejected,
    Remedy,
    Unknown,
    UnknownRefusal,
)
from sms.masking import mask_text

_WAITS = timedelta(hours=1)
_CODE = re.compile(r"[A-Za-z][\w.:-]{0,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """One gateway's codes: what each means, and its words for people. ``source`` and ``checked``: where and when the
    provider's list was read. ``receipts`` are the codes of receipts in words, ``later`` those after which one more try
    makes sense.
    """

    label: str
    source: str
    checked: date
    meanings: Mapping[str, Meaning]
    words: Mapping[str, str]
    receipts: Mapping[str, str]
    later: Collection[str]

    def undelivered(self, code: str) -> tuple[str, Remedy]:
        """What the code of a receipt says, for people, and what it allows. A provider's own refusals may come as
        receipts too.
        """
        said = self.receipts.get(code) or self.words.get(code)
        words = f"运营商未送达（{code}：{said}）" if said else f"运营商未送达（{code}）"
        return words, Remedy.LATER if code in self.later else Remedy.NONE

    def fault(self, code: str, said: str = "") -> GatewayError:
        """The fault that a code stands for; ``said`` is the provider's own text, used for codes without words."""
        meaning = self.meanings.get(code)
        if meaning is None:
            return UnknownRefusal(f"{self.label} {code}：{said or UNEXPLAINED}", code)
        return fault_of(meaning, f"{self.label} {code}：{self.words.get(code) or said or UNEXPLAINED}")


UNEXPLAINED = "请在服务商网站按这个代码查原因"


def fault_of(meaning: Meaning, said: str) -> GatewayError:
    """A fault of this meaning, in these words."""
    match meaning:
        case Meaning.STOP:
            return GatewayStopped(f"{said}，请联系管理员处理")
        case Meaning.WAIT:
            return NotSent(said)
        case Meaning.WAIT_AN_HOUR:
            return NotSent(said, _WAITS)
        case Meaning.NUMBER_WAITS:
            return NotSent(said, _WAITS, number_only=True)
        case Meaning.BAD_NUMBER:
            return BadNumber(said)
        case Meaning.OPEN:
            return Unknown(said)
        case Meaning.THIS_TEXT:
            return Rejected(said)


def is_code(code: object) -> TypeGuard[str]:
    """Whether it looks like a code, without number or secret. What does not was no answer of the provider's, and
    may hold anything: it is neither shown nor kept.
    """
    return isinstance(code, str) and _CODE.fullmatch(code) is not None and mask_text(code) == code


@cache
def error_table(name: str) -> ErrorTable:
    """The table of the gateway of this kind."""
    tree = tomllib.loads((files("sms.gateways.errors") / f"{name}.toml").read_text(encoding="utf-8"))
    meanings: dict[str, Meaning] = {}
    words: dict[str, str] = {}
    for meaning in Meaning:
        for code, said in tree.get(meaning.value, {}).items():
            if code in meanings:
                raise ValueError(f"{name}: {code} stands twice")
            meanings[code] = meaning
            words[code] = said
    later = tree.get("receipt_later", {})
    receipts = {**tree.get("receipt", {}), **later}
    return ErrorTable(tree["label"], tree["source"], tree["checked"], meanings, words, receipts, frozenset(later))
