"""阿里云短信. Sends templates, not text; OutId is how a message is found again."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Literal

from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.exceptions import DaraException, RetryError
from darabonba.policy.retry import RetryOptions
from darabonba.runtime import ExtendsParameters, RuntimeOptions
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from Tea.exceptions import TeaException

from sms.gateways.error_table import error_table, is_code
from sms.gateways.protocol import (
    MOST_PAGES,
    NOT_WHOLE,
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
from sms.gateways.templates import ALIYUN, ASK_EVERY, WAIT_FOR_APPROVAL, objection_to, wording_of
from sms.gateways.transport import broken
from sms.masking import silence
from sms.office_time import ZONE
from sms.store.model import State, StoredMessage
from sms.words import MessageWord

CREDENTIALS = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")

# SendStatus of QuerySendDetails.
WAITING, FAILED, DELIVERED = 1, 2, 3
PAGE = 50
CLOCKS_DIFFER = timedelta(minutes=15)
"""A request by a clock that differs by more is refused: its signature counts as expired."""
UNREADABLE = "看不懂阿里云的回答"
ENDPOINT = "dysmsapi.aliyuncs.com"
APPROVED = "AUDIT_STATE_PASS"
AUDIT_WORD = {"AUDIT_STATE_INIT": "还在审核", "AUDIT_STATE_NOT_PASS": "审核未通过", "": "在服务商那里没有登记"}


class Template(BaseModel):
    """A registered template, and its variables: name in the template → word of the message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^SMS_\d+$")
    parameters: dict[str, MessageWord] = {}


class AliyunConfig(BaseModel):
    """The gateway's table in duban.toml. ``templates`` by the name of the wording in the policy; ``longest_variable``
    in characters, as the provider allows this account; ``endpoint`` is another only for a stand-in on loopback.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["aliyun"] = "aliyun"
    signature: str = Field(min_length=1)
    templates: dict[str, Template]
    longest_variable: int = Field(default=ALIYUN.longest_variable, ge=1, le=500)
    credentials_file: str = ""
    connect_timeout: float = Field(default=5, gt=0, le=60)
    read_timeout: float = Field(default=15, gt=0, le=120)
    endpoint: str = Field(
        "dysmsapi.aliyuncs.com", pattern=r"^(dysmsapi\.aliyuncs\.com|127\.0\.0\.1:\d+|localhost:\d+)$"
    )
    limits: Limits = Limits()


class AliyunGateway:
    """Sends through one account, mainland numbers only."""

    network = True

    def __init__(self, name: str, config: AliyunConfig, key_id: SecretStr, key_secret: SecretStr) -> None:
        # The first brings a handler that prints headers, the last logs numbers in URLs.
        silence("darabonba-core", "alibabacloud_credentials", "urllib3")
        self.name = name
        self.limits = config.limits
        self.account = account_of("aliyun", key_id.get_secret_value())
        self.seconds = config.connect_timeout + config.read_timeout
        self._signature = config.signature
        self._templates = config.templates
        self._longest = config.longest_variable
        self._unapproved: dict[str, str] = {}
        self._client = Client(
            Config(
                access_key_id=key_id.get_secret_value(),
                access_key_secret=key_secret.get_secret_value(),
                endpoint=config.endpoint,
                protocol="HTTPS" if config.endpoint == ENDPOINT else "HTTP",
                retry_options=RetryOptions({"retryable": False}),  # exactly one POST for each attempt
            )
        )
        # Connections are not kept: a stale one resets in a way that looks as if the request had arrived.
        self._runtime = RuntimeOptions(
            autoretry=False,
            max_attempts=1,
            connect_timeout=int(config.connect_timeout * 1000),
            read_timeout=int(config.read_timeout * 1000),
            extends_parameters=ExtendsParameters(headers={"connection": "close"}),
        )

    def send(self, message: StoredMessage) -> str:
        """One POST, with the template of the message's wording."""
        if known := self.objection(message):
            raise Rejected(known.problem, known.retry_after)
        template = self._templates[wording_of(message)]
        chosen = {name: message.parameters[word] for name, word in template.parameters.items()}
        request = models.SendSmsRequest(
            phone_numbers=_national(message.mobile),
            sign_name=self._signature,
            template_code=template.code,
            template_param=json.dumps(chosen, ensure_ascii=False),
            out_id=message.out_id,
        )
        with _faults():
            body = self._client.send_sms_with_options(request, self._runtime).body
        _check(body)
        if not body.biz_id:
            raise Unknown("阿里云的回答没有回执编号")
        return str(body.biz_id)

    def objection(self, message: Submission) -> Objection | None:
        """By the template's variables, and by what the provider last said of signature and template."""
        template = self._templates.get(wording_of(message))
        for code in (self._signature, template.code if template else ""):
            if said := self._unapproved.get(code):
                return Objection(f"阿里云的{said}", WAIT_FOR_APPROVAL, ASK_EVERY)
        words = None if template is None else [*template.parameters.values()]
        return objection_to(ALIYUN, self._longest, words, message)

    def look_up(self, message: StoredMessage) -> str | None:
        """By OutId among what went to this number on the days in question; the OutId itself is the reference then."""
        for day in _days(message):
            if self._find(message, day):
                return message.out_id
        return None

    def receipt(self, message: StoredMessage) -> Receipt:
        """By OutId as well: it is the same in every answer."""
        found = next((one for day in _days(message) if (one := self._find(message, day))), None)
        if found is None or found.send_status == WAITING:
            return Receipt(State.ACCEPTED)
        at = _moment(found.receive_date)
        if found.send_status == DELIVERED:
            return Receipt(State.DELIVERED, at)
        return Receipt(State.UNDELIVERED, at, *error_table("aliyun").undelivered(str(found.err_code or "")))

    def probe(self) -> datetime | None:
        """A query that needs the credentials and finds nothing. A clock that is off is refused by the signature."""
        self._page("13000000000", datetime.now(ZONE).date(), 1)
        return None

    def unapproved(self) -> list[str]:
        """By the lists of the account's signatures and templates."""
        client = self._client
        asked = partial(client.query_sms_sign_list_with_options, runtime=self._runtime)
        signs = _listed(lambda page: asked(models.QuerySmsSignListRequest(page_index=page, page_size=PAGE)))
        states = {one.sign_name: one.audit_status for one in signs}
        asked_for = partial(client.query_sms_template_list_with_options, runtime=self._runtime)
        listed = _listed(lambda page: asked_for(models.QuerySmsTemplateListRequest(page_index=page, page_size=PAGE)))
        states |= {one.template_code: one.audit_status for one in listed}
        # A name may stand twice, as an approved signature and as the application for it anew.
        states |= {one.sign_name: APPROVED for one in signs if one.audit_status == APPROVED}
        named = {self._signature: f"签名“{self._signature}”"}
        named |= {one.code: f"模板“{wording}”（{one.code}）" for wording, one in self._templates.items()}
        found = {
            code: f"{name}{AUDIT_WORD.get(states.get(code) or '', '审核已撤销')}"
            for code, name in named.items()
            if states.get(code) != APPROVED
        }
        # What is not listed at all may only be hidden from this key: it is told, but nothing is held back for it.
        self._unapproved = {code: said for code, said in found.items() if states.get(code)}
        return [*found.values()]

    def _find(self, message: StoredMessage, day: date) -> Any:
        """The entry of this OutId on that day, or ``None``."""
        number, seen = _national(message.mobile), 0
        for page in range(1, MOST_PAGES + 1):
            body = self._page(number, day, page)
            with _faults():
                entries = (body.sms_send_detail_dtos.sms_send_detail_dto if body.sms_send_detail_dtos else None) or []
                for entry in entries:
                    if entry.out_id == message.out_id:
                        return entry
                seen += len(entries)
                if not entries or seen >= int(body.total_count or 0):
                    return None
        raise Inconclusive(NOT_WHOLE)

    def _page(self, number: str, day: date, page: int) -> Any:
        request = models.QuerySendDetailsRequest(
            phone_number=number, send_date=day.strftime("%Y%m%d"), page_size=PAGE, current_page=page
        )
        with _faults():
            body = self._client.query_send_details_with_options(request, self._runtime).body
        _check(body)
        return body


