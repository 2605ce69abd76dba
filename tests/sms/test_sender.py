"""The sending loop: still owed, backoff, fallback, stopped gateways, people, one sender at a time."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sms.gateway import (
    BadNumber,
    Gateway,
    GatewayStopped,
    Limits,
    NotSent,
    Receipt,
    Rejected,
    Unknown,
)
from sms.lock import SenderBusy, sole_sender
from sms.model import SendReport, SmsError, State, StoredMessage
from sms.outbox import Outbox
from tests.sms.conftest import LEDGER, START, Clock, Line, always, connect, outgoing


@dataclass
class Scripted:
    """A gateway that answers as told: an exception to raise, or ``None`` for acceptance. Absent in look-ups."""

    name: str
    script: list[Exception | None] = field(default_factory=list)
    network: bool = True
    limits: Limits = field(default_factory=lambda: Limits(per_second=1000))
    sent: list[str] = field(default_factory=list)
    found: str | None = None
    deaf: bool = False

    def send(self, message: StoredMessage) -> str:
        self.sent.append(message.id)
        step = self.script.pop(0) if self.script else None
        if step:
            raise step
        return f"{self.name}-{len(self.sent)}"

    def look_up(self, message: StoredMessage) -> str | None:
        if self.deaf:
            raise Unknown("没有回答")
        return self.found

    def receipt(self, message: StoredMessage) -> Receipt:
        return Receipt(State.ACCEPTED)

    def probe(self) -> datetime | None:
        return None


def _send(outbox: Outbox, clock: Clock, *gateways: Gateway) -> SendReport:
    return outbox.send(LEDGER, clock, gateways, always, wait=clock.wait)


def _only(outbox: Outbox) -> StoredMessage:
    (message,) = outbox.messages(LEDGER)
    return message


def test_发送前询问是否仍应发送_不应发的不发(outbox: Outbox, clock: Clock, local: Line) -> None:
    ids = outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    report = outbox.send(LEDGER, clock, [local.gateway], lambda message, _: message.id == ids[0])
    assert (report.sent, report.missed) == ([ids[0]], [ids[1]])
    assert len(local.arrived) == 1
    assert outbox.message(ids[1]).state is State.MISSED


def test_询问时给出覆盖的义务和当时时间(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(9, matters=(1, 2))], [], {}, START)
    asked: list[tuple[set[str], datetime]] = []

    def owed(message: StoredMessage, now: datetime) -> bool:
        asked.append(({cover.key.matter for cover in message.covers}, now))
        return True

    clock.forward(minutes=3)
    outbox.send(LEDGER, clock, [local.gateway], owed)
    assert asked == [({"2026-日-0001", "2026-日-0002"}, START + timedelta(minutes=3))]


@pytest.mark.parametrize(
    ("seconds", "state"), [(-1, State.ACCEPTED), (0, State.MISSED), (1, State.MISSED)], ids=["前一秒", "当秒", "后一秒"]
)
def test_到了失效时间不再发(outbox: Outbox, clock: Clock, local: Line, seconds: int, state: State) -> None:
    expires = START + timedelta(hours=24)
    outbox.claim(LEDGER, [outgoing(1, expires_at=expires)], [], {}, START)
    clock.now = expires + timedelta(seconds=seconds)
    _send(outbox, clock, local.gateway)
    assert _only(outbox).state is state


def test_限速等待之后再问一次是否仍应发送(outbox: Outbox, clock: Clock) -> None:
    slow = Scripted("甲", limits=Limits(per_second=0.1))
    expires = START + timedelta(seconds=5)
    outbox.claim(LEDGER, [outgoing(1), outgoing(2, expires_at=expires)], [], {}, START)
    outbox.claim(LEDGER, [outgoing(3)], [], {}, START)
    _send(outbox, clock, slow)
    states = {one.covers[0].key.matter[-1]: one.state for one in outbox.messages(LEDGER)}
    late = [n for n, state in states.items() if state is State.MISSED]
    assert late in ([], ["2"])
    assert (len(slow.sent), len(late)) in ((3, 0), (2, 1))


def test_网关连不上时退避加倍_逐次重试_成功后清零(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [NotSent("连不上")] * 2)
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    first = _send(outbox, clock, gateway)
    assert len(gateway.sent) == 1, "one failure is enough to let the others wait"
    assert START + timedelta(seconds=15) <= first.next_at <= START + timedelta(seconds=30)
    clock.now = first.next_at
    second = _send(outbox, clock, gateway)
    assert timedelta(seconds=30) <= second.next_at - clock.now <= timedelta(seconds=60)
    clock.now = second.next_at
    _send(outbox, clock, gateway)
    assert [one.state for one in outbox.messages(LEDGER)] == [State.ACCEPTED] * 2
    assert [one.failures for one in outbox.gateway_conditions()] == [0]


def test_退避未到不再请求(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [NotSent("连不上")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    clock.now = _send(outbox, clock, gateway).next_at - timedelta(seconds=1)
    _send(outbox, clock, gateway)
    assert len(gateway.sent) == 1


def test_连续三次连不上才换备用网关(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [NotSent("连不上")] * 9), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for failures in (1, 2):
        clock.now = _send(outbox, clock, first, second).next_at
        assert (len(first.sent), second.sent) == (failures, [])
    _send(outbox, clock, first, second)
    assert (len(first.sent), len(second.sent)) == (3, 1)
    assert _only(outbox).gateway == "乙"


def test_网关拒绝时立即换备用网关(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [Rejected("模板未审核")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, first, second)
    assert (_only(outbox).state, _only(outbox).gateway, len(first.sent)) == (State.ACCEPTED, "乙", 1)


def test_所有网关都拒绝才是失败(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [Rejected("不收")]), Scripted("乙", [Rejected("也不收")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    report = _send(outbox, clock, first, second)
    assert (_only(outbox).state, _only(outbox).explanation) == (State.FAILED, "也不收")
    assert report.failed == [_only(outbox).id]


def test_号码不对不换网关(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [BadNumber("空号")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, first, second)
    assert (_only(outbox).state, second.sent) == (State.FAILED, [])


def test_结果不明时决不换网关(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [Unknown("超时")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for _ in range(3):
        _send(outbox, clock, first, second)
        clock.forward(seconds=10)
    assert (_only(outbox).state, second.sent, len(first.sent)) == (State.UNKNOWN, [], 1)


def test_核实不存在后仍用原网关重发(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [Unknown("超时")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for _ in range(5):
        _send(outbox, clock, first, second)
        clock.forward(seconds=31)
    assert (_only(outbox).state, second.sent, len(first.sent)) == (State.ACCEPTED, [], 2)


@pytest.mark.parametrize(
    ("looks", "last", "state"),
    [
        (2, 60, State.UNKNOWN),
        (3, 59, State.UNKNOWN),
        (3, 60, State.ACCEPTED),
        (3, 61, State.ACCEPTED),
        (9, 59, State.UNKNOWN),
    ],
    ids=["两次满宽限", "三次差一秒", "三次刚满", "三次过一秒", "多次未满"],
)
def test_三次核实且满宽限才算没有(outbox: Outbox, clock: Clock, looks: int, last: int, state: State) -> None:
    gateway = Scripted("甲", [Unknown("超时")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, gateway)
    for look in range(looks):
        clock.now = START + timedelta(seconds=last * look / (looks - 1))
        _let_look(outbox, clock)
        _send(outbox, clock, gateway)
    assert _only(outbox).state is state


def _let_look(outbox: Outbox, clock: Clock) -> None:
    """Make the next look-up due now, so that its number and its time can be chosen freely."""
    from sms.store import MESSAGES

    with outbox.store.write() as connection:
        connection.execute(MESSAGES.update().values(next_at=clock.now))


def test_时钟倒退时宽限重新计(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [Unknown("超时")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for minutes in (0, 30, -30, -29):
        clock.now = START + timedelta(minutes=minutes)
        _let_look(outbox, clock)
        _send(outbox, clock, gateway)
    assert _only(outbox).state is State.UNKNOWN
    assert _only(outbox).absences == 2


def test_连续三次结果不明时让网关歇一歇(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [Unknown("超时")] * 9)
    outbox.claim(LEDGER, [outgoing(n) for n in range(6)], [], {}, START)
    _send(outbox, clock, gateway)
    assert len(gateway.sent) == 3


@pytest.mark.parametrize(("hours", "state"), [(5.99, State.UNKNOWN), (6, State.NEEDS_HUMAN), (6.01, State.NEEDS_HUMAN)])
def test_六小时无法核实转人工(outbox: Outbox, clock: Clock, hours: float, state: State) -> None:
    gateway = Scripted("甲", [Unknown("超时")], deaf=True)
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, gateway)
    clock.now = START + timedelta(hours=hours)
    report = _send(outbox, clock, gateway)
    assert _only(outbox).state is state
    assert bool(report.needs_human) == (state is State.NEEDS_HUMAN)


def test_网关从配置中删除后转人工(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, Scripted("甲", [Unknown("超时")]))
    _send(outbox, clock, Scripted("乙"))
    assert _only(outbox).state is State.NEEDS_HUMAN
    assert "甲" in _only(outbox).explanation


def test_停用的网关等人处理_短信不丢(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [GatewayStopped("密钥不对")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    assert _send(outbox, clock, gateway).stopped == {"甲": "密钥不对"}
    clock.forward(hours=1)
    _send(outbox, clock, gateway)
    assert (_only(outbox).state, len(gateway.sent)) == (State.PENDING, 1)
    outbox.resume_gateways()
    _send(outbox, clock, gateway)
    assert (_only(outbox).state, len(gateway.sent)) == (State.ACCEPTED, 2)


def test_停用的网关有备用时用备用(outbox: Outbox, clock: Clock) -> None:
    first, second = Scripted("甲", [GatewayStopped("密钥不对")]), Scripted("乙")
    outbox.claim(LEDGER, [outgoing(1), outgoing(2)], [], {}, START)
    _send(outbox, clock, first, second)
    assert (len(first.sent), len(second.sent)) == (1, 2)


def test_只是号码要等的不影响别的号码(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [NotSent("该号码太频繁", timedelta(hours=1), number_only=True)])
    outbox.claim(LEDGER, [outgoing(1), outgoing(2, mobile="+8613900139000")], [], {}, START)
    report = _send(outbox, clock, gateway)
    assert sorted(one.state for one in outbox.messages(LEDGER)) == [State.ACCEPTED, State.PENDING]
    waiting = next(outbox.messages(LEDGER, State.PENDING))
    assert waiting.next_at == START + timedelta(hours=1)
    assert report.next_at < waiting.next_at, "the other one's receipt comes first"


def test_网关程序自身出错按结果不明处理(outbox: Outbox, clock: Clock) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, Scripted("甲", [KeyError("+8613800138000")]))
    assert _only(outbox).state is State.UNKNOWN
    assert "13800138000" not in _only(outbox).explanation


@pytest.mark.parametrize(("sent", "state"), [(True, State.ACCEPTED), (False, State.PENDING)])
def test_人工裁定(outbox: Outbox, clock: Clock, sent: bool, state: State) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, Scripted("甲", [Unknown("超时")]))
    _send(outbox, clock, Scripted("乙"))
    identity = _only(outbox).id
    assert outbox.resolve(identity, clock(), sent=sent).state is state
    assert outbox.history(LEDGER).urgings("2026-日-0001") == int(sent)
    with pytest.raises(SmsError, match="不能这样处理"):
        outbox.resolve(identity, clock(), sent=sent)


def test_没有的编号说清楚(outbox: Outbox, clock: Clock) -> None:
    with pytest.raises(SmsError, match="没有编号为 S0 的短信"):
        outbox.retry("S0", clock())


def test_失败的短信改正号码后可以重发(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [BadNumber("空号")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, gateway)
    outbox.retry(_only(outbox).id, clock(), "+8613900139000")
    _send(outbox, clock, gateway)
    assert (_only(outbox).state, _only(outbox).mobile) == (State.ACCEPTED, "+8613900139000")


def test_重发时已不应发的仍然不发(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [BadNumber("空号")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, gateway)
    outbox.retry(_only(outbox).id, clock())
    outbox.send(LEDGER, clock, [gateway], lambda _message, _now: False)
    assert (_only(outbox).state, len(gateway.sent)) == (State.MISSED, 1)


def test_已送达的不能重发(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _send(outbox, clock, local.gateway)
    with pytest.raises(SmsError, match="不能这样处理"):
        outbox.retry(_only(outbox).id, clock())


def test_同时只有一个程序发送(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    with sole_sender(outbox.store.path.with_suffix(".sender")), pytest.raises(SenderBusy, match="请等它结束"):
        _send(outbox, clock, local.gateway)
    assert local.arrived == []
    _send(outbox, clock, local.gateway)
    assert len(local.arrived) == 1


def test_演示台账拒绝真实网关(outbox: Outbox, clock: Clock, tmp_path: Path) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    with ExitStack() as stack:
        real = connect("twilio", tmp_path, clock, stack)
        with pytest.raises(SmsError, match="演示台账"):
            outbox.send(LEDGER, clock, [real.gateway], always, refuse_network=True)
        assert real.phone.requests["send"] == 0
        phone = connect("local", tmp_path, clock, stack)
        outbox.send(LEDGER, clock, [phone.gateway], always, refuse_network=True)
        assert len(phone.arrived) == 1


def test_没有事做时不说下次(outbox: Outbox, clock: Clock, local: Line) -> None:
    assert _send(outbox, clock, local.gateway).next_at is None
