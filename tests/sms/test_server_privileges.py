"""What a user of the database may not do is told with the GRANT that it takes; the connection itself stands."""

from collections.abc import Iterator

import pytest

from sms.store.location import Server
from sms.store.model import SmsError
from sms.store.opening import open_store
from tests.postgresql import LOOPBACK, RunningServer


@pytest.fixture(params=["without tables", "with another user's tables"])
def database(request: pytest.FixtureRequest, postgresql: RunningServer) -> Iterator[str]:
    """One in which a guest has no rights."""
    name = str(postgresql.fresh().parsed.database)
    if request.param == "without tables":
        postgresql.run("DROP SCHEMA public CASCADE", name)
        postgresql.run("CREATE SCHEMA public", name)
        postgresql.run("GRANT USAGE ON SCHEMA public TO PUBLIC", name)
    postgresql.run("CREATE ROLE guest LOGIN")
    yield name
    postgresql.run(f"DROP DATABASE {name} WITH (FORCE)")
    postgresql.run("DROP ROLE guest")


def test_a_user_without_a_right_needs_a_grant(postgresql: RunningServer, database: str) -> None:
    with pytest.raises(SmsError, match=r"没有建表或读写的权限.*GRANT") as refused:
        open_store(Server(f"postgresql://guest@{LOOPBACK}:{postgresql.port}/{database}"))
    assert "pg_hba" not in str(refused.value)
