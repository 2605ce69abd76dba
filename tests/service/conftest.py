from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.office import ServedOffice


@pytest.fixture
def office(tmp_path: Path) -> Iterator[ServedOffice]:
    made = ServedOffice(tmp_path / "办公厅")
    yield made
    made.station.close()
