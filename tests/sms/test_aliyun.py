"""阿里云's answers, through the real client; most refusals come inside HTTP 200."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sms.gateways.aliyun import _refusal
from sms.gateways.protocol import BadNumber, GatewayError, GatewayStopped, NotSent, Rejected, Remedy, Unknown
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from sms.store.model import SmsError, State, StoredMessage
from tests.sms.conftest import ENVIRONMENT, LEDGER, MOBILE, START, Clock, Line, connect, outgoing, table_of
from tests.sms.scripted import english, only, send
from tests.sms.standin import aliyun_api
from tests.sms.standin.phone import Trouble
from tests.sms.standin.server import Answer, serve


@pytest.fixture
def aliyun(tmp_path: Path, clock: Clock) -> Iterator[Line]:
    with ExitStack() as stack:
        yield connect("aliyun", tmp_path, clock, stack)


@pytest.fixture
def message(outbox: Outbox) -> StoredMessage:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    return replace(next(iter(outbox.messages(LEDGER))), first_submitted_at=START, submitted_at=START)


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (200, "isv.BUSINESS_LIMIT_CONTROL", NotSent),
        (200, "isv.DAY_LIMIT_CONTROL", NotSent),
        (400, "Throttling.User", NotSent),
        (429, "whatever", NotSent),
        (200, "isv.MOBILE_NUMBER_ILLEGAL", BadNumber),
        (200, "isv.BLACK_KEY_CONTROL_LIMIT", Rejected),
        (200, "isv.AMOUNT_NOT_ENOUGH", GatewayStopped),
        (200, "isv.SMS_SIGNATURE_ILLEGAL", GatewayStopped),
        (404, "InvalidAccessKeyId.NotFound", GatewayStopped),
        (400, "SignatureDoesNotMatch", GatewayStopped),
        (200, "isp.RAM_PERMISSION_DENY", GatewayStopped),
        (200, "isv.TEMPLATE_MISSING_PARAMETERS", Rejected),
        (400, "MissingTemplateCode", Rejected),
        (200, "isp.SYSTEM_ERROR", Unknown),
        (500, "InternalError", Unknown),
        (503, "ServiceUnavailable", Unknown),
    ],
)
def test_what_error_codes_mean(
    aliyun: Line, message: StoredMessage, status: int, code: str, meaning: type[GatewayError]
) -> None:
    aliyun.phone.refusals.append((status, code))
    with pytest.raises(meaning) as refused:
        aliyun.gateway.send(message)
    assert type(refused.value) is meaning
    assert english(str(refused.value)) is None
    assert MOBILE[3:] not in str(refused.value)
    assert aliyun.phone.requests["send"] == 1


def test_a_frequency_limit_concerns_this_number_only(aliyun: Line, message: StoredMessage) -> None:
    aliyun.phone.refusals.append((200, "isv.BUSINESS_LIMIT_CONTROL"))
    with pytest.raises(NotSent) as refused:
        aliyun.gateway.send(message)
    assert refused.value.number_only


def test_template_and_parameters_are_sent_and_no_text(aliyun: Line, message: StoredMessage) -> None:
    aliyun.gateway.send(message)
    assert json.loads(aliyun.phone.taken[0].text) == {"number": "2026-日-0001", "token": "000001"}
    assert aliyun.phone.taken[0].mark == message.out_id


def test_a_wrong_key_gives_a_wrong_signature(aliyun: Line, message: StoredMessage, tmp_path: Path) -> None:
    wrong = {**ENVIRONMENT, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "not-the-secret-at-all"}
    gateway = open_gateway("aliyun", table_of("aliyun", aliyun.port), wrong, tmp_path, tmp_path)
    with pytest.raises(GatewayStopped, match="密钥不正确"):
        gateway.send(message)
    with pytest.raises(GatewayStopped):
        gateway.probe()


@pytest.mark.parametrize(
    ("status", "code", "state", "remedy"),
    [
        ("1", "", State.ACCEPTED, Remedy.NONE),
        ("3", "", State.DELIVERED, Remedy.NONE),
        ("2", "MOBILE_NOT_ON_SERVICE", State.UNDELIVERED, Remedy.LATER),
        ("2", "BLACK_LIST", State.UNDELIVERED, Remedy.NONE),
    ],
)
def test_what_states_mean(
    aliyun: Line, message: StoredMessage, status: str, code: str, state: State, remedy: Remedy
) -> None:
    aliyun.phone.next_statuses = [(status, code)]
    receipt = aliyun.gateway.receipt(replace(message, ref=aliyun.gateway.send(message)))
    assert (receipt.state, receipt.remedy) == (state, remedy)


def test_a_look_up_goes_by_out_id_through_every_page(aliyun: Line, message: StoredMessage) -> None:
    ours = aliyun.phone.take("", MOBILE[3:], "", message.out_id, "1")
    for n in range(120):
        aliyun.phone.take("", MOBILE[3:], "", f"别的{n}", "1")
    assert aliyun.gateway.look_up(message) == message.out_id
    ours.mark = message.out_id + "R1"
    assert aliyun.gateway.look_up(message) is None


@pytest.mark.parametrize(
    ("filed", "found"),
    [
        (datetime(2026, 3, 3, 23, 58), True),
        (datetime(2026, 3, 4, 0, 1), True),
        (datetime(2026, 3, 5, 0, 1), False),
    ],
)
def test_a_request_across_midnight_is_looked_up_on_both_days(
    aliyun: Line, message: StoredMessage, filed: datetime, found: bool
) -> None:
    submitted = datetime(2026, 3, 3, 23, 57)
    aliyun.phone.take("", MOBILE[3:], "", message.out_id, "1").at = filed
    near = replace(message, first_submitted_at=submitted, submitted_at=submitted)
    assert (aliyun.gateway.look_up(near) is not None) is found


def test_a_second_round_has_an_out_id_of_its_own(aliyun: Line, message: StoredMessage) -> None:
    aliyun.gateway.send(message)
    again = replace(message, round=1)
    assert aliyun.gateway.look_up(again) is None
    aliyun.gateway.send(again)
    assert aliyun.gateway.look_up(again) == again.out_id != message.out_id


def test_a_missing_template_or_parameter_is_a_clear_refusal(aliyun: Line, message: StoredMessage) -> None:
    with pytest.raises(Rejected, match="没有为“晨报”配置模板"):
        aliyun.gateway.send(replace(message, parameters={"template": "晨报"}))
    with pytest.raises(Rejected, match="事项的编号"):
        aliyun.gateway.send(replace(message, parameters={"template": "催办", "token": "1"}))
    assert aliyun.phone.requests["send"] == 0


def test_numbers_abroad_are_not_sent_to(aliyun: Line, message: StoredMessage) -> None:
    with pytest.raises(BadNumber):
        aliyun.gateway.send(replace(message, mobile="+85261234567"))


@pytest.mark.parametrize("body", ["<html>请登录</html>", "", "{}", "[]", '{"Code": "OK"}'])
def test_an_unreadable_answer_is_unknown(aliyun: Line, message: StoredMessage, tmp_path: Path, body: str) -> None:
    with serve(aliyun.phone, lambda _phone, _request: Answer(200, body), aliyun_api.is_send) as port:
        gateway = open_gateway("aliyun", table_of("aliyun", port), ENVIRONMENT, tmp_path, tmp_path)
        with pytest.raises(Unknown):
            gateway.send(message)


@pytest.mark.parametrize("word", ["content", "requirement", "note", "事项内容", "text"])
def test_template_parameters_cannot_hold_content(tmp_path: Path, word: str) -> None:
    table = table_of("aliyun", 9)
    table["templates"] = {"催办": {"code": "SMS_1", "parameters": {"x": word}}}
    with pytest.raises(SmsError, match="配置有误"):
        open_gateway("aliyun", table, ENVIRONMENT, tmp_path, tmp_path)


def test_the_address_is_aliyuns_or_local(tmp_path: Path) -> None:
    for endpoint in ("example.com", "127.0.0.1.example.com:80", "dysmsapi.aliyuncs.com.example.com"):
        with pytest.raises(SmsError, match="配置有误"):
            open_gateway("aliyun", {**table_of("aliyun", 9), "endpoint": endpoint}, ENVIRONMENT, tmp_path, tmp_path)


def test_the_grace_comes_from_the_config(tmp_path: Path) -> None:
    gateway = open_gateway(
        "aliyun", {**table_of("aliyun", 9), "limits": {"grace": 90}}, ENVIRONMENT, tmp_path, tmp_path
    )
    assert timedelta(seconds=gateway.limits.grace) == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("模板变量缺少对应参数值", "模板变量缺少对应参数值"),
        ("Specified parameter is not valid.", "按这个代码查原因"),
        ("", "按这个代码查原因"),
    ],
)
def test_an_unknown_code_is_said_in_chinese_and_to_be_looked_up(text: str, said: str) -> None:
    assert said in str(_refusal("isv.SOMETHING_NEW", text, 200))


MIDNIGHT = datetime(2026, 3, 4)


@pytest.mark.parametrize(
    ("host_at", "provider_at"),
    [
        (MIDNIGHT + timedelta(seconds=5), MIDNIGHT - timedelta(seconds=5)),
        (MIDNIGHT + timedelta(minutes=14), MIDNIGHT - timedelta(seconds=1)),
        (MIDNIGHT - timedelta(minutes=14), MIDNIGHT),
    ],
)
def test_what_the_provider_filed_on_another_day_than_ours_is_found(
    tmp_path: Path, file_outbox: Outbox, host_at: datetime, provider_at: datetime
) -> None:
    """Its clock decides on the day. Not found there, it would be sent again, and never get its receipt."""
    clock = Clock(host_at)
    with ExitStack() as stack:
        line = connect("aliyun", tmp_path, lambda: clock() + (provider_at - host_at), stack)
        line.phone.faults.append(Trouble.DROP_AFTER)
        line.phone.next_statuses = [("3", "DELIVERED")]
        file_outbox.claim(LEDGER, [outgoing(1)], [], {}, host_at)
        for _ in range(5):
            send(file_outbox, clock, line.gateway)
            clock.forward(minutes=1)
        file_outbox.collect_receipts(LEDGER, clock, [line.gateway])
    assert (only(file_outbox).state, len(line.arrived)) == (State.DELIVERED, 1)
