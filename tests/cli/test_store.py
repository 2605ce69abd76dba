"""``duban store``: a journal moves into a database and back, row for row, or not at all."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from engine.service.config import Config, load_config
from engine.service.host import Station
from engine.service.sole_scheduler import sole_scheduler
from sms.outbox import Outbox
from sms.store import copying
from sms.store import postgresql as postgresql_store
from sms.store.location import Server
from tests.postgresql import RunningServer
from tests.service.office import T0

Answer = Callable[..., Any]
Duban = Callable[..., tuple[int, str, str]]
AT = ("--at", "2026-03-03T08:30")


@pytest.fixture
def server(postgresql: RunningServer) -> Iterator[Server]:
    fresh = postgresql.fresh()
    yield fresh
    postgresql.give_back(fresh)


@pytest.fixture
def served(book: Path, answer: Answer) -> Path:
    """A ledger that has sent two SMS, one of them urging."""
    answer("adopt", book, "--from", "2026-03-02T09:30")
    for at in ("2026-03-03T04:30", "2026-03-03T08:30"):
        answer("pass", book, "--at", at)
    return book


def _use(store: str = "") -> Config:
    named = f"store = '{store}'\n" if store else ""
    Path("duban.toml").write_text(f"ledgers = ['台账.xlsx']\nstate = 'state'\n{named}", encoding="utf-8")
    return load_config(None)


def test_there_and_back_nothing_is_lost_and_nothing_sent_again(
    served: Path, answer: Answer, duban: Duban, server: Server
) -> None:
    before = answer("store", "show")
    assert before["tables"]["messages"] > 0
    assert before["tables"]["journal_rows"] > 0
    file = Path("state/duban.sqlite").read_bytes()
    there = answer("store", "move", "--to", server.url)
    assert {one["table"]: one["rows"] for one in there["tables"]} == before["tables"]
    _use(server.url)
    assert answer("store", "show") == {"store": server.url, "tables": before["tables"]}
    assert [one["id"] for one in answer("pass", served, *AT)["messages"]] == []
    assert Path("state/duban.sqlite").read_bytes() == file, "the old one is left as it was"
    back = answer("store", "move", "--to", "回来.sqlite")
    after = {one["table"]: one for one in back["tables"]}
    assert [after[one["table"]] for one in there["tables"] if one["table"] not in ("journal_ledgers",)] == [
        one for one in there["tables"] if one["table"] not in ("journal_ledgers",)
    ]
    with closing(sqlite3.connect("回来.sqlite")) as file_:
        assert file_.execute("PRAGMA foreign_key_check").fetchall() == []


def test_numbers_go_on_after_the_last_one(served: Path, answer: Answer, server: Server) -> None:
    answer("store", "move", "--to", server.url)
    _use(server.url)
    answer("pass", served, "--at", "2026-03-03T10:30")
    answer("pass", served, "--at", "2026-03-03T12:30")
    with closing(Outbox(server)) as box:
        numbers = [row[0] for row in _rows(box, "SELECT id FROM attempts ORDER BY id")]
    assert len(numbers) > 2
    assert numbers == [*range(1, len(numbers) + 1)]


def _rows(box: Outbox, statement: str) -> list[Any]:
    with box.store.read() as connection:
        return [*connection.exec_driver_sql(statement)]


def test_people_see_a_table_and_what_to_write(served: Path, duban: Duban, server: Server) -> None:
    code, out, _ = duban("store", "move", "--to", server.url)
    assert code == 0
    assert "短信" in out
    assert f"store = '{server.url}'" in out
    code, out, _ = duban("store", "show")
    assert (code, "应发事项" in out) == (0, True)


def test_what_is_to_be_written_for_the_way_back_leaves_a_config_that_is_accepted(
    served: Path, answer: Answer, duban: Duban, server: Server
) -> None:
    answer("store", "move", "--to", server.url)
    text = "ledgers = ['台账.xlsx']\nstate = 'state'\nstore = '{}'\nstore_password_file = '密码.toml'\nfleet = '市局'\n"
    Path("duban.toml").write_text(text.format(server.url), encoding="utf-8")
    Path("密码.toml").write_text('DUBAN_STORE_PASSWORD = "geheim"', encoding="utf-8")
    Path("密码.toml").chmod(0o600)
    code, out, err = duban("store", "move", "--to", "回来.sqlite")
    assert code == 0, err
    said = "".join(out.split())
    lines = Path("duban.toml").read_text("utf-8").splitlines()
    taken = said.partition("删去")[2].partition("；")[0].replace("和", "、").split("、")
    kept = [line for line in lines if line.partition(" ")[0] not in taken]
    Path("duban.toml").write_text("\n".join(kept), encoding="utf-8")
    assert load_config(None).store == ""


def test_a_store_that_holds_something_is_not_written_over(
    served: Path, answer: Answer, duban: Duban, server: Server
) -> None:
    answer("store", "move", "--to", server.url)
    code, _, err = duban("store", "move", "--to", server.url)
    assert (code, "已有发送日志，没有搬" in err) == (2, True)


def test_a_running_scheduler_or_another_program_is_named(served: Path, duban: Duban, server: Server) -> None:
    with sole_scheduler(Path("state"), T0):
        code, _, err = duban("store", "move", "--to", server.url)
        assert (code, "值班程序已经在运行" in err) == (2, True)
    with closing(Outbox(server)) as box:
        driver = box.store._connect()
        driver.execute("SET application_name = 'duban 另一台/4711'")
        code, _, err = duban("store", "move", "--to", server.url)
        assert code == 2
        assert "正被其他程序使用：" in err
        driver.close()


def test_a_host_of_a_chinese_name_does_not_take_itself_for_another_program(
    served: Path, answer: Answer, duban: Duban, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_store, "gethostname", lambda: "市政府督查室-值班电脑一号")
    with closing(Outbox(server)):
        monkeypatch.setattr(postgresql_store, "gethostname", lambda: "甲机")
        code, _, err = duban("store", "move", "--to", server.url)
        assert (code, "正被其他程序使用：市政府督查" in err, "甲机" in err) == (2, True, False)
    answer("store", "move", "--to", server.url)


def test_what_differs_afterwards_is_taken_back_whole(
    served: Path, duban: Duban, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = copying._parts

    def without_one(connection: Any, table: Any) -> Iterator[Any]:
        for rows in whole(connection, table):
            yield rows[1:] if table.name == "tallies" and connection.dialect.name == "sqlite" and not seen else rows
            if table.name == "tallies":
                seen.append(1)

    seen: list[int] = []
    monkeypatch.setattr(copying, "_parts", without_one)
    code, _, err = duban("store", "move", "--to", server.url)
    assert (code, "不一致（tallies），已全部退回" in err) == (2, True)
    with closing(Outbox(server)) as box:
        assert _rows(box, "SELECT count(*) FROM messages") == [(0,)]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("state/duban.sqlite", "就是现在的"),
        ("postgresql://a:geheim@h/d", "不能写数据库密码"),
        ("mysql://h/d", "store 应为"),
    ],
)
def test_what_is_no_other_store_is_refused(served: Path, duban: Duban, to: str, said: str) -> None:
    code, _, err = duban("store", "move", "--to", to)
    assert (code, said in err, "geheim" in err) == (2, True, False)


def test_a_file_that_was_begun_for_nothing_is_not_left(
    served: Path, duban: Duban, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("engine.service.moving_store.copy_store", fails)
    code, _, _ = duban("store", "move", "--to", "新.sqlite")
    assert code == 2
    assert [path.name for path in Path().glob("新.sqlite*")] == []


def test_without_a_journal_there_is_nothing_to_move(book: Path, duban: Duban) -> None:
    code, _, err = duban("store", "move", "--to", "新.sqlite")
    assert (code, "没有可搬的" in err) == (2, True)


def test_a_station_opens_what_was_moved(served: Path, answer: Answer, server: Server) -> None:
    """The same journal: it knows its ledger, its identity and its tokens."""
    with closing(Station.open(_use())) as old:
        identity, known = old.journal.identity, old.journal.all_served()
    answer("store", "move", "--to", server.url)
    with closing(Station.open(_use(server.url))) as new:
        assert (new.journal.identity, new.journal.all_served()) == (identity, known)
