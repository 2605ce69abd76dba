"""What disk and file do to the store is told in words, and nothing is sent that cannot be written down first."""

import sqlite3
from pathlib import Path

import pytest

from sms.gateways.local import LocalGateway
from sms.gateways.protocol import Unknown
from sms.outbox import Outbox
from sms.store.model import SmsError, State
from sms.store.sqlite import raw
from sms.store.sqlite_faults import JOURNAL, PHONE, faults_in_words
from tests.postgresql import Stores
from tests.sms.conftest import LEDGER, START, Clock, Line, outgoing
from tests.sms.scripted import only, send


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    """Only in files: what a server does stands in ``test_server_faults``."""
    return lambda name: tmp_path / f"{name}.sqlite"


def _pragma(outbox: Outbox, pragma: str) -> None:
    raw(outbox.store._writer).execute(f"PRAGMA {pragma}")


def _fill(outbox: Outbox) -> None:
    """As a full disk: the file may not grow by one page."""
    pages = raw(outbox.store._writer).execute("PRAGMA page_count").fetchone()[0]
    _pragma(outbox, f"max_page_count = {pages}")


def test_a_full_disk_is_one_sentence_and_it_goes_on_after_clearing(outbox: Outbox) -> None:
    _fill(outbox)
    with pytest.raises(SmsError, match="磁盘已满。请清理磁盘"):
        outbox.claim(LEDGER, [outgoing(n) for n in range(200)], [], {}, START)
    assert [*outbox.messages(LEDGER)] == []
    _pragma(outbox, "max_page_count = 100000")
    assert len(outbox.claim(LEDGER, [outgoing(n) for n in range(200)], [], {}, START)) == 200


def test_what_cannot_be_recorded_is_not_sent_and_later_exactly_once(outbox: Outbox, clock: Clock, local: Line) -> None:
    """The attempt is on the disk before the request, or there is no request."""
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    _pragma(outbox, "query_only = 1")
    with pytest.raises(SmsError, match="只读"):
        send(outbox, clock, local.gateway)
    assert local.arrived == []
    _pragma(outbox, "query_only = 0")
    send(outbox, clock, local.gateway)
    assert (only(outbox).state, len(local.arrived)) == (State.ACCEPTED, 1)


def test_what_cannot_be_recorded_after_sending_is_looked_up(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    take = local.gateway.send

    def and_then_the_disk_fails(message: object) -> str:
        ref = take(message)
        _pragma(outbox, "query_only = 1")
        return ref

    local.gateway.send = and_then_the_disk_fails
    with pytest.raises(SmsError, match="只读"):
        send(outbox, clock, local.gateway)
    _pragma(outbox, "query_only = 0")
    send(outbox, clock, local.gateway)
    assert (only(outbox).state, len(local.arrived)) == (State.ACCEPTED, 1)


def test_a_busy_store_is_not_called_broken(outbox: Outbox) -> None:
    other = sqlite3.connect(outbox.store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    _pragma(outbox, "busy_timeout = 1")
    with pytest.raises(SmsError, match="正被另一个程序占用"):
        outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    other.close()


def test_a_mistake_of_ours_is_not_called_the_disks(outbox: Outbox) -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax"), outbox.store.write() as connection:
        raw(connection).execute("SELEC")


def test_a_local_file_that_cannot_be_used_is_unknown(tmp_path: Path, outbox: Outbox, clock: Clock) -> None:
    phone = LocalGateway(tmp_path / "phone.sqlite")
    phone._phone.execute("PRAGMA query_only = 1")
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    with pytest.raises(Unknown, match="本机短信文件读写不了"):
        phone.send(only(outbox))
    phone.close()


@pytest.mark.parametrize("name", ["SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_CORRUPT_VTAB"])
def test_一次读错_再看是好的_不叫人移走(outbox: Outbox, name: str) -> None:
    fault = sqlite3.DatabaseError("file is not a database")
    fault.sqlite_errorname = name
    with pytest.raises(SmsError, match="没有损坏") as told, outbox.store.read():
        raise fault
    assert "移走" not in str(told.value)


@pytest.mark.parametrize("name", ["SQLITE_PROTOCOL", "SQLITE_LOCKED", "SQLITE_PERM", "SQLITE_IOERR_LOCK"])
def test_磁盘和锁的毛病_都有一句话(outbox: Outbox, name: str) -> None:
    fault = sqlite3.OperationalError("locking protocol")
    fault.sqlite_errorname = name
    with pytest.raises(SmsError, match=r"发送日志.*。请"), outbox.store.read():
        raise fault


@pytest.mark.parametrize("damage", [b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_再看也是坏的_先留存再移走(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "duban.sqlite"
    path.write_bytes(damage)
    with pytest.raises(SmsError, match=r"核对两遍.*复制留存.*移走"):
        Outbox(path)


def test_再看也读不出_是磁盘的事_不是损坏(tmp_path: Path) -> None:
    fault = sqlite3.DatabaseError("file is not a database")
    fault.sqlite_errorname = "SQLITE_NOTADB"
    with pytest.raises(SmsError, match="没有损坏"), faults_in_words(tmp_path / "没有" / "duban.sqlite", JOURNAL):
        raise fault


@pytest.mark.parametrize("name", ["SQLITE_IOERR_READ", "SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_NOTADB"])
def test_本机短信文件一次读错_不叫人移走(tmp_path: Path, name: str) -> None:
    LocalGateway(tmp_path / "phone.sqlite").close()
    fault = sqlite3.DatabaseError("disk I/O error")
    fault.sqlite_errorname = name
    with pytest.raises(SmsError, match="请") as told, faults_in_words(tmp_path / "phone.sqlite", PHONE):
        raise fault
    assert "移走" not in str(told.value)


def test_本机短信文件真的坏了_先留存再移走(tmp_path: Path) -> None:
    (tmp_path / "phone.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(SmsError, match=r"核对两遍.*复制留存.*移走"):
        LocalGateway(tmp_path / "phone.sqlite")


def test_本机短信文件夹没有权限_说的是权限(tmp_path: Path) -> None:
    (tmp_path / "phone.sqlite").mkdir()
    with pytest.raises(SmsError, match="打不开。请检查磁盘和状态文件夹的权限"):
        LocalGateway(tmp_path / "phone.sqlite")
