"""``store`` in duban.toml: where the password comes from, and what is refused before anything is opened."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.service.config import ConfigError, load_config
from sms.store.location import Server
from sms.store.model import SmsError

URL = "postgresql://duban@db.example:5432/duban"


def _config(folder: Path, *lines: str) -> Path:
    path = folder / "duban.toml"
    path.write_text("\n".join(["state = '状态'", *lines]), encoding="utf-8")
    return path


def test_without_a_store_it_is_a_file_in_the_state_folder(tmp_path: Path) -> None:
    config = load_config(_config(tmp_path))
    assert config.location == tmp_path / "状态" / "duban.sqlite"


def test_the_password_comes_from_the_environment_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "密码.toml"
    secret.write_text('DUBAN_STORE_PASSWORD = "aus der Datei"', encoding="utf-8")
    secret.chmod(0o600)
    config = load_config(_config(tmp_path, f"store = '{URL}'", "store_password_file = '密码.toml'", "fleet = '市局'"))
    found = []
    for value in ("", "aus der Umgebung"):
        monkeypatch.setenv("DUBAN_STORE_PASSWORD", value)
        assert isinstance(config.location, Server)
        assert config.location.password
        found.append(config.location.password.get_secret_value())
    assert found == ["aus der Datei", "aus der Umgebung"]
    assert "Umgebung" not in repr(config.location) + str(config.location)


def test_without_one_libpq_finds_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUBAN_STORE_PASSWORD", raising=False)
    assert load_config(_config(tmp_path, f"store = '{URL}'")).location == Server(URL)


def test_a_password_file_that_others_can_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUBAN_STORE_PASSWORD", raising=False)
    secret = tmp_path / "密码.toml"
    secret.write_text('DUBAN_STORE_PASSWORD = "geheim"', encoding="utf-8")
    secret.chmod(0o644)
    config = load_config(_config(tmp_path, f"store = '{URL}'", "store_password_file = '密码.toml'"))
    with pytest.raises(SmsError, match=r"其他人也能读.*chmod 600") as refused:
        _ = config.location
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    "store",
    [
        "postgresql://duban:geheim@db.example/duban",
        "postgresql://duban@db.example/duban?password=geheim",
        "postgresql://duban@db.example/duban?sslmode=verify-full&sslpassword=geheim",
    ],
    ids=["after the user", "as a parameter", "of a key"],
)
def test_a_password_in_the_url_is_refused_and_not_repeated(tmp_path: Path, store: str) -> None:
    with pytest.raises(ConfigError, match=r"不能写数据库密码.*store_password_file") as refused:
        load_config(_config(tmp_path, f"store = '{store}'"))
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["store = 'mysql://duban@db.example/duban'"], "postgresql://用户@主机"),
        (["store = 'duban.sqlite'"], "postgresql://用户@主机"),
        (["store = 'postgresql://db.example:port/duban'"], "postgresql://用户@主机"),
        (["store = 'postgresql://duban@db.example'"], "没有写数据库名"),
        (["fleet = '市局'"], "要与 store 一起写"),
        (["store_password_file = '密码.toml'"], "要与 store 一起写"),
    ],
)
def test_what_can_be_no_store_is_refused_in_words(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_config(_config(tmp_path, *lines))


def test_a_server_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    _config(tmp_path, "store = 'postgresql://duban@127.0.0.1:1/duban'")
    assert main(["outbox", "list"]) != 0
    assert "数据库 127.0.0.1:1/duban 连接不上" in capsys.readouterr().err


def test_a_store_in_a_file_loads_nothing_of_a_server(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from engine.service.config import Config; "
        "from engine.service.host import Station; Station.open(Config(state=Path(sys.argv[1]))).close(); "
        "theirs = ('psycopg', 'procrastinate', 'sqlalchemy.dialects.postgresql', 'sms.store.postgresql'); "
        "print([name for name in sys.modules if name.startswith(theirs)])"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "state"], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
