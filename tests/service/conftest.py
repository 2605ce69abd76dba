from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "办公厅")
    yield made
    made.station.close()
