"""duban.toml and what it names must be one's own; state and logs are closed to others whatever the umask."""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.files import ownership
from engine.service.config import Config, ConfigError, load_config
from engine.service.heartbeat import beat
from engine.service.host import Station
from engine.service.logging_setup import log_file, start_logging
from tests.service.office import T0

STRANGER = 54_321
Give = Callable[[Path], None]


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Give:
    """Let a file be somebody else's: by changing its owner where that is allowed, else by changing who we are."""

    def away(path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, STRANGER, -1, follow_symlinks=False)
        else:
            monkeypatch.setattr(os, "geteuid", lambda: STRANGER)

    return away


@pytest.fixture
def toml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "duban.toml"
    path.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    return path


def test_a_config_of_somebody_else_is_refused_by_name(toml: Path, give: Give, duban) -> None:
    assert load_config(None).ledgers == (toml.parent / "台账.xlsx",)
    give(toml)
    for path in (None, toml):
        with pytest.raises(ConfigError, match=r"duban\.toml .*没有采用"):
            load_config(path)
    code, _, err = duban("doctor")
    assert (code, "没有采用" in err) == (2, True)


def test_a_link_that_somebody_else_planted_is_refused(toml: Path, give: Give) -> None:
    true = toml.rename(toml.with_name("真.toml"))
    toml.symlink_to(true)
    assert load_config(None).ledgers
    give(toml)
    with pytest.raises(ConfigError, match="没有采用"):
        load_config(None)


@pytest.mark.parametrize(("mode", "taken"), [(0o644, True), (0o664, True), (0o646, False), (0o666, False)])
def test_what_everybody_may_write_is_nobodys_own(toml: Path, mode: int, taken: bool) -> None:
    toml.chmod(mode)
    if taken:
        assert load_config(None).ledgers
    else:
        with pytest.raises(ConfigError, match="人人可写"):
            load_config(None)


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("state = '{}'\n", "状态", "状态文件夹"),
        ("[gateway.local]\nfile = '{}'\n", "phone.sqlite", "短信网关“local”的文件"),
        ("[gateway.twilio]\ncredentials_file = '{}'\n", "密钥.toml", "凭据文件"),
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
def test_what_it_names_must_be_ones_own_too(
    toml: Path, monkeypatch: pytest.MonkeyPatch, text: str, name: str, said: str, is_there: bool
) -> None:
    place = toml.parent / "别人的" / name
    place.parent.mkdir()
    toml.write_text(text.format(place.as_posix()), encoding="utf-8")
    load_config(toml)
    if is_there:
        place.write_text("")
    foreign = place if is_there else place.parent
    true = ownership.foreign_owner
    monkeypatch.setattr(ownership, "foreign_owner", lambda path: path == foreign or true(path))
    with pytest.raises(ConfigError, match=f"{said}.*没有采用"):
        load_config(toml)


@pytest.fixture(params=[0o000, 0o022])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder.parent).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (folder, *folder.rglob("*"))
    }


def test_state_and_logs_are_closed_to_others_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    config = Config(state=tmp_path / "state")
    start_logging(config)
    station = Station.open(config)
    assert station.gateway("local").name == "local"
    with station.only_one(tmp_path / "台账.xlsx"):
        beat(config.state, T0, {})
    beat(config.state, T0, {})
    found = modes(config.state)
    station.close()
    assert {"state", "state/log", "state/locks", "state/log/duban.log", "state/heartbeat.json"} <= found.keys()
    assert {"state/duban.sqlite", "state/phone.sqlite"} <= found.keys()
    assert {name: oct(mode) for name, mode in found.items() if mode & 0o077} == {}


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    config = Config(state=tmp_path / "state")
    old = [log_file(config), log_file(config).with_name("duban.log.1")]
    old[0].parent.mkdir(parents=True, mode=0o755)
    for path in old:
        path.write_text("13800138000")
        path.chmod(0o644)
    config.state.chmod(0o755)
    start_logging(config)
    assert {name: oct(mode) for name, mode in modes(config.state).items() if mode & 0o077} == {}
