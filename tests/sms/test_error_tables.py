"""Every gateway's table against its provider's published list, and codes that stand in neither."""

import tomllib
from collections.abc import Collection
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from sms.gateways.error_table import error_table, fault_of
from sms.gateways.protocol import (
    BadNumber,
    GatewayStopped,
    Meaning,
    NotSent,
    Rejected,
    Remedy,
    Unknown,
    UnknownRefusal,
)
from sms.outbox import Outbox
from sms.store.codes import MEANING_WORD
from sms.store.model import SmsError, State
from tests.sms.conftest import LEDGER, START, Clock, always, connect, outgoing
from tests.sms.scripted import Scripted, english, send

PUBLISHED = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in Path(__file__).parent.glob("published/*.toml")
}
NAMES = ("aliyun", "tencent", "twilio", "mas")


def published(name: str, *kinds: str, verified: bool | None = None) -> set[str]:
    """The codes of a provider's lists of these kinds; with ``verified`` those of lists that were read, or were not."""
    lists = [one for one in PUBLISHED[name]["list"] if one["of"] in kinds and verified in (None, one["verified"])]
    return {code for one in lists for code in one["codes"]}


def without_meaning(name: str, meanings: Collection[str]) -> list[str]:
    """Codes that the provider publishes as answers to sending, or to any request, and that a table lacks."""
    return sorted(published(name, "sending", "any", verified=True) - {*meanings})


@pytest.mark.parametrize("name", NAMES)
def test_every_published_code_has_a_meaning_and_chinese_words(name: str) -> None:
    table = error_table(name)
    assert without_meaning(name, table.meanings) == []
    assert [words for words in (*table.words.values(), *table.receipts.values()) if not words or english(words)] == []
    assert table.checked >= PUBLISHED[name]["read"]
    assert all(one["source"] for one in PUBLISHED[name]["list"])


@pytest.mark.parametrize("name", NAMES)
def test_no_code_stands_in_a_table_without_a_source(name: str) -> None:
    """Nor one that is published for other actions only: it would be a guess what it means for an SMS."""
    table = error_table(name)
    assert sorted({*table.meanings} - published(name, "sending", "any")) == []
    assert sorted(published(name, "elsewhere") & {*table.meanings}) == []


def test_every_published_code_of_receipts_has_words() -> None:
    assert sorted(published("aliyun", "receipt") - {*error_table("aliyun").receipts}) == []


def test_a_code_that_is_taken_out_of_the_table_is_noticed() -> None:
    """The tests above can fail."""
    meanings = error_table("aliyun").meanings
    left = {code: meaning for code, meaning in meanings.items() if code != "isv.DENY_IP_RANGE"}
    assert without_meaning("aliyun", left) == ["isv.DENY_IP_RANGE"]


@pytest.mark.parametrize(
    ("name", "code", "meaning"),
    [
        ("aliyun", "isv.CUSTOMER_REFUSED", Meaning.BAD_NUMBER),
        ("aliyun", "isv.BLACK_KEY_CONTROL_LIMIT", Meaning.THIS_TEXT),
        ("tencent", "FailedOperation.PhoneNumberInBlacklist", Meaning.BAD_NUMBER),
        ("twilio", "21610", Meaning.BAD_NUMBER),
    ],
)
def test_whoever_wants_no_sms_stops_nobody_elses(name: str, code: str, meaning: Meaning) -> None:
    assert error_table(name).meanings[code] is meaning


def test_a_receipt_says_in_words_why() -> None:
    table = error_table("aliyun")
    blocked, no_more = table.undelivered("PORT_NOT_REGISTERED")
    assert (blocked, no_more) == ("运营商未送达（PORT_NOT_REGISTERED：签名没有完成实名报备）", Remedy.NONE)
    assert table.undelivered("MOBLLE_TERMINAL_ERROR")[1] is Remedy.LATER, "as the provider spells it"
    assert table.undelivered("isv.SMS_SIGN_ILLEGAL")[0] == "运营商未送达（isv.SMS_SIGN_ILLEGAL：签名禁止使用）"
    assert table.undelivered("NEW")[0] == "运营商未送达（NEW）"


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("isv.MONTH_LIMIT_CONTROL", Meaning.STOP),
        ("isv.DAY_LIMIT_CONTROL", Meaning.WAIT_AN_HOUR),
        ("isv.DENY_IP_RANGE", Meaning.STOP),
        ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", Meaning.STOP),
        ("isv.SMS_CONTENT_ILLEGAL", Meaning.THIS_TEXT),
        ("isv.OUT_OF_SERVICE", Meaning.STOP),
        ("isv.AMOUNT_NOT_ENOUGH", Meaning.STOP),
    ],
)
def test_the_codes_that_were_added_for_aliyun(code: str, meaning: Meaning) -> None:
    assert error_table("aliyun").meanings[code] is meaning


