"""Twilio. Its messages have no idempotency key: the token in the text is how one is found again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import local
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from sms.gateways.error_table import UNEXPLAINED, error_table
from sms.gateways.protocol import (
    NOT_WHOLE,
    GatewayError,
    GatewayStopped,
    Inconclusive,
    Limits,
    Meaning,
    NotSent,
    Objection,
    Receipt,
    Rejected,
    Remedy,
    Submission,
    Unknown,
    UnknownRefusal,
    account_of,
)
from sms.gateways.templates import text_fault
from sms.gateways.transport import broken
from sms.masking import silence
from sms.office_time import ZONE, office_time
from sms.store.model import State, StoredMessage
from sms.text import has_token

CREDENTIALS = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")

# https://www.twilio.com/docs/sms/api/message-resource: what may still change, and what is final.
DELIVERED = {"delivered", "read", "partially_delivered"}
UNDELIVERED = {"undelivered", "failed", "canceled"}
UNDELIVERED_WHY: dict[int, tuple[str, Remedy]] = {
    30003: ("对方关机或无法接通", Remedy.LATER),
    30004: ("对方拒收", Remedy.NONE),
    30005: ("空号", Remedy.NONE),
    30006: ("固定电话或运营商不可达", Remedy.NONE),
    30007: ("内容被运营商拦截", Remedy.NONE),
    30008: ("运营商未说明原因", Remedy.OTHER_GATEWAY),
}
GREATEST_CODE = 999_999
"""Theirs have five digits; what has many more may be a phone number."""
LISTED = 200
CLOCKS_DIFFER = timedelta(hours=1)


class TwilioConfig(BaseModel):
    """The gateway's table in duban.toml. Exactly one sender; ``base_url`` only for a stand-in on loopback."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["twilio"] = "twilio"
    from_number: str = Field(default="", pattern=r"^(\+\d{7,15}|[A-Za-z0-9 ]{1,11}|)$")
    messaging_service: str = Field(default="", pattern=r"^(MG[0-9a-f]{32}|)$")
    credentials_file: str = ""
    connect_timeout: float = Field(default=5, gt=0, le=60)
    read_timeout: float = Field(default=15, gt=0, le=120)
    base_url: str = ""
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _one_sender(self) -> "TwilioConfig":
        if bool(self.from_number) == bool(self.messaging_service):
            raise ValueError("from_number 与 messaging_service 须填且只填一项")
        return self

    @field_validator("base_url")
    @classmethod
    def _loopback(cls, url: str) -> str:
        if url and urlsplit(url).hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise ValueError("base_url 只能指向本机")
        return url


class _ThisRequest(local):
    """What belongs to one request: several are under way at a time, each in a thread of its own."""

    posts_left = 0
    server_date = ""


class _HttpClient:
    """The package's HTTP client with timeouts, at most one POST for each send, and a way to a stand-in."""

    is_async = False

    def __init__(self, config: TwilioConfig) -> None:
        # Without a pool: a stale kept-alive connection resets in a way that looks as if the request had arrived.
        self._inner = TwilioHttpClient(pool_connections=False)
        self._inner.timeout = (config.connect_timeout, config.read_timeout)  # its own default is to wait for ever
        self._base = urlsplit(config.base_url)
        self._request = _ThisRequest()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send one request; a second POST of one send is a mistake that must not reach the network."""
        if method.upper() == "POST":
            if self._request.posts_left < 1:
                raise AssertionError("同一次发送不得提交两次")
            self._request.posts_left -= 1
        if self._base.netloc:
            _, _, path, query, _ = urlsplit(url)
            url = urlunsplit((self._base.scheme, self._base.netloc, path, query, ""))
        response: Response = self._inner.request(method, url, *args, **kwargs)
        self._request.server_date = (response.headers or {}).get("Date", "")
        return response

    @contextmanager
    def one_post(self) -> Iterator[None]:
        """Allow this thread one POST while the block runs."""
        self._request.posts_left = 1
        try:
            yield
        finally:
            self._request.posts_left = 0

    @property
    def server_date(self) -> str:
        """The Date header of this thread's last answer."""
        return self._request.server_date


