"""doctor asks the provider whether signature and templates are approved, by its real client."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from sms.doctor import check_gateway
from sms.gateways.protocol import KnowsRegistrations
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from sms.registrations import Registrations
from sms.store.model import State
from tests.sms.conftest import ENVIRONMENT, LEDGER, START, Clock, connect, outgoing, table_of
from tests.sms.scripted import Scripted, only, send
from tests.sms.standin import aliyun_api, tencent_api

ALIYUN, TENCENT = aliyun_api.TEMPLATE, tencent_api.TEMPLATE


@pytest.mark.parametrize(
    ("kind", "unapproved", "told"),
    [
        ("aliyun", {}, []),
        ("aliyun", {ALIYUN: "AUDIT_STATE_INIT"}, [f"模板“催办”（{ALIYUN}）还在审核"]),
        ("aliyun", {ALIYUN: "AUDIT_STATE_NOT_PASS"}, [f"模板“催办”（{ALIYUN}）审核未通过"]),
        ("aliyun", {ALIYUN: "AUDIT_SATE_CANCEL"}, [f"模板“催办”（{ALIYUN}）审核已撤销"]),
        ("aliyun", {ALIYUN: None}, [f"模板“催办”（{ALIYUN}）在服务商那里没有登记"]),
        ("aliyun", {aliyun_api.SIGNATURE: "AUDIT_STATE_INIT"}, [f"签名“{aliyun_api.SIGNATURE}”还在审核"]),
        ("aliyun", {aliyun_api.SIGNATURE: None}, [f"签名“{aliyun_api.SIGNATURE}”在服务商那里没有登记"]),
        ("tencent", {}, []),
        ("tencent", {TENCENT: 1}, [f"模板“催办”（{TENCENT}）还在审核"]),
        ("tencent", {TENCENT: 2}, [f"模板“催办”（{TENCENT}）已审核，还没有生效"]),
        ("tencent", {TENCENT: -1}, [f"模板“催办”（{TENCENT}）审核未通过"]),
        ("tencent", {TENCENT: None}, [f"模板“催办”（{TENCENT}）在服务商那里没有登记"]),
    ],
)
def test_what_the_provider_has_not_approved(
    kind: str, unapproved: dict[str, object], told: list[str], tmp_path: Path, clock: Clock
) -> None:
    with ExitStack() as stack:
        line = connect(kind, tmp_path, clock, stack)
        line.phone.unapproved.update(unapproved)
        assert isinstance(line.gateway, KnowsRegistrations)
        assert line.gateway.unapproved() == told
        said = [one for one in check_gateway(line.gateway, clock) if one.subject == f"短信报备 {kind}"]
        assert [one.ok for one in said] == ([False] * len(told) if told else [True])
        assert line.phone.requests["send"] == 0


@pytest.mark.parametrize(
    ("kind", "code", "state", "held"),
    [
        ("aliyun", ALIYUN, "AUDIT_STATE_NOT_PASS", True),
        ("aliyun", aliyun_api.SIGNATURE, "AUDIT_STATE_INIT", True),
        ("aliyun", ALIYUN, None, False),
        ("tencent", TENCENT, 1, True),
        ("tencent", TENCENT, None, False),
    ],
)
def test_what_a_provider_says_is_unapproved_is_held_back_until_it_says_otherwise(
    kind: str, code: str, state: object, held: bool, tmp_path: Path, clock: Clock
) -> None:
    with ExitStack() as stack:
        line, asked = connect(kind, tmp_path, clock, stack), Registrations()
        assert line.gateway.objection(outgoing(1)) is None
        line.phone.unapproved[code] = state
        assert len(asked.ask([line.gateway], clock())) == 1
        assert (line.gateway.objection(outgoing(1)) is not None) is held
        clock.forward(minutes=59)
        line.phone.unapproved.clear()
        assert asked.ask([line.gateway], clock()) == []
        assert (line.gateway.objection(outgoing(1)) is not None) is held, "not asked yet"
        clock.forward(minutes=1)
        assert asked.ask([line.gateway], clock()) == []
        assert line.gateway.objection(outgoing(1)) is None


@pytest.mark.parametrize("others", [(), ("乙",)])
def test_what_waits_for_its_template_goes_out_once_that_is_approved(
    others: tuple[str, ...], tmp_path: Path, outbox: Outbox, clock: Clock
) -> None:
    """The provider took the approval back after it was claimed. Another gateway sends it at once."""
    with ExitStack() as stack:
        line, asked = connect("tencent", tmp_path, clock, stack), Registrations()
        gateways = [line.gateway, *map(Scripted, others)]
        outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
        line.phone.unapproved[TENCENT] = 1
        asked.ask([line.gateway], clock())
        report = send(outbox, clock, *gateways)
        assert (only(outbox).state, report.failed) == (State.ACCEPTED if others else State.PENDING, [])
        line.phone.unapproved.clear()
        clock.forward(hours=1)
        asked.ask([line.gateway], clock())
        send(outbox, clock, *gateways)
        assert (only(outbox).state, len(line.arrived)) == (State.ACCEPTED, 1 - len(others))


def test_the_same_is_reported_once_and_a_silent_provider_changes_nothing(tmp_path: Path, clock: Clock) -> None:
    silent = open_gateway("tencent", table_of("tencent", 9), ENVIRONMENT, tmp_path, tmp_path)
    with ExitStack() as stack:
        line, asked = connect("aliyun", tmp_path, clock, stack), Registrations()
        line.phone.unapproved[ALIYUN] = "AUDIT_STATE_INIT"
        assert len(asked.ask([silent, line.gateway], clock())) == 1
        clock.forward(hours=1)
        assert asked.ask([silent, line.gateway], clock()) == []


@pytest.mark.parametrize("kind", ["aliyun", "tencent"])
def test_a_provider_that_cannot_be_asked_is_told_once(kind: str, tmp_path: Path, clock: Clock) -> None:
    gateway = open_gateway(kind, table_of(kind, 9), ENVIRONMENT, tmp_path, tmp_path)
    (only,) = check_gateway(gateway, clock)
    assert not only.ok
    assert "连接或登录失败" in only.said


@pytest.mark.parametrize("state", [["AUDIT_STATE_PASS"], {"a": 1}])
def test_a_state_that_is_none_ends_neither_the_service_nor_doctor(state: object, tmp_path: Path, clock: Clock) -> None:
    """In the same job replies are collected next."""
    with ExitStack() as stack:
        line = connect("aliyun", tmp_path, clock, stack)
        line.phone.unapproved[ALIYUN] = state
        assert Registrations().ask([line.gateway], clock()) == []
        assert [one.ok for one in check_gateway(line.gateway, clock)] == [True, False]
