"""A gateway's answer is somebody else's text: it may repeat the request, hold a list for a code, or break us."""

import json
import sqlite3
from base64 import b64encode
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

import pytest

from sms.doctor import check_gateway, check_outbox
from sms.gateways.error_table import is_code
from sms.gateways.protocol import (
    MOST_PAGES,
    GatewayError,
    Inconclusive,
    KeepsReplies,
    KnowsRegistrations,
    Receipt,
    Rejected,
    Reply,
    Unknown,
)
from sms.gateways.pushed import parse
from sms.gateways.setup import open_gateway
from sms.inbound import ReplyMeaning
from sms.outbox import Outbox
from sms.store.model import SmsError, State, StoredMessage
from tests.sms.conftest import ENVIRONMENT, LEDGER, MOBILE, START, Clock, Line, always, connect, outgoing, table_of
from tests.sms.scripted import Scripted, only, send
from tests.sms.spellings import holds_number
from tests.sms.standin import aliyun_api, tencent_api
from tests.sms.standin.phone import Phone
from tests.sms.standin.server import Answer, Request, serve

NETWORK = ("twilio", "aliyun", "tencent", "mas")
NUMBERS = ("13800138000", "+8613800138000", "isv.13800138000", "E-138-0013-8000")
PREFIX = {"aliyun": "ALIBABA", "tencent": "TENCENT", "mas": "MAS"}
STRANGE = ([1, 2], {"a": 1}, "", " ", "看不懂", "13800138000", 1.5, "x" * 100_000, -1, 13800138000)


def _echo(phone: Phone, request: Request) -> Answer:
    """Everything that the request held, in Chinese words, with all our secrets in three spellings."""
    secrets = [
        form for one in ENVIRONMENT.values() for form in (one, quote(one, safe=""), b64encode(one.encode()).decode())
    ]
    said = f"请求有误：{request.path} {dict(request.headers.items())} {request.body} {secrets} +86 138-0013-8000"
    of_tencent = {"Error": {"Code": "Failed.X", "Message": said}, "RequestId": said}
    of_mas = {"rspcod": "NewCode", "success": False, "msgGroup": said, "message": said}
    tree = {"Code": "isv.X", "code": 12345, "Message": said, "message": said, "Response": of_tencent, **of_mas}
    is_refused_in_200 = request.headers.get("X-TC-Action") or "/sms/submit" in request.path
    return Answer(200 if is_refused_in_200 else 400, json.dumps(tree, ensure_ascii=False))


