"""A lock of the server is lost with its connection: whoever held it notices before going on."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from sms.lock import Held
from sms.store.opening import open_store
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


def test_a_lock_that_was_lost_stays_lost_until_its_block_has_ended(two: tuple[Store, Store, RunningServer]) -> None:
    """Also where nobody has it now: whoever had it meanwhile has let go of it, and knows what its holder does not."""
    one, other, server = two
    with one.exclusive("甲"), one.exclusive("乙"):
        assert one.keeps("甲")
        cut_off(server)
        assert not one.keeps("甲")
        with other.exclusive("甲"):
            pass
        assert not one.keeps("甲")
        with other.exclusive("乙"), one.exclusive("丙"):
            assert one.keeps("丙")
            assert not one.keeps("乙")
    with one.exclusive("甲"):
        assert one.keeps("甲")
        with pytest.raises(Held), other.exclusive("甲"):
            pass


def test_the_end_of_a_block_whose_lock_was_lost_lets_go_of_nobody_else_s(
    two: tuple[Store, Store, RunningServer],
) -> None:
    one, other, server = two
    with ExitStack() as lost:
        lost.enter_context(one.exclusive("甲"))
        cut_off(server)
        with other.exclusive("甲"):
            lost.close()
            with pytest.raises(Held), one.exclusive("甲"):
                pass