class TwilioGateway:
    """Sends through one account."""

    network = True

    def __init__(self, name: str, config: TwilioConfig, account: SecretStr, token: SecretStr) -> None:
        silence("twilio.http_client", "urllib3")  # the second logs numbers in URLs
        self.name = name
        self.limits = config.limits
        self.account = account_of("twilio", account.get_secret_value())
        self.seconds = config.connect_timeout + config.read_timeout
        self._http = _HttpClient(config)
        self._client = Client(account.get_secret_value(), token.get_secret_value(), http_client=self._http)
        key = "messaging_service_sid" if config.messaging_service else "from_"
        self._sender = {key: config.messaging_service or config.from_number}

    def send(self, message: StoredMessage) -> str:
        """One POST."""
        if known := self.objection(message):
            raise Rejected(known.problem, known.retry_after)
        with self._http.one_post(), _faults():
            taken = self._client.messages.create(to=message.mobile, body=message.text, **self._sender)
            if not taken.sid:
                raise Unknown("Twilio 的回答没有短信编号")
            return str(taken.sid)

    def objection(self, message: Submission) -> Objection | None:
        """By the length of the whole text."""
        return text_fault("Twilio", message.text)

    def look_up(self, message: StoredMessage) -> str | None:
        """By number, then here by date and exact token. The list has no token filter, and its dates may be null."""
        since = _utc(message.first_submitted_at or message.at) - CLOCKS_DIFFER
        with _faults():
            listed = self._client.messages.list(to=message.mobile, limit=LISTED, page_size=100)
        recent = [one for one in listed if one.date_created is None or one.date_created >= since]
        earlier = next((one.date_created for one in recent if one.sid == message.ref), None)
        for one in recent:
            is_of_an_earlier_round = earlier and one.date_created and one.date_created <= earlier
            if one.sid != message.ref and not is_of_an_earlier_round and has_token(one.body or "", message.token):
                return str(one.sid)
        if len(recent) == LISTED:
            raise Inconclusive(NOT_WHOLE)
        return None

    def receipt(self, message: StoredMessage) -> Receipt:
        """By the message's own reference."""
        with _faults():
            one = self._client.messages(message.ref).fetch()
        status = str(one.status)
        at = office_time(one.date_updated) if one.date_updated else None
        if status in DELIVERED:
            return Receipt(State.DELIVERED, at)
        if status not in UNDELIVERED:
            return Receipt(State.ACCEPTED)
        code = one.error_code if isinstance(one.error_code, int) else 0
        why, remedy = UNDELIVERED_WHY.get(code, ("运营商未送达", Remedy.NONE))
        return Receipt(State.UNDELIVERED, at, f"{why}（{code}）" if code else why, remedy)

    def probe(self) -> datetime | None:
        """The account's own record, which needs the credentials; the clock from the Date header."""
        with _faults():
            self._client.api.accounts(self._client.account_sid).fetch()
        date = self._http.server_date
        return office_time(parsedate_to_datetime(date)) if date else None


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE).astimezone(UTC)


@contextmanager
def _faults() -> Iterator[None]:
    """Every way in which the package can fail, as one of ours. Twilio's own texts are English and hold numbers: only
    the code is kept. Causes are cut off with their headers.
    """
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as fault:
        raise _answered(fault.status, fault.code or 0) from None
    except RequestException as fault:
        raise broken(fault, "Twilio") from None
    except (TwilioException, ValueError, TypeError, KeyError, AttributeError):
        raise Unknown("看不懂 Twilio 的回答") from None


def _answered(status: object, code: object) -> GatewayError:
    """What Twilio's refusal means. Any 5xx leaves it open whether the message was taken, as does a code that is none:
    then it was not Twilio that answered.
    """
    if not (type(status) is int and type(code) is int and 0 <= code <= GREATEST_CODE):
        return Unknown("看不懂 Twilio 的回答")
    table, known = error_table("twilio"), str(code)
    if (status >= 500 or status < 400 or status == 408) and table.meanings.get(known) is not Meaning.WAIT_AN_HOUR:
        return Unknown(f"Twilio {code or status}：服务器出错，不知是否收到")
    if known in table.meanings:
        return table.fault(known)
    if status in {401, 403}:
        return GatewayStopped(f"Twilio {code or status}：账号没有权限，请联系管理员处理")
    if status == 429:
        return NotSent(f"Twilio {code or status}：请求过多")
    return UnknownRefusal(f"Twilio {code or status}：{UNEXPLAINED}", str(code or status))
