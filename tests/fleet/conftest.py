from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fleet.fleet_office import Fleet, running_fleet
from tests.postgresql import RunningServer


@pytest.fixture
def fleet(tmp_path: Path, postgresql: RunningServer) -> Iterator[Fleet]:
    with running_fleet(tmp_path, postgresql) as made:
        yield made


@pytest.fixture
def hasty_fleet(tmp_path: Path, postgresql: RunningServer) -> Iterator[Fleet]:
    """Office time runs thirty times as fast: what waits for half a minute comes in a second."""
    with running_fleet(tmp_path, postgresql, before=timedelta(seconds=30), rate=30) as made:
        yield made


@pytest.fixture
def database(postgresql: RunningServer) -> Iterator[str]:
    postgresql.run("CREATE DATABASE queue")
    yield postgresql.dsn("queue")
    postgresql.run("DROP DATABASE queue WITH (FORCE)")
