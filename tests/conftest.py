"""Options shared by all tests: ``--full`` runs the long counts, otherwise fixed-seed samples."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from sms import masking
from sms.store.location import Server
from tests.network_guard import guard
from tests.postgresql import RunningServer, Stores, running_server

DIALECTS = ("sqlite", "postgresql")

settings.register_profile("sample", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("full", deadline=None, print_blob=True, max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the long tests whole instead of their samples")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("full" if config.getoption("--full") else "sample")
    if config.getoption("--full"):
        config.option.timeout = 0  # the time limit of pyproject.toml is for samples: the long tests take hours


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked ``full`` need what CI does not have (Wine, a package index): they run with ``--full`` alone, and so
    do those of network gateways on PostgreSQL: what a gateway answers meets both stores in the others.
    """
    if not config.getoption("--full"):
        left_out = [item for item in items if item.get_closest_marker("full") or _is_crossed(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _is_crossed(item: pytest.Item) -> bool:
    chosen = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    return (
        chosen.get("stores") == "postgresql"
        and {"line", "asked"} & chosen.keys() != set()
        and (chosen.get("line", chosen.get("asked")) != "local")
    )


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """``sample(ci, full)``: how many cases to run, by whether ``--full`` was given."""
    return lambda ci, full: full if request.config.getoption("--full") else ci


@pytest.fixture(scope="session")
def postgresql() -> Iterator[RunningServer]:
    """A PostgreSQL server of our own."""
    with running_server() as server:
        yield server


@pytest.fixture(params=DIALECTS)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """``stores(name)``: where an empty store lies, the same one for the same name; in each dialect."""
    if request.param == "sqlite":
        yield lambda name: tmp_path / f"{name}.sqlite"
        return
    server: RunningServer = request.getfixturevalue("postgresql")
    made: dict[str, Server] = {}
    yield lambda name: made[name] if name in made else made.setdefault(name, server.fresh())
    for one in made.values():
        server.give_back(one)


@pytest.fixture(autouse=True)
def secrets_of_its_own() -> Iterator[None]:
    """No test masks the secrets of another: which one ran before in the same process is chance."""
    before = set(masking._secrets)
    yield
    masking._secrets.clear()
    masking._secrets.update(before)


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """No test reaches another machine."""
    with pytest.MonkeyPatch.context() as patch:
        guard(patch)
        yield
