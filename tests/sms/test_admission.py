"""What a provider would refuse is objected to before anything is claimed, and never submitted."""

from dataclasses import replace
from pathlib import Path

import pytest

from sms.admission import admitted, marks_before
from sms.gateways.protocol import Gateway, KnowsLimits
from sms.gateways.setup import open_gateway
from sms.gateways.templates import LONGEST_TEXT
from sms.outbox import Outbox
from sms.store.model import Outgoing, State
from tests.sms.conftest import ENVIRONMENT, LEDGER, START, Clock, Line, always, outgoing, table_of
from tests.sms.scripted import Scripted, only

PUBLISHED = {"aliyun": 35, "tencent": 6}


def gateway_of(kind: str, words: tuple[str, ...], **table: object) -> Gateway:
    """A gateway that reaches nobody, with one template of these variables."""
    parameters = {word: word for word in words} if kind == "aliyun" else words
    whole = {**table_of(kind, 9), "templates": {"催办": {"code": _code(kind), "parameters": parameters}}, **table}
    return open_gateway(kind, {k: v for k, v in whole.items() if v is not None}, ENVIRONMENT, Path(), Path())


def _code(kind: str) -> str:
    return "SMS_1" if kind == "aliyun" else "1"


def of(word: str, value: str) -> Outgoing:
    one = outgoing(1)
    return replace(one, parameters={**one.parameters, word: value})


def problem(gateway: Gateway, message: Outgoing) -> str:
    assert isinstance(gateway, KnowsLimits)
    found = gateway.objection(message)
    assert found is None or found.remedy.endswith("。")
    return found.problem if found else ""


@pytest.mark.parametrize(("widened", "of_account"), [(None, 0), (20, 20)])
@pytest.mark.parametrize("kind", PUBLISHED)
def test_the_length_of_a_variable_before_at_and_after(kind: str, widened: int | None, of_account: int) -> None:
    gateway, longest = gateway_of(kind, ("unit",), longest_variable=widened), of_account or PUBLISHED[kind]
    assert problem(gateway, of("unit", "某" * (longest - 1))) == ""
    assert problem(gateway, of("unit", "某" * longest)) == ""
    assert f"变量“单位”有{longest + 1}个字，超过{longest}个字" in problem(gateway, of("unit", "某" * (longest + 1)))


@pytest.mark.parametrize("value", ["市【教】", "http://x", "WWW.x", "好😀"])
@pytest.mark.parametrize("kind", PUBLISHED)
def test_characters_that_no_provider_takes(kind: str, value: str) -> None:
    assert "不收的字符" in problem(gateway_of(kind, ("unit",), longest_variable=20), of("unit", value))


@pytest.mark.parametrize(
    ("kind", "number", "taken"),
    [
        ("aliyun", "0349-2020000", True),
        ("aliyun", "4008208820", True),
        ("aliyun", "95588", True),
        ("aliyun", "13800138000", False),
        ("tencent", "13800138000", True),
    ],
)
def test_a_contact_number_is_a_landline_where_the_provider_says_so(kind: str, number: str, taken: bool) -> None:
    assert (problem(gateway_of(kind, ("phone",), longest_variable=20), of("phone", number)) == "") is taken


@pytest.mark.parametrize("kind", PUBLISHED)
def test_a_wording_without_template_and_a_template_without_its_word(kind: str) -> None:
    assert "没有为“催办”配置模板" in problem(gateway_of(kind, (), templates={}), outgoing(1))
    assert "“期限”短信中没有" in problem(gateway_of(kind, ("due",)), outgoing(1))


@pytest.mark.parametrize(
    ("length", "taken"), [(LONGEST_TEXT - 1, True), (LONGEST_TEXT, True), (LONGEST_TEXT + 1, False)]
)
@pytest.mark.parametrize("kind", ["aliyun", "tencent", "twilio"])
def test_the_length_of_a_whole_text(kind: str, length: int, taken: bool) -> None:
    gateway = open_gateway("twilio", table_of("twilio", 9), ENVIRONMENT, Path(), Path())
    if kind != "twilio":
        gateway = gateway_of(kind, ("token",))
    assert (problem(gateway, replace(outgoing(1), text="字" * length)) == "") is taken


def test_what_one_gateway_takes_is_claimed_and_what_none_takes_is_not() -> None:
    narrow, wide = gateway_of("tencent", ("number",), longest_variable=None), gateway_of("aliyun", ("number",))
    message = outgoing(1)
    assert admitted([narrow, wide], [message]) == ([message], [])
    assert admitted([narrow, Scripted("甲")], [message]) == ([message], []), "the other knows no limits"
    assert admitted([], [message]) == ([message], [])
    taken, (refused,) = admitted([narrow], [message])
    assert (taken, refused.message) == ([], message)
    assert "超过6个字" in refused.objection.problem


def test_the_mark_of_a_refused_duty_ends_before_its_earliest_slot() -> None:
    _, refused = admitted([gateway_of("tencent", ("number",), longest_variable=None)], [outgoing(1), outgoing(2)])
    marks = marks_before(refused)
    assert len(marks) == 2
    assert all((START - mark).total_seconds() == 60 for mark in marks.values())


def test_nothing_is_submitted_that_is_objected_to(outbox: Outbox, clock: Clock, line: Line) -> None:
    """A message that was claimed before the set-up changed: no request, and so no charge."""
    too_long = replace(of("number", "某" * 40), text=f"{'字' * LONGEST_TEXT}编号000001")
    outbox.claim(LEDGER, [too_long], [], {}, START)
    objected = isinstance(line.gateway, KnowsLimits) and line.gateway.objection(too_long) is not None
    by_templates = ("aliyun", "tencent", "twilio")  # 移动云MAS as set up here sends texts, of which nothing is known
    assert objected is (line.gateway.name in by_templates)
    outbox.send(LEDGER, clock, [line.gateway], always)
    if objected:
        assert (only(outbox).state, line.phone.requests["send"]) == (State.FAILED, 0)
        assert only(outbox).explanation
    else:
        assert only(outbox).state is State.ACCEPTED
