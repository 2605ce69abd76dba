"""移动云MAS, by the carrier's HTTP interface. Unverified against the real platform: built from public client code.

It has no look-up: a message whose fate is open goes to a person by name, unless a status report settles it. Reports and
replies are pushed to ``duban receiver``, or come as the platform's export file.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from sms.gateways.error_table import error_table, is_code
from sms.gateways.protocol import (
    BadNumber,
    GatewayError,
    Inconclusive,
    Limits,
    Meaning,
    NotSent,
    Objection,
    Receipt,
    Rejected,
    Submission,
    Unknown,
    account_of,
)
from sms.gateways.provider_limits import MasLimits
from sms.gateways.templates import MAS, objection_to, wording_of
from sms.gateways.transport import broken
from sms.masking import silence
from sms.store.model import State, StoredMessage
from sms.words import MessageWord

CREDENTIALS = ("MAS_AP_ID", "MAS_SECRET_KEY")
UNREADABLE = "看不懂移动云MAS的回答"
MOST_OF_AN_ANSWER = 65_536


class MasTemplate(BaseModel):
    """A template registered with the platform, and the words of its variables in their order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^\w+$")
    parameters: tuple[MessageWord, ...] = ()


class MasConfig(BaseModel):
    """The gateway's table in duban.toml: ``url`` as the carrier gave it (intranet or https), ``sign`` its code for the
    signature, which the platform puts before the text by itself. With ``templates``, by the name of the wording, it
    sends templates (``/sms/tmpsubmit``), else texts (``/sms/norsubmit``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["mas"] = "mas"
    url: str
    ec_name: str = Field(min_length=1)
    sign: str = Field(min_length=1)
    add_serial: str = Field(default="", pattern=r"^\d*$")
    templates: dict[str, MasTemplate] = {}
    longest_variable: int = Field(default=MAS.longest_variable, ge=1, le=500)
    credentials_file: str = ""
    connect_timeout: float = Field(default=5, gt=0, le=60)
    read_timeout: float = Field(default=15, gt=0, le=120)
    limits: MasLimits = MasLimits()

    @field_validator("url")
    @classmethod
    def _http(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ValueError("url 应为运营商给的接口地址")
        return url


class MasGateway:
    """Sends through one interface account."""

    network = True

    def __init__(self, name: str, config: MasConfig, ap_id: SecretStr, key: SecretStr) -> None:
        silence("urllib3")
        self.name = name
        self.limits: Limits = config.limits
        self.account = account_of("mas", config.ec_name, ap_id.get_secret_value())
        self.seconds = config.connect_timeout + config.read_timeout
        self._config = config
        self._ap_id, self._key = ap_id.get_secret_value(), key.get_secret_value()

    def send(self, message: StoredMessage) -> str:
        """One POST, of a template's words or of the text without its signature; ``msgGroup`` is the reference."""
        if not message.mobile.startswith("+86"):
            raise BadNumber("移动云MAS只发中国内地手机号码")
        if known := self.objection(message):
            raise Rejected(known.problem, known.retry_after)
        answer = self._post(message.mobile.removeprefix("+86"), self._what(message))
        group = answer.get("msgGroup") or answer.get("mgsGroup")  # public clients have met both spellings
        if answer.get("success") is True and isinstance(group, str) and group:
            return group
        code = answer.get("rspcod")
        if not is_code(code) or code == "success":
            raise Unknown(UNREADABLE)
        raise error_table("mas").fault(code)

    def objection(self, message: Submission) -> Objection | None:
        """By the template's variables; against a text nothing is known."""
        if not self._config.templates:
            return None
        template = self._config.templates.get(wording_of(message))
        words = None if template is None else template.parameters
        return objection_to(MAS, self._config.longest_variable, words, message)

    def _what(self, message: StoredMessage) -> dict[str, str]:
        """The members of the request that say what is to be sent."""
        if not self._config.templates:
            return {"content": _without_signature(message.text)}
        template = self._config.templates[wording_of(message)]
        words = [message.parameters[word] for word in template.parameters]
        return {"templateId": template.code, "params": json.dumps(words, ensure_ascii=False)}

    def look_up(self, message: StoredMessage) -> str | None:
        """The platform has no look-up. Raises Inconclusive."""
        raise Inconclusive(f"移动云MAS没有查询接口，{message.at:%H:%M}的这条要等状态报告，或由人向平台核实")

    def receipt(self, message: StoredMessage) -> Receipt:
        """Receipts are pushed, or imported: what stands in the store is all that is known."""
        return Receipt(State.ACCEPTED, message.receipt_at)

    def probe(self) -> datetime | None:
        """A request without numbers, which is refused; only a refusal of the account is a fault."""
        nothing = {"templateId": "", "params": ""} if self._config.templates else {"content": ""}
        code, table = str(self._post("", nothing).get("rspcod") or ""), error_table("mas")
        if table.meanings.get(code) is Meaning.STOP:
            raise table.fault(code)
        return None

    def _post(self, mobile: str, what: Mapping[str, str]) -> dict[str, Any]:
        config = self._config
        # The number stands before a text, and between a template and its words.
        middle = [*what.values()]
        middle.insert(len(middle) - 1, mobile)
        parts = (config.ec_name, self._ap_id, self._key, *middle, config.sign, config.add_serial)
        mac = hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
        tree = {
            "ecName": config.ec_name,
            "apId": self._ap_id,
            "mobiles": mobile,
            **what,
            "sign": config.sign,
            "addSerial": config.add_serial,
            "mac": mac,
        }
        body = base64.b64encode(json.dumps(tree, ensure_ascii=False).encode())
        timeouts = (config.connect_timeout, config.read_timeout)
        headers = {"Content-Type": "text/plain", "Connection": "close"}
        try:
            with requests.post(
                config.url, data=body, headers=headers, timeout=timeouts, allow_redirects=False, stream=True
            ) as answer:
                return _understood(answer.status_code, answer.raw.read(MOST_OF_AN_ANSWER, decode_content=True))
        except (requests.RequestException, OSError) as fault:
            raise broken(fault, "移动云MAS") from None


def _understood(status: int, body: bytes) -> dict[str, Any]:
    """The answer's members. Raises NotSent for too many requests, Unknown where the answer leaves it open."""
    if status == 429:
        raise NotSent("移动云MAS：请求过多")
    if status != 200:
        raise _failed(status)
    try:
        tree = json.loads(body)
    except ValueError:
        raise Unknown(UNREADABLE) from None
    if not isinstance(tree, dict):
        raise Unknown(UNREADABLE)
    return tree


def _failed(status: int) -> GatewayError:
    return Unknown(f"移动云MAS {status}：服务器出错，不知是否收到")


def _without_signature(text: str) -> str:
    """The platform puts the signature before the text."""
    return text.partition("】")[2] if text.startswith("【") and "】" in text else text