def _listed(ask: Callable[[int], Any]) -> list[Any]:
    """All entries of the account's list of signatures or templates, page by page."""
    found: list[Any] = []
    for page in range(1, MOST_PAGES + 1):
        with _faults():
            body = ask(page).body
        _check(body)
        entries = getattr(body, "sms_sign_list", None) or getattr(body, "sms_template_list", None) or []
        found += entries
        if len(entries) < PAGE:
            break
    return found


def _moment(text: Any) -> datetime | None:
    """``None`` for what is no time: what became of the message counts all the same."""
    try:
        return datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None


def _national(mobile: str) -> str:
    if not mobile.startswith("+86"):
        raise BadNumber("阿里云只发中国内地手机号码")
    return mobile.removeprefix("+86")


def _days(message: StoredMessage) -> list[date]:
    """The days on which the gateway may have filed this round, by a clock of its own: from just before its first
    request to just past its last.
    """
    earliest = message.first_submitted_at or message.at
    first, last = earliest - CLOCKS_DIFFER, (message.submitted_at or earliest) + CLOCKS_DIFFER
    return [first.date() + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)][-3:]


def _check(body: Any) -> None:
    """A refusal arrives inside HTTP 200."""
    if body is None:
        raise Unknown(UNREADABLE)
    if body.code != "OK":
        raise _refusal(body.code, str(body.message or ""), 200)


@contextmanager
def _faults() -> Iterator[None]:
    """Every way in which the package can fail, as one of ours; texts masked, causes cut off with their headers."""
    try:
        yield
    except AlibabaCloudException as fault:
        status = fault.status_code if isinstance(fault.status_code, int) else 0
        raise _refusal(fault.code, str(fault.message), status) from None
    except (TeaException, DaraException, RetryError, OSError) as fault:
        raise broken(fault, "阿里云") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Unknown(UNREADABLE) from None


def _refusal(code: object, text: str, status: int) -> GatewayError:
    """What a refusal means. Any 5xx leaves it open whether the message was taken, as does a code that is none: then it
    was not 阿里云 that answered.
    """
    table = error_table("aliyun")
    if not is_code(code):
        return NotSent("阿里云：请求过多") if status == 429 else Unknown(UNREADABLE)
    if status >= 500 and table.meanings.get(code) is not Meaning.WAIT:
        return Unknown(f"阿里云 {code}：服务器出错，不知是否收到")
    if status == 429:
        return NotSent(f"阿里云 {code}：请求过多")
    return table.fault(code, text if re.search("[一-鿿]", text) else "")
