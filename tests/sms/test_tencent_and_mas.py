"""腾讯云 through its real client, 移动云MAS by the public facts of its interface: what their answers mean."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sms.gateways.protocol import (
    BadNumber,
    Gateway,
    GatewayError,
    GatewayStopped,
    NotSent,
    Rejected,
    Remedy,
    Unknown,
    UnknownRefusal,
)
from sms.gateways.setup import open_gateway
from sms.gateways.tencent import LATEST, LOOK_BACK, PAGE
from sms.outbox import Outbox
from sms.store.model import SmsError, State, StoredMessage
from tests.sms.conftest import ENVIRONMENT, LEDGER, MOBILE, START, Clock, Line, always, connect, outgoing, table_of
from tests.sms.scripted import english, only
from tests.sms.standin import mas_api
from tests.sms.standin.phone import Trouble

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def tencent(tmp_path: Path, clock: Clock) -> Iterator[Line]:
    with ExitStack() as stack:
        yield connect("tencent", tmp_path, clock, stack)


@pytest.fixture
def mas(tmp_path: Path, clock: Clock) -> Iterator[Line]:
    with ExitStack() as stack:
        yield connect("mas", tmp_path, clock, stack)


@pytest.fixture
def message(outbox: Outbox) -> StoredMessage:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    return replace(next(iter(outbox.messages(LEDGER))), first_submitted_at=START, submitted_at=START)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("LimitExceeded.PhoneNumberDailyLimit", NotSent),
        ("LimitExceeded.DeliveryFrequencyLimit", NotSent),
        ("RequestLimitExceeded", NotSent),
        ("FailedOperation.PhoneNumberInBlacklist", BadNumber),
        ("FailedOperation.InsufficientBalanceInSmsPackage", GatewayStopped),
        ("AuthFailure.SignatureExpire", GatewayStopped),
        ("FailedOperation.ContainSensitiveWord", Rejected),
        ("InternalError.Timeout", Unknown),
        ("Something.New", UnknownRefusal),
    ],
)
def test_what_codes_of_tencent_mean(
    tencent: Line, message: StoredMessage, code: str, meaning: type[GatewayError]
) -> None:
    tencent.phone.refusals.append((200, code))
    with pytest.raises(meaning) as refused:
        tencent.gateway.send(message)
    assert type(refused.value) is meaning
    assert MOBILE[3:] not in str(refused.value)
    assert tencent.phone.requests["send"] == 1


def test_tencent_gets_a_template_and_its_numbered_words(tencent: Line, message: StoredMessage) -> None:
    tencent.gateway.send(message)
    assert json.loads(tencent.phone.taken[0].text) == ["2026-日-0001", "000001"]
    assert tencent.phone.taken[0].mark == message.out_id


@pytest.mark.parametrize(
    ("status", "code", "state", "remedy"),
    [
        ("waiting", "", State.ACCEPTED, Remedy.NONE),
        ("SUCCESS", "DELIVRD", State.DELIVERED, Remedy.NONE),
        ("FAIL", "MK:0001", State.UNDELIVERED, Remedy.LATER),
        ("FAIL", "BLACK", State.UNDELIVERED, Remedy.NONE),
    ],
)
def test_what_receipts_of_tencent_mean(
    tencent: Line, message: StoredMessage, status: str, code: str, state: State, remedy: Remedy
) -> None:
    tencent.phone.next_statuses = [(status, code)]
    receipt = tencent.gateway.receipt(replace(message, ref=tencent.gateway.send(message)))
    assert (receipt.state, receipt.remedy) == (state, remedy)


@pytest.mark.parametrize(
    ("taken_at", "is_found"),
    [
        (START - LOOK_BACK - SECOND, False),
        (START - LOOK_BACK, True),
        (START + HOUR + LATEST, True),
        (START + HOUR + LATEST + SECOND, False),
    ],
)
def test_tencent_is_asked_for_receipts_from_the_first_request_until_days_after_the_last(
    tencent: Line, message: StoredMessage, clock: Clock, taken_at: datetime, is_found: bool
) -> None:
    clock.now = taken_at
    tencent.gateway.send(message)
    assert bool(tencent.gateway.look_up(replace(message, submitted_at=START + HOUR))) is is_found


@pytest.mark.parametrize(("others", "pages"), [(PAGE - 1, 1), (PAGE, 2), (2 * PAGE, 3)])
def test_tencent_is_asked_for_all_receipts_of_a_number(
    tencent: Line, message: StoredMessage, others: int, pages: int
) -> None:
    tencent.gateway.send(message)
    for _ in range(others):  # newer ones are listed first
        tencent.phone.take("", MOBILE, "[]", "another", "SUCCESS")
    assert tencent.gateway.look_up(message)
    assert tencent.phone.requests["other"] == pages


def test_a_wrong_key_of_tencent_is_told_by_the_signature(message: StoredMessage, tencent: Line, tmp_path: Path) -> None:
    wrong = {**ENVIRONMENT, "TENCENTCLOUD_SECRET_KEY": "not-the-key-at-all"}
    gateway = open_gateway("tencent", table_of("tencent", tencent.port), wrong, tmp_path, tmp_path)
    with pytest.raises(GatewayStopped, match="密钥不正确"):
        gateway.send(message)


@pytest.mark.parametrize("kind", ["tencent", "mas"])
def test_only_mainland_numbers(kind: str, message: StoredMessage, tmp_path: Path, clock: Clock) -> None:
    with ExitStack() as stack, pytest.raises(BadNumber):
        connect(kind, tmp_path, clock, stack).gateway.send(replace(message, mobile="+85261234567"))


def test_mas_gets_the_text_without_its_signature(mas: Line, message: StoredMessage) -> None:
    ref = mas.gateway.send(message)
    assert ref == mas.phone.taken[0].ref
    assert mas.phone.taken[0].text == message.text.partition("】")[2]


def by_template(mas: Line, folder: Path, *words: str) -> Gateway:
    table = table_of("mas", mas.port)
    url = str(table["url"]).replace("/sms/submit", mas_api.TEMPLATED)
    templates = {"催办": {"code": mas_api.TEMPLATE, "parameters": words}}
    return open_gateway("mas", {**table, "url": url, "templates": templates}, ENVIRONMENT, folder, folder)


def test_mas_by_template_sends_its_words_in_order(mas: Line, message: StoredMessage, tmp_path: Path) -> None:
    gateway = by_template(mas, tmp_path, "number", "token")
    assert gateway.send(message) == mas.phone.taken[0].ref
    assert json.loads(mas.phone.taken[0].text) == ["2026-日-0001", "000001"]
    assert gateway.probe() is None


def test_mas_by_template_submits_nothing_that_it_objects_to(mas: Line, message: StoredMessage, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="没有为“晨报”配置模板"):
        by_template(mas, tmp_path, "number").send(replace(message, parameters={"template": "晨报"}))
    with pytest.raises(Rejected, match="短信中没有"):
        by_template(mas, tmp_path, "phone").send(message)
    assert mas.phone.requests["send"] == 0
    assert mas.gateway.objection(message) is None, "against a text nothing is known"


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (200, "IllegalMac", GatewayStopped),
        (200, "IllegalSignId", GatewayStopped),
        (200, "InvalidMessage", Rejected),
        (200, "Fancy", UnknownRefusal),
        (500, "", Unknown),
        (302, "", Unknown),
    ],
)
def test_what_answers_of_mas_mean(
    mas: Line, message: StoredMessage, status: int, code: str, meaning: type[GatewayError]
) -> None:
    mas.phone.refusals.append((status, code))
    with pytest.raises(meaning) as refused:
        mas.gateway.send(message)
    assert type(refused.value) is meaning
    assert code == "Fancy" or english(str(refused.value)) is None


@pytest.mark.parametrize("trouble", [Trouble.DROP_AFTER, Trouble.HANG, Trouble.ERROR_AFTER])
def test_mas_cannot_be_asked_so_an_open_message_goes_to_a_person(
    mas: Line, outbox: Outbox, clock: Clock, trouble: Trouble
) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    mas.phone.faults.append(trouble)
    for _ in range(13):
        outbox.send(LEDGER, clock, [mas.gateway], always, wait=clock.wait)
        clock.forward(minutes=30)
    assert (only(outbox).state, len(mas.arrived)) == (State.NEEDS_HUMAN, 1)
    assert "移动云MAS" in only(outbox).explanation


def test_a_wrong_key_of_mas_is_found_by_the_probe(mas: Line, tmp_path: Path) -> None:
    wrong = {**ENVIRONMENT, "MAS_SECRET_KEY": "not-the-key-at-all"}
    gateway = open_gateway("mas", table_of("mas", mas.port), wrong, tmp_path, tmp_path)
    with pytest.raises(GatewayStopped, match="校验码不对"):
        gateway.probe()
    assert mas.gateway.probe() is None


def test_the_address_of_mas_is_one(tmp_path: Path) -> None:
    for url in ("", "ftp://x", "intranet/sms"):
        with pytest.raises(SmsError, match="配置有误"):
            open_gateway("mas", {**table_of("mas", 9), "url": url}, ENVIRONMENT, tmp_path, tmp_path)


def test_tencent_waits_longer_before_absence_counts(tmp_path: Path) -> None:
    """Its list holds receipts, not requests: what is absent may still be on its way."""
    table = {key: value for key, value in table_of("tencent", 9).items() if key != "limits"}
    gateway = open_gateway("tencent", table, ENVIRONMENT, tmp_path, tmp_path)
    assert timedelta(seconds=gateway.limits.grace) >= timedelta(minutes=15)
