"""A lock of the server is lost with its connection: whoever held it notices before going on."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from sms.lock import Held
from sms.store.location import open_store
from sms.store.store import Store
from tests.postgresql import RunningServer


@pytest.fixture
def two(postgresql: RunningServer) -> Iterator[tuple[Store, Store, RunningServer]]:
    server = postgresql.fresh()
    with ExitStack() as stack:
        stores = [open_store(server) for _ in range(2)]
        for store in stores:
            stack.callback(store.close)
        yield (*stores, postgresql)
    postgresql.give_back(server)


def cut_off(server: RunningServer) -> None:
    """All sessions end, as when the server restarts."""
    server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'store%'")


def test_a_lock_that_nobody_has_taken_meanwhile_is_taken_again(two: tuple[Store, Store, RunningServer]) -> None:
    one, other, server = two
    with one.exclusive("甲"):
        assert one.keeps("甲")
        cut_off(server)
        assert one.keeps("甲")
        with pytest.raises(Held), other.exclusive("甲"):
            pass
    with other.exclusive("甲"):
        pass


def test_a_lock_that_another_has_taken_meanwhile_is_lost(two: tuple[Store, Store, RunningServer]) -> None:
    one, other, server = two
    with one.exclusive("甲"), one.exclusive("乙"):
        cut_off(server)
        with other.exclusive("甲"):
            assert not one.keeps("甲")
            assert one.keeps("乙")
    with other.exclusive("乙"):
        pass
