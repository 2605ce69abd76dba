"""What waits for a closed book is kept and done, or it is not promised."""

from pathlib import Path

import pytest

from engine.ledger.file.owner_files import owner_files
from tests.cli.conftest import NUMBER
from tests.service.office import matter_row, write_book

AT = "2026-03-02T10:00"
UNSTAMPED = {"number": None, "initiated_at": None, "notice_issued_at": None, "status": None, "assigned_at": None}
PROMISE = "自动补写"


@pytest.fixture
def opened(book: Path, answer) -> Path:
    """A ledger in service, open in Excel, with a matter to stamp."""
    answer("adopt", book, "--from", "2026-03-02T09:00")
    settings = {"值班主机": "x"}
    write_book(book, [matter_row(NUMBER), matter_row("") | UNSTAMPED], settings)
    owner_files(book)["Excel"].write_bytes(b"\x02zs".ljust(165, b"\0"))
    return book


@pytest.mark.parametrize(
    ("words", "again"),
    [
        (("stamp", "--at", AT), "再运行一次 duban stamp"),
        (("adopt",), "再接管一次"),
        (("score", "--quarter", "2025Q4", "--publish", "--scorer", "张三", "--at", AT), "再通报一次"),
    ],
)
def test_a_command_that_runs_once_promises_nothing(opened: Path, duban, words: tuple[str, ...], again: str) -> None:
    before = opened.read_bytes()
    _, out, err = duban(words[0], opened, *words[1:])
    assert "打开着" in out + err
    assert again in out + err
    assert PROMISE not in out + err
    owner_files(opened)["Excel"].unlink()
    assert opened.read_bytes() == before


def test_a_pass_keeps_its_promise(book: Path, answer) -> None:
    answer("adopt", book, "--from", "2026-03-02T09:00")
    owner = owner_files(book)["Excel"]
    owner.write_bytes(b"\x02zs".ljust(165, b"\0"))
    before = book.read_bytes()
    assert PROMISE in answer("pass", book, "--at", "2026-03-03T04:30")["pending"]
    assert book.read_bytes() == before
    owner.unlink()
    done = answer("pass", book, "--at", "2026-03-03T04:31")
    assert (done["pending"], bool(done["changes"])) == (None, True)
