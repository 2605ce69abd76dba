"""腾讯云短信. Sends templates, not text; SessionContext is how a message is found again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from sms.gateways.error_table import error_table, is_code
from sms.gateways.protocol import (
    MOST_PAGES,
    NOT_WHOLE,
    BadNumber,
    GatewayError,
    Inconclusive,
    Limits,
    NotSent,
    Objection,
    Receipt,
    Rejected,
    Reply,
    Submission,
    Unknown,
    account_of,
)
from sms.gateways.provider_limits import TencentLimits
from sms.gateways.templates import ASK_EVERY, TENCENT, WAIT_FOR_APPROVAL, objection_to, wording_of
from sms.gateways.transport import broken
from sms.masking import silence
from sms.office_time import ZONE, office_time_of
from sms.store.model import State, StoredMessage
from sms.words import MessageWord

CREDENTIALS = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
ENDPOINT = "sms.tencentcloudapi.com"
UNREADABLE = "看不懂腾讯云的回答"
PAGE = 100
APPROVED = 0
AUDIT_WORD = {1: "还在审核", 2: "已审核，还没有生效", -1: "审核未通过"}
UNLISTED = "在服务商那里没有登记"
LOOK_BACK = timedelta(minutes=5)
"""The clocks may differ by this much."""
LATEST = timedelta(days=3)
"""After its last submission a message gets its receipt within this time."""


class NumberedTemplate(BaseModel):
    """A registered template, and the words of its numbered variables in their order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^\d+$")
    parameters: tuple[MessageWord, ...] = ()


class TencentConfig(BaseModel):
    """The gateway's table in duban.toml. ``longest_variable`` in characters, as the provider's console shows it for
    this account; ``endpoint`` is another only for a stand-in on loopback.

    What the list of receipts lacks may still be on its way: ``limits.grace`` is longer than for the other gateways.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["tencent"] = "tencent"
    app_id: str = Field(pattern=r"^\d+$")
    signature: str = Field(min_length=1)
    templates: dict[str, NumberedTemplate]
    longest_variable: int = Field(default=TENCENT.longest_variable, ge=1, le=500)
    region: str = "ap-guangzhou"
    credentials_file: str = ""
    read_timeout: float = Field(default=15, gt=0, le=120)
    endpoint: str = Field(ENDPOINT, pattern=r"^(sms\.tencentcloudapi\.com|127\.0\.0\.1:\d+|localhost:\d+)$")
    limits: TencentLimits = TencentLimits()


class TencentGateway:
    """Sends through one application, mainland numbers only."""

    network = True

    def __init__(self, name: str, config: TencentConfig, key_id: SecretStr, key: SecretStr) -> None:
        silence("tencentcloud_sdk_common", "urllib3")
        self.name = name
        self.limits: Limits = config.limits
        self.account = account_of("tencent", config.app_id)
        self.seconds = 2 * config.read_timeout  # the package takes it for the connection as well
        self._config = config
        self._unapproved: dict[str, str] = {}
        # Neither kept connections nor retries: exactly one POST for each attempt.
        http = HttpProfile(
            protocol="https" if config.endpoint == ENDPOINT else "http",
            endpoint=config.endpoint,
            reqTimeout=config.read_timeout,
            keepAlive=False,
        )
        credential = Credential(key_id.get_secret_value(), key.get_secret_value())
        self._client = SmsClient(credential, config.region, ClientProfile(httpProfile=http))

    def send(self, message: StoredMessage) -> str:
        """One POST, with the template of the message's wording."""
        if known := self.objection(message):
            raise Rejected(known.problem, known.retry_after)
        template = self._config.templates[wording_of(message)]
        request = models.SendSmsRequest()
        request.PhoneNumberSet = [_mainland(message.mobile)]
        request.SmsSdkAppId = self._config.app_id
        request.SignName = self._config.signature
        request.TemplateId = template.code
        request.TemplateParamSet = [message.parameters[word] for word in template.parameters]
        request.SessionContext = message.out_id
        with _faults():
            answers = self._client.SendSms(request).SendStatusSet
            if not answers or not is_code(answers[0].Code):
                raise Unknown(UNREADABLE)
            if answers[0].Code != "Ok":
                raise error_table("tencent").fault(answers[0].Code, str(answers[0].Message or ""))
            if not answers[0].SerialNo:
                raise Unknown("腾讯云的回答没有流水号")
            return str(answers[0].SerialNo)

    def objection(self, message: Submission) -> Objection | None:
        """By the template's variables, and by what the provider last said of the template."""
        template = self._config.templates.get(wording_of(message))
        if template and (said := self._unapproved.get(template.code)):
            return Objection(f"腾讯云的{said}", WAIT_FOR_APPROVAL, ASK_EVERY)
        words = None if template is None else template.parameters
        return objection_to(TENCENT, self._config.longest_variable, words, message)

    def look_up(self, message: StoredMessage) -> str | None:
        """By SessionContext among the receipts of this number; its serial number is the reference."""
        found = self._find(message)
        return str(found.SerialNo) if found else None

    def receipt(self, message: StoredMessage) -> Receipt:
        """By SessionContext as well."""
        found = self._find(message)
        if found is None:
            return Receipt(State.ACCEPTED)
        at = _moment(found.UserReceiveTime)
        with _faults():
            if found.ReportStatus == "SUCCESS":
                return Receipt(State.DELIVERED, at)
            return Receipt(State.UNDELIVERED, at, *error_table("tencent").undelivered(str(found.Description or "")))

    def replies(self) -> list[Reply]:
        """The replies that have come since the last time; the queue gives each once."""
        request = models.PullSmsReplyStatusRequest()
        request.Limit, request.SmsSdkAppId = PAGE, self._config.app_id
        with _faults():
            found = self._client.PullSmsReplyStatus(request).PullSmsReplyStatusSet or []
            return [_reply(one) for one in found]

    def probe(self) -> datetime | None:
        """A query that needs the credentials and finds nothing. A clock that is off is refused by the signature."""
        now = datetime.now(ZONE)
        self._page("+8613000000000", now, now, 0)
        return None

    def unapproved(self) -> list[str]:
        """By the list of these templates; a signature can only be asked for by an id that no config holds."""
        request = models.DescribeSmsTemplateListRequest()
        codes = {int(one.code): wording for wording, one in self._config.templates.items()}
        request.TemplateIdSet, request.International = [*codes], 0
        with _faults():
            listed = self._client.DescribeSmsTemplateList(request).DescribeTemplateStatusSet or []
            states = {int(one.TemplateId): int(one.StatusCode) for one in listed}
        found = {
            str(
                code
            ): f"模板“{wording}”（{code}）{AUDIT_WORD.get(states[code], UNLISTED) if code in states else UNLISTED}"
            for code, wording in codes.items()
            if states.get(code) != APPROVED
        }
        # What is not listed at all may only be hidden from this key: it is told, but nothing is held back for it.
        self._unapproved = {code: said for code, said in found.items() if int(code) in states}
        return [*found.values()]

    def _find(self, message: StoredMessage) -> Any:
        """The receipt of this round, or ``None`` where there is none yet."""
        first = (message.first_submitted_at or message.at).replace(tzinfo=ZONE)
        last = (message.submitted_at or message.at).replace(tzinfo=ZONE) + LATEST
        number = _mainland(message.mobile)
        for page in range(MOST_PAGES):
            entries = self._page(number, first - LOOK_BACK, last, page * PAGE)
            for entry in entries:
                if entry.SessionContext == message.out_id:
                    return entry
            if len(entries) < PAGE:
                return None
        raise Inconclusive(NOT_WHOLE)

    def _page(self, number: str, first: datetime, last: datetime, offset: int) -> list[Any]:
        request = models.PullSmsSendStatusByPhoneNumberRequest()
        request.BeginTime, request.EndTime = int(first.timestamp()), int(last.timestamp())
        request.Offset, request.Limit = offset, PAGE
        request.PhoneNumber, request.SmsSdkAppId = number, self._config.app_id
        with _faults():
            return list(self._client.PullSmsSendStatusByPhoneNumber(request).PullSmsSendStatusSet or [])


