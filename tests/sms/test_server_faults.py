"""What a server does to the store is told in words, each met with a real one; work goes on by itself afterwards."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from pydantic import SecretStr
from sqlalchemy import select, text, update

from sms.outbox import Outbox
from sms.store import postgresql
from sms.store.location import Server
from sms.store.model import Route, SmsError, State
from sms.store.opening import open_store
from sms.store.postgresql_faults import words_of
from sms.store.tables import MESSAGES
from sms.store.transitions import submit
from tests.postgresql import QUICK, RunningServer, running_server
from tests.sms.conftest import LEDGER, START, Clock, Line, outgoing
from tests.sms.scripted import only, send


@pytest.fixture(scope="module")
def own() -> Iterator[RunningServer]:
    """A server that tests may restart, fill and lock; few connections, those for the administrator aside."""
    with running_server((*QUICK, "max_connections=8", "superuser_reserved_connections=3")) as server:
        server.run("CREATE ROLE office LOGIN PASSWORD 'geheim'")
        server.run("GRANT ALL ON SCHEMA public TO PUBLIC", "template1")
        yield server


@pytest.fixture
def server(own: RunningServer) -> Iterator[Server]:
    own.made += 1
    name = f"faults_{own.made}"
    own.run(f"CREATE DATABASE {name} OWNER office")
    yield Server(f"postgresql://office@127.0.0.1:{own.port}/{name}")
    own.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def box(server: Server) -> Iterator[Outbox]:
    with closing(Outbox(server)) as opened:
        opened.claim(LEDGER, [outgoing(1)], [], {}, START)
        yield opened


def _sends(box: Outbox, clock: Clock, local: Line) -> bool:
    send(box, clock, local.gateway)
    return (only(box).state, len(local.arrived)) == (State.ACCEPTED, 1)


def _and_then(local: Line, happens: Callable[[], None]) -> None:
    take = local.gateway.send

    def send_(message: object) -> str:
        ref = take(message)
        happens()
        return ref

    local.gateway.send = send_


def test_a_server_that_dies_before_the_answer_is_recorded_is_one_sentence_and_nothing_is_sent_twice(
    own: RunningServer, box: Outbox, clock: Clock, local: Line
) -> None:
    _and_then(local, lambda: own.stop("QUIT"))
    with pytest.raises(SmsError, match="请检查数据库是否在运行"):
        send(box, clock, local.gateway)
    own.start()
    assert only(box).state is State.SUBMITTING
    clock.forward(seconds=61)
    assert _sends(box, clock, local)


def test_a_server_that_is_up_again_when_the_answer_comes_is_not_noticed(
    own: RunningServer, box: Outbox, clock: Clock, local: Line
) -> None:
    _and_then(local, own.restart)
    assert _sends(box, clock, local)


def test_a_server_that_dies_in_a_transaction_has_recorded_nothing_of_it(own: RunningServer, box: Outbox) -> None:
    def submitted() -> None:
        with box.store.write() as connection:
            submit(connection, only(box), Route("甲"), START)
            own.restart()

    with pytest.raises(SmsError, match="连接断了，稍后自动重连"):
        submitted()
    assert only(box).state is State.PENDING


def test_before_the_time_of_a_request_has_passed_nobody_calls_it_interrupted(box: Outbox, clock: Clock) -> None:
    """A host that lost its lock may still be waiting for the gateway's answer."""
    with box.store.write() as connection:
        submit(connection, only(box), Route("甲"), START)
    states = []
    for seconds in (0, 59, 1):
        clock.forward(seconds=seconds)
        states.append(box.has_work([LEDGER], clock()))
    assert states == [False, False, True]


def test_a_restart_between_two_passes_is_not_noticed(
    own: RunningServer, box: Outbox, clock: Clock, local: Line
) -> None:
    own.restart()
    assert _sends(box, clock, local)
    assert box.history(LEDGER).urgings("2026-日-0001") == 1


