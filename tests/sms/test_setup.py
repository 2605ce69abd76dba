"""From duban.toml to gateways, the test message, and what doctor says."""

import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sms import gateways
from sms.doctor import Planned, check_gateway, check_outbox, check_plan
from sms.gateways.local import LocalGateway
from sms.gateways.protocol import BadNumber, Gateway, GatewayStopped, Limits, NotSent
from sms.gateways.setup import open_gateway
from sms.outbox import Outbox
from sms.store.migrations import MIGRATIONS
from sms.store.model import SmsError, State
from sms.store.sqlite import SqliteStore
from sms.trial import send_test
from tests.sms.conftest import ENVIRONMENT, LEDGER, MOBILE, START, Clock, Line, always, connect, outgoing, table_of
from tests.sms.scripted import Scripted
from tests.sms.standin import twilio_api


def test_the_local_gateways_file_lies_in_the_state_folder(tmp_path: Path) -> None:
    gateway = open_gateway("local", {}, {}, tmp_path / "config", tmp_path / "state")
    assert isinstance(gateway, LocalGateway)
    assert (tmp_path / "state" / "phone.sqlite").stat().st_mode & 0o077 == 0
    gateway.close()


def test_type_and_name_may_differ(tmp_path: Path) -> None:
    gateway = open_gateway("备用", {"kind": "local", "file": "备用.sqlite"}, {}, tmp_path, tmp_path)
    assert gateway.name == "备用"


@pytest.mark.parametrize(
    ("kind", "table", "secret"),
    [
        ("twilio", {}, "TWILIO_ACCOUNT_SID"),
        ("aliyun", {}, "ALIBABA_CLOUD_ACCESS_KEY_ID"),
        ("tencent", {"app_id": "1400006667"}, ""),
        ("mas", {"ec_name": "另一家单位"}, ""),
        ("mas", {}, "MAS_AP_ID"),
    ],
)
def test_an_account_has_a_mark_that_tells_nobody_what_it_is(
    tmp_path: Path, kind: str, table: dict[str, object], secret: str
) -> None:
    def opened(name: str, more: dict[str, object], environment: dict[str, str]) -> Gateway:
        return open_gateway(name, {"kind": kind, **table_of(kind, 9), **more}, environment, tmp_path, tmp_path)

    first = opened("甲", {}, ENVIRONMENT)
    assert opened("乙", {"read_timeout": 1}, ENVIRONMENT).account == first.account, "the same, whatever it is called"
    assert opened("甲", table, {**ENVIRONMENT, secret: "another"}).account != first.account
    assert not any(one in first.account for one in ENVIRONMENT.values())
    assert first.seconds >= 0.5


@pytest.mark.parametrize("table", [{"kind": "腾讯"}, {"kind": "local", "pathh": "x"}])
def test_an_unknown_type_or_entry_is_refused(tmp_path: Path, table: dict[str, object]) -> None:
    with pytest.raises(SmsError):
        open_gateway("甲", table, {}, tmp_path, tmp_path)


def test_missing_credentials_are_named_by_variable(tmp_path: Path) -> None:
    with pytest.raises(SmsError, match="TWILIO_AUTH_TOKEN"):
        open_gateway("twilio", {"from_number": "+15017122661"}, {}, tmp_path, tmp_path)


def test_the_credentials_file_is_relative_to_the_config(tmp_path: Path) -> None:
    file = tmp_path / "凭据.toml"
    file.write_text("\n".join(f'{name} = "{value}"' for name, value in ENVIRONMENT.items()), encoding="utf-8")
    file.chmod(0o600)
    table = {"from_number": twilio_api.FROM, "credentials_file": "凭据.toml"}
    assert open_gateway("twilio", table, {}, tmp_path, tmp_path).network


def test_a_test_message_goes_through_the_outbox_and_is_always_new(outbox: Outbox, clock: Clock, line: Line) -> None:
    if line.gateway.name in ("aliyun", "tencent"):
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
        f"{'阿里云' if line.gateway.name == 'aliyun' else '腾讯云'}没有为“测试”配置模板",
    )