def _reply(one: Any) -> Reply:
    """Two may come within a second. One with a time that is none must not lose the others, which come only once."""
    said = str(one.ReplyContent or "")
    at = _moment(one.ReplyTime) or datetime.min
    mark = sha256(f"{one.PhoneNumber}:{one.ReplyTime}:{said}".encode("utf-8", "replace")).hexdigest()[:32]
    return Reply(mark, str(one.PhoneNumber), said, at)


def _moment(stamp: Any) -> datetime | None:
    """Office time; ``None`` for what is no time."""
    try:
        return office_time_of(int(stamp))
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _mainland(mobile: str) -> str:
    if not mobile.startswith("+86"):
        raise BadNumber("腾讯云只发中国内地手机号码")
    return mobile


@contextmanager
def _faults() -> Iterator[None]:
    """Every way in which the package can fail, as one of ours; causes cut off with their headers."""
    try:
        yield
    except TencentCloudSDKException as fault:
        raise _of_package(fault) from None
    except OSError as fault:
        raise broken(fault, "腾讯云") from None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise Unknown(UNREADABLE) from None


def _of_package(fault: TencentCloudSDKException) -> GatewayError:
    """The package wraps the network's faults and the server's refusals in one class."""
    code = fault.code
    if code == "ClientNetworkError":
        return broken(fault, "腾讯云")
    if code == "ServerNetworkError":
        return NotSent("腾讯云：请求过多") if _too_many(fault.message) else Unknown("腾讯云：服务器出错，不知是否收到")
    if not is_code(code):
        return Unknown(UNREADABLE)
    return error_table("tencent").fault(code, str(fault.message or ""))


def _too_many(body: object) -> bool:
    """Whether a refused request is due to too many requests: the package keeps the body and drops the status."""
    try:
        tree = json.loads(body if isinstance(body, str | bytes) else "")
        return str(tree["Response"]["Error"]["Code"]).startswith("RequestLimitExceeded")
    except (ValueError, TypeError, KeyError):
        return False