def test_a_connection_that_read_a_single_statement_or_was_probed_writes_in_transactions(
    box: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_IDLE", -1)
    with box.store.read_once() as connection:
        assert connection.scalar(select(MESSAGES.c.state)) == State.PENDING
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        assert driver.info.transaction_status is TransactionStatus.IDLE

    def broken_off() -> None:
        with box.store.write() as connection:
            assert connection.connection.driver_connection is driver
            connection.execute(update(MESSAGES).values(state=State.MISSED))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_off()
    assert only(box).state is State.PENDING


def test_the_questions_of_a_pass_survive_a_restart_too(own: RunningServer, box: Outbox) -> None:
    key = tuple(only(box).covers[0].key[1:])
    assert key in box.history(LEDGER)
    with box.store.exclusive("甲"):
        own.restart()
        assert key in box.history(LEDGER)
    with box.store.exclusive("甲"):
        pass


def test_a_server_that_is_down_and_one_that_comes_up(
    own: RunningServer, box: Outbox, clock: Clock, local: Line
) -> None:
    own.stop("INT")
    for _ in range(2):
        with pytest.raises(SmsError, match="请检查数据库是否在运行"):
            send(box, clock, local.gateway)
    own.start()
    assert _sends(box, clock, local)


def test_out_of_connections(own: RunningServer, server: Server, box: Outbox, clock: Clock, local: Line) -> None:
    box.store.engine.dispose()
    dsn = own.dsn(str(server.parsed.database)).replace("user=duban", "user=office")
    with ExitStack() as others:
        with suppress(psycopg.OperationalError):
            while True:
                others.enter_context(psycopg.connect(dsn))
        with pytest.raises(SmsError, match=r"连接数已用完.*max_connections"):
            send(box, clock, local.gateway)
    assert local.arrived == []
    assert _sends(box, clock, local)


def test_a_read_only_server_sends_nothing_and_goes_on_when_it_may_write(
    own: RunningServer, server: Server, box: Outbox, clock: Clock, local: Line
) -> None:
    name = server.parsed.database
    own.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    box.store.engine.dispose()
    with pytest.raises(SmsError, match="只能读、不能写"):
        send(box, clock, local.gateway)
    assert local.arrived == []
    own.run(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert _sends(box, clock, local)


def test_a_full_disk_is_the_administrators_and_it_goes_on_after_clearing(own: RunningServer, box: Outbox) -> None:
    """No disk can be filled here without root: a trigger raises what a full one does, by its number."""
    database = str(box.store.engine.url.database)
    own.run(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$",
        database,
    )
    own.run("CREATE TRIGGER full_disk BEFORE INSERT ON messages EXECUTE FUNCTION full_disk()", database)
    with pytest.raises(SmsError, match=r"磁盘已满.*请清理数据库的磁盘，之后自动继续"):
        box.claim(LEDGER, [outgoing(2)], [], {}, START)
    own.run("DROP TRIGGER full_disk ON messages", database)
    assert len(box.claim(LEDGER, [outgoing(2)], [], {}, START)) == 1


def test_a_standby_can_only_be_read(own: RunningServer, server: Server, box: Outbox) -> None:
    """It is opened and read; and it goes on by itself when it is made the primary."""
    own.stop("INT")
    standby = own.folder / "data" / "standby.signal"
    standby.touch()
    own.start()
    with closing(Outbox(server)) as again:
        assert only(again).state is State.PENDING
        for one in (again, box):
            with pytest.raises(SmsError, match="备用库"):
                one.claim(LEDGER, [outgoing(2)], [], {}, START)
        own.run("SELECT pg_promote()")
        assert [len(one.claim(LEDGER, [outgoing(2)], [], {}, START)) for one in (again, box)] == [1, 0]


@pytest.fixture
def checked(own: RunningServer) -> Iterator[RunningServer]:
    """The server, asking for passwords."""
    rules = own.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text("host all duban 127.0.0.1/32 trust\nhost all office 127.0.0.1/32 scram-sha-256\n")
    own.run("SELECT pg_reload_conf()")
    yield own
    rules.write_text(before)
    own.run("SELECT pg_reload_conf()")


@pytest.mark.parametrize("password", ["falsch", ""], ids=["a wrong one", "none"])
def test_a_wrong_password_is_said_and_not_repeated(
    checked: RunningServer, server: Server, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSFILE", "/nonexistent")
    open_store(Server(server.url, SecretStr("geheim"))).close()
    with pytest.raises(SmsError, match=r"不认这个用户名或密码.*DUBAN_STORE_PASSWORD.*重新启动") as refused:
        open_store(Server(server.url, SecretStr(password) if password else None))
    assert "falsch" not in str(refused.value)


@pytest.mark.parametrize(
    ("user", "database", "said"),
    [("office", "nirgends", "没有这个数据库"), ("niemand", "postgres", "没有这个用户")],
)
def test_what_is_not_there_is_named(own: RunningServer, user: str, database: str, said: str) -> None:
    with pytest.raises(SmsError, match=f"/{database} .*{said}"):
        open_store(Server(f"postgresql://{user}@127.0.0.1:{own.port}/{database}"))


def test_whom_the_server_does_not_admit(checked: RunningServer) -> None:
    checked.run("CREATE ROLE stranger LOGIN")
    with pytest.raises(SmsError, match=r"pg_hba\.conf"):
        open_store(Server(f"postgresql://stranger@127.0.0.1:{checked.port}/postgres"))
    checked.run("DROP ROLE stranger")


def test_a_lock_that_somebody_keeps_is_waited_for_and_then_said(own: RunningServer, box: Outbox) -> None:
    name = str(box.store.engine.url.database)
    with psycopg.connect(own.dsn(name)) as other:
        other.execute("LOCK TABLE messages")
        with pytest.raises(SmsError, match="正忙"), box.store.write() as connection:
            connection.execute(text("LOCK TABLE messages NOWAIT"))
    assert only(box).state is State.PENDING


def test_a_mistake_of_ours_is_not_called_the_servers(box: Outbox) -> None:
    with pytest.raises(psycopg.errors.SyntaxError), box.store.write() as connection:
        box.store.run(connection, "SELEC", {})


def test_a_commit_is_on_the_disk_whatever_the_server_prefers(own: RunningServer, server: Server) -> None:
    own.run(f"ALTER DATABASE {server.parsed.database} SET synchronous_commit = off")
    with closing(open_store(server)) as store, store.write() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"
        for name, value in (("tcp_keepalives_idle", "10"), ("tcp_user_timeout", "25000")):
            assert connection.scalar(text(f"SHOW {name}")) == value, "a host that is cut off loses its locks soon"


def test_a_newer_store_is_left_alone(server: Server) -> None:
    with closing(open_store(server)) as store, store.write() as connection:
        connection.execute(text("UPDATE schema_version SET version = 99"))
    with pytest.raises(SmsError, match="请升级本程序"):
        open_store(server)


def test_a_server_in_chinese_is_understood() -> None:
    for said, meant in (
        ('致命错误:  用户 "office" Password 认证失败', "密码"),
        ('致命错误:  数据库 "duban" 不存在', "没有这个数据库"),
        ('致命错误:  角色 "office" 不存在', "没有这个用户"),
        ("致命错误:  对不起, 已经有太多的客户", "连接数"),
        ("致命错误:  数据库系统启动中", "正在启动"),
        (
            '致命错误:  没有用于主机 "10.0.0.9", 用户 "office", 数据库 "duban", SSL 的 pg_hba.conf 记录',
            "pg_hba",
        ),
    ):
        assert meant in (words_of(psycopg.OperationalError(f"connection failed: {said}")) or ""), said
