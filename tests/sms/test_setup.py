"""From duban.toml to gateways, the test message, and what doctor says."""

import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sms import gateways
from sms.doctor import Planned, check_gateway, check_outbox, check_plan
from sms.gateways.local import LocalGateway
from sms.gateways.protocol import BadNumber, GatewayStopped, NotSent
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from sms.store.database import MIGRATIONS, Store
from sms.store.model import SmsError, State
from sms.trial import send_test
from tests.sms.conftest import ENVIRONMENT, LEDGER, MOBILE, START, Clock, Line, always, connect, outgoing
from tests.sms.scripted import Scripted
from tests.sms.standin import twilio_api


def test_本机网关的文件在状态目录(tmp_path: Path) -> None:
    gateway = open_gateway("local", {}, {}, tmp_path / "config", tmp_path / "state")
    assert isinstance(gateway, LocalGateway)
    assert (tmp_path / "state" / "phone.sqlite").stat().st_mode & 0o077 == 0
    gateway.close()


def test_类型可与名称不同(tmp_path: Path) -> None:
    gateway = open_gateway("备用", {"kind": "local", "file": "备用.sqlite"}, {}, tmp_path, tmp_path)
    assert gateway.name == "备用"


@pytest.mark.parametrize("table", [{"kind": "腾讯"}, {"kind": "local", "pathh": "x"}])
def test_不认识的类型或项目拒绝(tmp_path: Path, table: dict[str, object]) -> None:
    with pytest.raises(SmsError):
        open_gateway("甲", table, {}, tmp_path, tmp_path)


def test_缺凭据时说出变量名(tmp_path: Path) -> None:
    with pytest.raises(SmsError, match="TWILIO_AUTH_TOKEN"):
        open_gateway("twilio", {"from_number": "+15017122661"}, {}, tmp_path, tmp_path)


def test_凭据文件相对配置目录(tmp_path: Path) -> None:
    file = tmp_path / "凭据.toml"
    file.write_text("\n".join(f'{name} = "{value}"' for name, value in ENVIRONMENT.items()), encoding="utf-8")
    file.chmod(0o600)
    table = {"from_number": twilio_api.FROM, "credentials_file": "凭据.toml"}
    assert open_gateway("twilio", table, {}, tmp_path, tmp_path).network


def test_测试短信走发件箱_每次都是新的(outbox: Outbox, clock: Clock, line: Line) -> None:
    if line.gateway.name == "aliyun":
        return _without_a_template(outbox, clock, line)
    for number in (1, 2):
        message = send_test(outbox, line.gateway, MOBILE, "朔州市政府督查室", clock)
        assert message.state is State.ACCEPTED
        assert len(line.arrived) == number
    return None


def _without_a_template(outbox: Outbox, clock: Clock, line: Line) -> None:
    message = send_test(outbox, line.gateway, MOBILE, "朔州市政府督查室", clock)
    assert (message.state, message.explanation) == (
        State.FAILED,
        "阿里云没有为“测试”配置模板，请在配置中补上",
    )


