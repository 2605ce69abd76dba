"""Twilio's answers, through the real client: what each means for the message, the gateway and the number."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from twilio.http.http_client import TwilioHttpClient

from sms.gateways.protocol import BadNumber, GatewayError, GatewayStopped, NotSent, Rejected, Remedy, Unknown
from sms.gateways.setup import open_gateway
from sms.gateways.twilio import TwilioConfig, TwilioGateway
from sms.outbox import Outbox
from sms.store.model import SmsError, State, StoredMessage
from tests.sms.conftest import ENVIRONMENT, LEDGER, MOBILE, START, Clock, Line, connect, outgoing, table_of
from tests.sms.scripted import english
from tests.sms.standin import twilio_api
from tests.sms.standin.phone import Taken, Trouble
from tests.sms.standin.server import Answer, serve


@pytest.fixture
def twilio(tmp_path: Path, clock: Clock) -> Iterator[Line]:
    with ExitStack() as stack:
        yield connect("twilio", tmp_path, clock, stack)


@pytest.fixture
def message(outbox: Outbox) -> StoredMessage:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    return replace(next(iter(outbox.messages(LEDGER))), first_submitted_at=START, submitted_at=START)


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (401, 20003, GatewayStopped),
        (403, 20005, GatewayStopped),
        (400, 21408, GatewayStopped),
        (400, 21608, GatewayStopped),
        (400, 21606, GatewayStopped),
        (403, 99999, GatewayStopped),
        (400, 21211, BadNumber),
        (400, 21614, BadNumber),
        (400, 21635, BadNumber),
        (400, 21610, BadNumber),
        (429, 20429, NotSent),
        (429, 14107, NotSent),
        (429, 63038, NotSent),
        (400, 21611, NotSent),
        (400, 21617, Rejected),
        (404, 20404, Rejected),
        (500, 20500, Unknown),
        (503, 20503, Unknown),
        (408, 0, Unknown),
    ],
)
def test_what_error_codes_mean(
    twilio: Line, message: StoredMessage, status: int, code: int, meaning: type[GatewayError]
) -> None:
    twilio.phone.refusals.append((status, str(code)))
    with pytest.raises(meaning) as refused:
        twilio.gateway.send(message)
    assert type(refused.value) is meaning
    assert english(str(refused.value)) is None
    assert MOBILE not in str(refused.value)
    assert twilio.phone.requests["send"] == 1


def test_a_spent_daily_quota_waits_an_hour(twilio: Line, message: StoredMessage) -> None:
    twilio.phone.refusals.append((429, "63038"))
    with pytest.raises(NotSent) as refused:
        twilio.gateway.send(message)
    assert refused.value.retry_after == timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "code", "state", "remedy"),
    [
        ("delivered", "", State.DELIVERED, Remedy.NONE),
        ("read", "", State.DELIVERED, Remedy.NONE),
        ("partially_delivered", "", State.DELIVERED, Remedy.NONE),
        ("undelivered", "30003", State.UNDELIVERED, Remedy.LATER),
        ("undelivered", "30005", State.UNDELIVERED, Remedy.NONE),
        ("undelivered", "30006", State.UNDELIVERED, Remedy.NONE),
        ("undelivered", "30007", State.UNDELIVERED, Remedy.NONE),
        ("failed", "30008", State.UNDELIVERED, Remedy.OTHER_GATEWAY),
        ("canceled", "", State.UNDELIVERED, Remedy.NONE),
        *(
            (status, "", State.ACCEPTED, Remedy.NONE)
            for status in ("queued", "accepted", "scheduled", "sending", "sent")
        ),
    ],
)
def test_what_states_mean(
    twilio: Line, message: StoredMessage, status: str, code: str, state: State, remedy: Remedy
) -> None:
    twilio.phone.next_statuses = [(status, code)]
    receipt = twilio.gateway.receipt(replace(message, ref=twilio.gateway.send(message)))
    assert (receipt.state, receipt.remedy) == (state, remedy)
    assert (receipt.at == START) == (state is not State.ACCEPTED)


def _lies_there(line: Line, text: str, at: datetime = START) -> Taken:
    one = line.phone.take("SM", MOBILE, text, "", "sent")
    one.at = at
    return one


def test_a_look_up_knows_only_the_same_number_and_token(twilio: Line, message: StoredMessage) -> None:
    _lies_there(twilio, f"另一条。编号{message.token[:-1]}9")
    _lies_there(twilio, f"更长。编号{message.token}0")
    twilio.phone.take("SM", "+8613900139000", message.text, "", "sent")
    assert twilio.gateway.look_up(message) is None
    ours = _lies_there(twilio, f"Sent from your Twilio trial account - {message.text}")
    assert twilio.gateway.look_up(message) == ours.ref


@pytest.mark.parametrize(("minutes", "found"), [(-61, False), (-60, True), (0, True), (90, True)])
def test_a_look_up_goes_back_an_hour_before_the_request(
    twilio: Line, message: StoredMessage, minutes: int, found: bool
) -> None:
    _lies_there(twilio, message.text, START + timedelta(minutes=minutes))
    assert (twilio.gateway.look_up(message) is not None) is found


def test_an_undelivered_earlier_round_is_not_this_one(twilio: Line, message: StoredMessage) -> None:
    old = _lies_there(twilio, message.text)
    assert twilio.gateway.look_up(replace(message, ref=old.ref, round=1)) is None


def test_none_of_several_undelivered_rounds_is_the_next_one(twilio: Line, message: StoredMessage) -> None:
    """Sent again by hand twice within the hour, it would have counted as taken without leaving."""
    _lies_there(twilio, message.text)
    old = _lies_there(twilio, message.text, START + timedelta(minutes=2))
    later = START + timedelta(minutes=4)
    third = replace(message, ref=old.ref, round=2, first_submitted_at=later, submitted_at=later)
    assert twilio.gateway.look_up(third) is None
    ours = _lies_there(twilio, message.text, later)
    assert twilio.gateway.look_up(third) == ours.ref


@pytest.mark.parametrize(("others", "conclusive"), [(199, True), (200, False), (250, False)])
def test_an_unfinished_list_concludes_nothing(
    twilio: Line, message: StoredMessage, others: int, conclusive: bool
) -> None:
    for n in range(others):
        _lies_there(twilio, f"别的。编号X{n:05d}")
    if conclusive:
        assert twilio.gateway.look_up(message) is None
    else:
        with pytest.raises(Unknown, match="没有列全"):
            twilio.gateway.look_up(message)


@pytest.mark.parametrize("body", ["<html>请登录</html>", "", "{}", "[]", '{"sid": null}'])
def test_an_unreadable_answer_is_unknown(
    message: StoredMessage, tmp_path: Path, clock: Clock, twilio: Line, body: str
) -> None:
    with serve(twilio.phone, lambda _phone, _request: Answer(200, body), twilio_api.is_send) as port:
        gateway = open_gateway("twilio", table_of("twilio", port), ENVIRONMENT, tmp_path, tmp_path)
        with pytest.raises(Unknown):
            gateway.send(message)


def test_a_redirect_to_a_login_page_did_not_send(message: StoredMessage, tmp_path: Path, twilio: Line) -> None:
    with serve(twilio.phone, lambda _phone, _request: Answer(302, ""), twilio_api.is_send) as port:
        gateway = open_gateway("twilio", table_of("twilio", port), ENVIRONMENT, tmp_path, tmp_path)
        with pytest.raises(Unknown):
            gateway.send(message)


def test_a_second_request_is_stopped_at_the_door(
    twilio: Line, message: StoredMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail: an HTTP client that retries by itself, as one with ``max_retries`` would."""
    assert isinstance(twilio.gateway, TwilioGateway)
    http = twilio.gateway._http
    once = http.request

    def twice(*arguments: object, **more: object) -> object:
        once(*arguments, **more)
        return once(*arguments, **more)

    monkeypatch.setattr(twilio.gateway._client, "http_client", type("Twice", (), {"request": staticmethod(twice)}))
    with pytest.raises(AssertionError, match="不得提交两次"):
        twilio.gateway.send(message)
    assert twilio.phone.requests["send"] == 1