def test_a_test_message_takes_no_other_along(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    send_test(outbox, local.gateway, MOBILE, "督查室", clock)
    assert len(local.arrived) == 1
    assert next(iter(outbox.messages(LEDGER))).state is State.PENDING


def test_a_failed_test_message_says_why(outbox: Outbox, clock: Clock) -> None:
    message = send_test(outbox, Scripted("甲", [BadNumber("空号（21211）")]), MOBILE, "督查室", clock)
    assert (message.state, message.explanation) == (State.FAILED, "空号（21211）")


def test_a_test_message_tries_a_stopped_gateway_too(outbox: Outbox, clock: Clock) -> None:
    gateway = Scripted("甲", [GatewayStopped("密钥不对")])
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.send(LEDGER, clock, [gateway], always)
    assert [check.ok for check in check_outbox(outbox)] == [False]
    assert send_test(outbox, gateway, MOBILE, "督查室", clock).state is State.ACCEPTED
    assert check_outbox(outbox) == []


@pytest.mark.parametrize(("seconds", "ok"), [(0, True), (119, True), (120, True), (121, False), (-121, False)])
def test_a_clock_off_by_two_minutes_is_to_be_set(clock: Clock, seconds: int, ok: bool) -> None:
    class Timed(Scripted):
        def probe(self) -> datetime | None:
            return START + timedelta(seconds=seconds)

    reach, time = check_gateway(Timed("甲"), clock)
    assert (reach.ok, time.ok) == (True, ok)


def test_an_unreachable_gateway_is_said(clock: Clock) -> None:
    class Away(Scripted):
        def probe(self) -> datetime | None:
            raise NotSent("连接不上")

    (check,) = check_gateway(Away("甲"), clock)
    assert not check.ok
    assert "连接不上" in check.said


def test_the_true_client_probes_and_shows_no_credentials(tmp_path: Path, clock: Clock) -> None:
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
    """One every quarter of an hour."""
    return [
        Planned(START + timedelta(minutes=15 * n), MOBILE, "请报送" if same else f"请报送{n}") for n in range(copies)
    ]


@pytest.mark.parametrize(("copies", "ok"), [(2, True), (3, False), (4, False)])
def test_three_alike_to_one_number_are_refused(copies: int, ok: bool) -> None:
    checks = check_plan(Scripted("甲"), _plan(copies))
    assert all(check.ok for check in checks) is ok
    assert all(MOBILE not in check.said for check in checks)


@pytest.mark.parametrize(("copies", "ok"), [(3, True), (4, True), (5, False)])
def test_five_different_to_one_number_may_be_examined(copies: int, ok: bool) -> None:
    assert all(check.ok for check in check_plan(Scripted("甲"), _plan(copies, same=False))) is ok


@pytest.mark.parametrize(("copies", "ok"), [(49, True), (50, True), (51, False)])
def test_beyond_the_daily_limit_there_is_a_hint(copies: int, ok: bool) -> None:
    checks = check_plan(Scripted("甲"), _plan(copies, same=False))
    assert any("超过上限" in check.said for check in checks) is not ok


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"per_number_per_hour": 4}, ""),
        ({"per_number_per_hour": 3}, "一小时里有4条，超过上限3条"),
        ({"per_number_per_minute": 1}, ""),
    ],
)
def test_beyond_the_limit_of_an_hour_or_a_minute_there_is_a_hint(limits: dict[str, int], said: str) -> None:
    checks = check_plan(Scripted("甲", limits=Limits(**limits)), _plan(8, same=False))
    over = [check.said for check in checks if "超过上限" in check.said]
    assert [said in one and MOBILE not in one for one in over] == ([True] if said else [])


def test_the_local_gateway_has_no_carriers_limits() -> None:
    assert all(check.ok for check in check_plan(Scripted("甲", network=False), _plan(9)))


def test_beyond_one_segment_there_is_a_hint() -> None:
    (check,) = check_plan(Scripted("甲"), [Planned(START, MOBILE, "督" * n) for n in (71, 70)])
    assert check.said.startswith("1条超过一条短信的长度")


def test_only_its_owner_reads_the_state_file(file_outbox: Outbox, clock: Clock, local: Line) -> None:
    file_outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    for file in file_outbox.store.path.parent.glob("file.sqlite*"):
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "duban.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(SmsError, match="损坏的"):
        Outbox(tmp_path / "duban.sqlite")


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "duban.sqlite")
    with store.write() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    store.close()
    with pytest.raises(SmsError, match="请升级"):
        SqliteStore(tmp_path / "duban.sqlite")


def test_the_settings_of_durability(file_outbox: Outbox) -> None:
    with file_outbox.store.write() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with file_outbox.store.read() as connection:
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