@pytest.mark.parametrize("kind", NETWORK)
def test_an_error_text_that_echoes_the_request_is_masked_everywhere(
    kind: str, tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    with serve(Phone(clock), _echo, lambda _: True) as port:
        gateway = open_gateway(kind, table_of(kind, port), ENVIRONMENT, tmp_path, tmp_path)
        outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
        report = outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    stored = only(outbox)
    shown = [stored.explanation, str(report), str(outbox.gateway_conditions()), str([*outbox.log_rows(LEDGER)])]
    shown += [str(outbox.codes()), *(one.said for one in check_outbox(outbox))]
    assert stored.state is State.FAILED, "it was understood as a refusal"
    with outbox.store.read() as connection:
        shown += [str(row) for row in connection.exec_driver_sql("SELECT explanation FROM messages").all()]
    for text in shown:
        assert not holds_number(text)
        assert not any(secret in text for secret in ENVIRONMENT.values())
    assert len(stored.explanation) <= 201


@pytest.mark.parametrize("kind", NETWORK)
def test_what_other_questions_are_answered_with_is_masked_too(
    kind: str, tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    """Look-ups, receipts, probes, replies, registrations: what a person sees of each, doctor included."""
    with serve(Phone(clock), _echo, lambda _: False) as port:
        gateway = open_gateway(kind, table_of(kind, port), ENVIRONMENT, tmp_path, tmp_path)
        outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
        message = replace(only(outbox), ref="1")
        shown = [check.said for check in check_gateway(gateway, clock)]
        asked = [lambda: gateway.look_up(message), lambda: gateway.receipt(message), gateway.probe]
        asked += [gateway.replies] if isinstance(gateway, KeepsReplies) else []
        asked += [gateway.unapproved] if isinstance(gateway, KnowsRegistrations) else []
        for ask in asked:
            try:
                shown.append(repr(ask()))
            except GatewayError as fault:
                shown += [str(fault), repr(fault)]
    assert len(shown) > len(asked)
    for text in shown:
        assert not holds_number(text)
        assert not any(secret in text for secret in ENVIRONMENT.values())
        assert len(text) <= 300


def test_the_local_phone_shows_nothing_of_a_fault_of_its_file(local: Line, outbox: Outbox, clock: Clock) -> None:
    class Hostile:
        def execute(self, *_: object) -> None:
            raise sqlite3.OperationalError(f"near +8613800138000: {ENVIRONMENT['MAS_SECRET_KEY']} " * 50)

        def close(self) -> None:
            """Nothing is open."""

    local.gateway._phone.close()
    local.gateway._phone = Hostile()
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always, wait=clock.wait)
    assert only(outbox).state is State.UNKNOWN
    said = [only(outbox).explanation, *(check.said for check in check_gateway(local.gateway, clock))]
    assert [text for text in said if "本机短信文件读写不了" not in text] == []
    for text in said:
        assert not holds_number(text)
        assert ENVIRONMENT["MAS_SECRET_KEY"] not in text


@pytest.mark.parametrize("kind", ["aliyun", "tencent"])
def test_a_list_that_never_ends_is_left(kind: str, tmp_path: Path, outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    message = replace(only(outbox), first_submitted_at=START, submitted_at=START)
    with ExitStack() as stack:
        line = connect(kind, tmp_path, clock, stack)
        number = MOBILE if kind == "tencent" else MOBILE.removeprefix("+86")
        for _ in range(MOST_PAGES * 100):
            line.phone.take("", number, "", "another", "1")
        with pytest.raises(Inconclusive, match="没有列全"):
            line.gateway.look_up(message)
        assert line.phone.requests["other"] == MOST_PAGES


@pytest.mark.parametrize("code", STRANGE, ids=[str(one)[:12] for one in STRANGE])
@pytest.mark.parametrize("kind", NETWORK)
def test_a_code_that_is_no_code_is_unknown(
    kind: str, code: object, tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    of_tencent = {"SendStatusSet": [{"Code": code, "Message": "m"}], "RequestId": "1"}
    tree = {"Code": code, "code": code, "Message": "m", "message": "m", "status": 400}
    body = json.dumps({**tree, "Response": of_tencent, "rspcod": code, "success": False})
    status = 200 if kind in ("tencent", "mas") else 400
    with serve(Phone(clock), lambda _phone, _request: Answer(status, body), lambda _: True) as port:
        gateway = open_gateway(kind, table_of(kind, port), ENVIRONMENT, tmp_path, tmp_path)
        outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
        outbox.send(LEDGER, clock, [gateway], always, wait=clock.wait)
    message = only(outbox)
    assert message.state is (State.FAILED if kind == "twilio" and code == "" else State.UNKNOWN)
    assert "程序" not in message.explanation


@pytest.mark.parametrize("kind", ["aliyun", "tencent", "mas"])
def test_a_secret_or_number_for_a_code_is_no_code(kind: str, tmp_path: Path) -> None:
    open_gateway(kind, table_of(kind, 9), ENVIRONMENT, tmp_path, tmp_path)  # which makes its secrets known
    secrets = [one for name, one in ENVIRONMENT.items() if name.startswith(PREFIX[kind])]
    assert len(secrets) == 2
    assert not any(is_code(one) for one in (*secrets, *NUMBERS, None, "x y"))
    assert is_code("isv.DENY_IP_RANGE")
    assert is_code("MK:0001")


def test_a_fault_inside_the_gateway_is_unknown_also_in_look_ups_and_receipts(outbox: Outbox, clock: Clock) -> None:
    class Broken(Scripted):
        def look_up(self, message: StoredMessage) -> str | None:
            raise ZeroDivisionError("13800138000")

        def receipt(self, message: StoredMessage) -> Receipt:
            raise RecursionError

    gateway = Broken("甲", [KeyError("+8613800138000")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, gateway)
    assert only(outbox).state is State.UNKNOWN
    clock.forward(seconds=60)
    send(outbox, clock, gateway)
    assert only(outbox).state is State.UNKNOWN
    assert not holds_number(only(outbox).explanation)
    again = Broken("乙")
    outbox.claim(LEDGER, [outgoing(2)], [], {}, START)
    send(outbox, clock, again)
    clock.forward(minutes=5)
    assert outbox.collect_receipts(LEDGER, clock, [again]) == 0


def test_half_of_a_sign_in_an_answer_keeps_no_message_from_being_sent(outbox: Outbox, clock: Clock) -> None:
    """JSON may hold half of an emoji, which no store takes: each run ended at the message that was looked up first."""

    class Halving(Scripted):
        def send(self, message: StoredMessage) -> str:
            return super().send(message) + "\ud83d"

    gateway = Halving("甲", [Unknown("断"), Rejected("不收\ud83d"), None], found="1\ud83d")
    outbox.claim(LEDGER, [outgoing(n) for n in (1, 2, 3)], [], {}, START)
    send(outbox, clock, gateway)
    send(outbox, clock, gateway)
    messages = [*outbox.messages(LEDGER)]
    assert sorted(message.state for message in messages) == [State.ACCEPTED, State.ACCEPTED, State.FAILED]
    assert {message.ref for message in messages} == {"", "1�", "甲-3�"}


def test_half_of_a_sign_in_a_reply_loses_no_reply(outbox: Outbox, clock: Clock) -> None:
    _, pushed = parse("mas", {"mobile": MOBILE, "smsContent": "好的\ud83d", "sendTime": "2026-03-03 04:31:00"})
    pulled = [Reply("1\ud83d", MOBILE, "好\ud83d", START), Reply("2", MOBILE, "不归我们管", START)]
    outbox.record_replies("甲", [*pushed, *pulled], START)
    assert sorted(one.text for one in outbox.replies(*ReplyMeaning)) == ["不归我们管", "好", "好的�"]


@pytest.mark.parametrize("told", [None, "", "x", 10**18])
@pytest.mark.parametrize(("api", "status"), [(aliyun_api, "3"), (tencent_api, "SUCCESS")])
def test_a_receipt_without_a_time_that_can_be_is_one(
    api: ModuleType,
    status: str,
    told: object,
    tmp_path: Path,
    outbox: Outbox,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was taken for a gateway that does not answer: never known, and no other was asked for in its round."""
    entry = api._entry
    monkeypatch.setattr(api, "_entry", lambda one: {**entry(one), "ReceiveDate": told, "UserReceiveTime": told})
    with ExitStack() as stack:
        line = connect(api.__name__.rpartition(".")[2].removesuffix("_api"), tmp_path, clock, stack)
        line.phone.next_statuses = [(status, "DELIVERED")]
        outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
        send(outbox, clock, line.gateway)
        clock.forward(minutes=1)
        assert outbox.collect_receipts(LEDGER, clock, [line.gateway]) == 1
    assert (only(outbox).state, only(outbox).receipt_at) == (State.DELIVERED, clock())


def test_a_number_in_the_recipients_name_reaches_neither_store_nor_log(outbox: Outbox) -> None:
    named = replace(outgoing(1), name="王某１３９·００１３·９０００")
    outbox.claim(LEDGER, [named], [], {}, START)
    assert only(outbox).name == "王某139****9000"


def test_a_broken_local_file_is_one_sentence(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "phone.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(SmsError, match="移走"), ExitStack() as stack:
        connect("local", tmp_path, clock, stack)
    (tmp_path / "folder").mkdir()
    with pytest.raises(SmsError, match="本机短信文件 folder 打不开"):
        open_gateway("local", {"file": "folder"}, {}, tmp_path, tmp_path)


def test_a_local_file_that_breaks_while_sending_is_unknown(local: Line, outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    local.gateway._phone.execute("DROP TABLE sms")
    with pytest.raises(Unknown, match="请检查磁盘"):
        local.gateway.send(only(outbox))
    with pytest.raises(SmsError, match="请检查磁盘"):
        local.gateway.received()