def test_look_ups_and_receipts_cannot_send(twilio: Line, message: StoredMessage) -> None:
    twilio.gateway.look_up(message)
    assert isinstance(twilio.gateway, TwilioGateway)
    with pytest.raises(AssertionError, match="不得提交两次"):
        twilio.gateway._client.messages.create(to=MOBILE, body="x", from_=twilio_api.FROM)
    assert twilio.phone.requests["send"] == 0


def test_the_read_timeout_comes_from_the_config(twilio: Line, message: StoredMessage) -> None:
    assert isinstance(twilio.gateway, TwilioGateway)
    assert twilio.gateway._http._inner.timeout == (2, 0.5)
    assert TwilioHttpClient().timeout is None, "the package waits for ever if nobody says otherwise"
    twilio.phone.faults.append(Trouble.HANG)
    with pytest.raises(Unknown, match="中断"):
        twilio.gateway.send(message)


def test_the_clock_is_read_off_the_answer(twilio: Line) -> None:
    theirs = twilio.gateway.probe()
    assert theirs is not None
    assert theirs.tzinfo is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_number": ""},
        {"messaging_service": "MG" + "0" * 32},
        {"base_url": "https://api.example.com"},
        {"from_number": "+1"},
        {"read_timeout": 0},
        {"auth_token": "不许写在这里"},
        {"limits": {"per_second": 0}},
    ],
)
def test_a_wrong_config_is_said_without_its_values(tmp_path: Path, wrong: dict[str, object]) -> None:
    table = {"from_number": twilio_api.FROM, **wrong}
    with pytest.raises(SmsError, match="配置有误") as refused:
        open_gateway("twilio", table, ENVIRONMENT, tmp_path, tmp_path)
    assert "不许写在这里" not in str(refused.value)


def test_every_default_has_a_timeout(tmp_path: Path) -> None:
    config = TwilioConfig(from_number=twilio_api.FROM)
    assert (config.connect_timeout, config.read_timeout, config.limits.grace) == (5, 15, 60)