def test_测试短信不带出别的短信(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send_test(outbox, local.gateway, MOBILE, "督查室", clock)
    assert len(local.arrived) == 1
    assert next(iter(outbox.messages(LEDGER))).state is State.PENDING


def test_测试短信失败时说出原因(outbox: Outbox, clock: Clock) -> None:
    message = send_test(outbox, Scripted("甲", [BadNumber("空号（21211）")]), MOBILE, "督查室", clock)
    assert (message.state, message.explanation) == (State.FAILED, "空号（21211）")


def test_测试短信也用来试已停用的网关(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [GatewayStopped("密钥不对")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always)
    assert [check.ok for check in check_outbox(outbox)] == [False]
    assert send_test(outbox, gateway, MOBILE, "督查室", clock).state is State.ACCEPTED
    assert check_outbox(outbox) == []


@pytest.mark.parametrize(("seconds", "ok"), [(0, True), (119, True), (120, True), (121, False), (-121, False)])
def test_时钟相差两分钟以上要校准(clock: Clock, seconds: int, ok: bool) -> None:
    class Timed(Scripted):
        def probe(self) -> datetime | None:
            return START + timedelta(seconds=seconds)

    reach, time = check_gateway(Timed("甲"), clock)
    assert (reach.ok, time.ok) == (True, ok)


def test_连不上网关时说清楚(clock: Clock) -> None:
    class Away(Scripted):
        def probe(self) -> datetime | None:
            raise NotSent("连接不上")

    (check,) = check_gateway(Away("甲"), clock)
    assert not check.ok
    assert "连接不上" in check.said


def test_真实客户端探测_凭据不显示(tmp_path: Path, clock: Clock) -> None:
    with ExitStack() as stack:
        line = connect("twilio", tmp_path, clock, stack)
        said = " ".join(check.said for check in check_gateway(line.gateway, clock))
        wrong = {**ENVIRONMENT, "TWILIO_AUTH_TOKEN": "wrongwrongwrongwrong"}
        table = {"from_number": twilio_api.FROM, "base_url": f"http://127.0.0.1:{line.port}"}
        refused = check_gateway(open_gateway("twilio", table, wrong, tmp_path, tmp_path), clock)
    assert [check.ok for check in refused] == [False]
    for secret in (twilio_api.TOKEN, twilio_api.ACCOUNT, "wrongwrongwrongwrong"):
        assert secret not in said + refused[0].said


def _plan(copies: int, *, same: bool = True) -> list[Planned]:
    return [Planned(MOBILE, "请报送" if same else f"请报送{n}") for n in range(copies)]


@pytest.mark.parametrize(("copies", "ok"), [(2, True), (3, False), (4, False)])
def test_同号同文三条会被拒收(copies: int, ok: bool) -> None:
    checks = check_plan(Scripted("甲"), _plan(copies))
    assert all(check.ok for check in checks) is ok
    assert all(MOBILE not in check.said for check in checks)


@pytest.mark.parametrize(("copies", "ok"), [(3, True), (4, True), (5, False)])
def test_同号五条不同的可能引起审查(copies: int, ok: bool) -> None:
    assert all(check.ok for check in check_plan(Scripted("甲"), _plan(copies, same=False))) is ok


@pytest.mark.parametrize(("copies", "ok"), [(49, True), (50, True), (51, False)])
def test_超过每号每日上限要提示(copies: int, ok: bool) -> None:
    checks = check_plan(Scripted("甲"), _plan(copies, same=False))
    assert any("超过上限" in check.said for check in checks) is not ok


def test_本机网关不受运营商限制() -> None:
    assert all(check.ok for check in check_plan(Scripted("甲", network=False), _plan(9)))


def test_超过一条长度的要提示() -> None:
    (check,) = check_plan(Scripted("甲"), [Planned(MOBILE, "督" * 71), Planned(MOBILE, "督" * 70)])
    assert check.said.startswith("1条超过一条短信的长度")


def test_状态文件只有本人可读(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for file in outbox.store.path.parent.glob("duban.sqlite*"):
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_不是数据库的文件说清楚(tmp_path: Path) -> None:
    (tmp_path / "duban.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(SmsError, match="已损坏"):
        Outbox(tmp_path / "duban.sqlite")


def test_新版本的文件不碰(tmp_path: Path) -> None:
    store = Store(tmp_path / "duban.sqlite")
    with store.write() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    store.close()
    with pytest.raises(SmsError, match="请升级"):
        Store(tmp_path / "duban.sqlite")


def test_持久性的设置(outbox: Outbox) -> None:
    with outbox.store.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with outbox.store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_client_that_is_not_installed_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "sms.gateways.aliyun", raising=False)
    monkeypatch.delattr(gateways, "aliyun", raising=False)
    for name in [name for name in sys.modules if name.startswith("darabonba")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "darabonba", None)
    with pytest.raises(SmsError, match=r"缺少组件 darabonba.*install-gateways.*duban\[aliyun\]"):
        open_gateway("aliyun", {"signature": "督办"}, {}, tmp_path, tmp_path)