@pytest.mark.parametrize(
    ("meaning", "kind"),
    [
        (Meaning.STOP, GatewayStopped),
        (Meaning.WAIT, NotSent),
        (Meaning.WAIT_AN_HOUR, NotSent),
        (Meaning.NUMBER_WAITS, NotSent),
        (Meaning.BAD_NUMBER, BadNumber),
        (Meaning.THIS_TEXT, Rejected),
        (Meaning.OPEN, Unknown),
    ],
)
def test_each_meaning_is_a_fault_of_its_kind(meaning: Meaning, kind: type[Exception]) -> None:
    assert type(fault_of(meaning, "话")) is kind
    assert meaning in MEANING_WORD


def test_an_unknown_code_asks_once_and_gives_up_only_its_messages(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [UnknownRefusal("新代码", "isv.NEW")] * 5 + [None])
    outbox.claim(LEDGER, [outgoing(n) for n in range(5)], [], {}, START)
    first = send(outbox, clock, gateway)
    assert (len(first.failed), len(first.code_questions)) == (5, 1)
    assert "outbox codes 甲 isv.NEW" in first.code_questions[0]
    gateway.script = [UnknownRefusal("新代码", "isv.NEW")]
    outbox.claim(LEDGER, [outgoing(9)], [], {}, START)
    assert send(outbox, clock, gateway).code_questions == []
    (code,) = outbox.codes()
    assert (code.gateway, code.code, code.times, code.meaning) == ("甲", "isv.NEW", 6, "")


@pytest.mark.parametrize("kind", ["aliyun", "tencent", "mas", "twilio"])
def test_the_true_clients_ask_once_a_code_and_not_once_a_message(kind: str, tmp_path: Path, clock: Clock) -> None:
    """Also after a restart, and after the code has come from many messages."""
    questions = []
    with ExitStack() as stack:
        line = connect(kind, tmp_path, clock, stack)
        for life in range(2):
            with closing(Outbox(tmp_path / "duban.sqlite")) as outbox:
                mine = [outgoing(n, mobile=f"+86138{n:08}") for n in range(4 * life, 4 * life + 4)]
                outbox.claim(LEDGER, mine, [], {}, START)
                line.phone.refusals.extend(
                    [(200 if kind != "twilio" else 400, "12345" if kind == "twilio" else "New.Code")] * 4
                )
                questions += outbox.send(LEDGER, clock, [line.gateway], always, wait=clock.wait).code_questions
                (code,) = outbox.codes()
                assert code.times == 4 * life + 4
                assert {one.state for one in outbox.messages(LEDGER)} == {State.FAILED}
    assert len(questions) == 1


@pytest.mark.parametrize(
    ("meaning", "state", "stopped"),
    [
        (Meaning.STOP, State.PENDING, True),
        (Meaning.WAIT, State.PENDING, False),
        (Meaning.NUMBER_WAITS, State.PENDING, False),
        (Meaning.BAD_NUMBER, State.FAILED, False),
        (Meaning.THIS_TEXT, State.FAILED, False),
        (Meaning.OPEN, State.UNKNOWN, False),
    ],
)
def test_the_answer_of_a_person_holds_from_then_on(
    outbox: Outbox, clock: Clock, meaning: Meaning, state: State, stopped: bool
) -> None:
    gateway = Scripted("甲", [UnknownRefusal("新代码", "X.Y")] * 2)
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send(outbox, clock, gateway)
    outbox.answer_code("甲", "X.Y", meaning)
    outbox.claim(LEDGER, [outgoing(2)], [], {}, START)
    send(outbox, clock, gateway)
    second = next(one for one in outbox.messages(LEDGER) if one.token == "000002")
    assert second.state is state
    assert bool(outbox.gateway_conditions() and outbox.gateway_conditions()[0].stopped_at) is stopped


def test_a_code_that_was_never_met_cannot_be_answered(outbox: Outbox) -> None:
    with pytest.raises(SmsError, match="没有回过代码"):
        outbox.answer_code("甲", "X.Y", Meaning.STOP)
