from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fleet.fleet_office import Fleet, running_fleet
from tests.postgresql import RunningServer, running_server


@pytest.fixture(scope="session")
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


@pytest.fixture
def fleet(tmp_path: Path, server: RunningServer) -> Iterator[Fleet]:
    with running_fleet(tmp_path, server) as made:
        yield made


@pytest.fixture
def hasty_fleet(tmp_path: Path, server: RunningServer) -> Iterator[Fleet]:
    """Office time runs thirty times as fast: what waits for half a minute comes in a second."""
    from datetime import timedelta

    with running_fleet(tmp_path, server, before=timedelta(seconds=30), rate=30) as made:
        yield made
