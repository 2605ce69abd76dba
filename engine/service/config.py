"""duban.toml: which ledgers this host serves, where its state lies, by which gateways it sends.

Never a credential: those come from the environment or from a file that only its owner can read (see ``sms``).
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.facts.faults import DubanError
from engine.files.outputs import Outputs
from engine.files.ownership import nearest_foreign
from engine.policy.toml_faults import UnreadableToml, in_words, read_toml
from sms.gateways.credentials import password
from sms.gateways.protocol import kind_of
from sms.store.location import Location, Server
from sms.store.model import SmsError

DEFAULT_NAME = "duban.toml"
ENTRANCE = "DUBAN_STORE_PASSWORD"
"""The variable that holds the password of ``store``."""


class ConfigError(DubanError):
    """duban.toml cannot be used; the message names the entry and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Log(_Part):
    """The rotating log: size of one file in MB, and how many are kept."""

    megabytes: float = Field(default=5, gt=0)
    keep: int = Field(default=10, ge=1)


class Config(_Part):
    """The configuration of a host. Relative paths are those of the config file's own ``folder``.

    ``policies`` are regimes of one's own (SZ1-25), besides those in the folder 制度 beside each ledger.
    ``store`` is a database of a PostgreSQL server instead of the file in ``state``; its password comes from the
    environment or ``store_password_file``. ``fleet`` is the name of the hosts that share it; ``shares`` names folders
    whose ledgers are served by the hosts that reach them (default: each ledger's own folder).
    ``gateways`` are tried in this order, each set up by its own table ``[gateway.NAME]``. ``backups`` is how many
    dated copies of a ledger are kept; ``compression`` is ``small``, or ``fast``: four times
    quicker to write, files a sixth larger. ``file`` is the config file itself, if there is one.
    """

    ledgers: tuple[Path, ...] = ()
    state: Path = Path()
    folder: Path = Path()
    file: Path | None = None
    policies: tuple[Path, ...] = ()
    store: str = ""
    store_password_file: Path | None = None
    fleet: str = ""
    shares: dict[str, Path] = {}
    gateways: tuple[str, ...] = ("local",)
    gateway: dict[str, dict[str, Any]] = {}
    backups: int = Field(default=7, ge=1)
    compression: Literal["small", "fast"] = "small"
    log: Log = Log()

    @property
    def database(self) -> Path:
        """The one SQLite file of journal and outbox, where no ``store`` is named."""
        return self.state / "duban.sqlite"

    @property
    def location(self) -> Location:
        """Where journal and outbox lie.

        Raises:
            SmsError: ``store`` cannot be used or holds a password, or the file of the password is no secret.
        """
        if not self.store:
            return self.database
        return Server(self.store, password(ENTRANCE, os.environ, self.store_password_file))

    @property
    def has_store(self) -> bool:
        """Whether there may be a journal; a file that nobody has made yet is none."""
        return bool(self.store) or self.database.is_file()

    def kind_of(self, gateway: str) -> str:
        """Which provider's one of the ``gateways`` is."""
        return kind_of(gateway, self.gateway.get(gateway, {}))

    def named_files(self) -> Iterator[tuple[Path, str]]:
        """Every file and folder besides the ledgers that the config names, and what it is called."""
        yield self.state, f"状态文件夹 {self.state}"
        if self.store_password_file:
            yield self.store_password_file, f"数据库密码文件 {self.store_password_file}"
        for name, table in self.gateway.items():
            if isinstance(phone := table.get("file"), str):
                yield self.state / phone, f"短信网关“{name}”的文件 {phone}"
            if isinstance(secrets := table.get("credentials_file"), str) and secrets:
                yield self.folder / secrets, f"短信网关“{name}”的凭据文件 {secrets}"

    def outputs(self, *read: Path, force: bool = False) -> Outputs:
        """Where a command that reads these ledgers may write: over no ledger of this host, and not over this config."""
        return Outputs((*read, *self.ledgers, *([self.file] if self.file else [])), force)


def load_config(path: Path | None) -> Config:
    """Read ``path``, or duban.toml of the current folder if it is there, or take the defaults.

    Raises:
        ConfigError: the file is missing, is no TOML, or holds an entry that is not understood.
    """
    if path is None and not Path(DEFAULT_NAME).is_file():
        return Config(state=default_state())
    path = (path or Path(DEFAULT_NAME)).absolute()
    try:
        _must_be_own(path, f"配置文件 {path}")
        tree = read_toml(path.read_text(encoding="utf-8-sig"))
    except UnreadableToml as fault:
        raise ConfigError(f"配置文件 {path} 的格式有误：{fault}。请改正后重试；路径请用单引号括起。") from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"读不到配置文件 {path}：请确认它存在、可读，并以 UTF-8 编码保存。") from fault
    try:
        config = Config.model_validate(tree)
    except ValidationError as fault:
        raise ConfigError(f"配置文件 {path} 有误：{in_words(fault)}。请改正后重试。") from fault
    folder = path.parent
    state = folder / config.state if "state" in tree else default_state()
    ledgers = tuple(folder / ledger for ledger in config.ledgers)
    policies = tuple(folder / policy for policy in config.policies)
    secret = folder / config.store_password_file if config.store_password_file else None
    shares = {name: folder / share for name, share in config.shares.items()}
    places = {"state": state, "folder": folder, "file": path, "ledgers": ledgers, "policies": policies}
    places |= {"shares": shares}
    config = config.model_copy(update={"store_password_file": secret})
    config = config.model_copy(update=places)
    _must_be_one_store(config, path)
    for named, about in config.named_files():
        _must_be_own(named, about)
    return config


def _must_be_one_store(config: Config, path: Path) -> None:
    """Raises ConfigError for a ``store`` that no store can be, and for what goes with one where none is named."""
    try:
        if config.store:
            Server(config.store)
    except SmsError as fault:
        raise ConfigError(f"配置文件 {path} 有误：{fault}") from fault
    if (config.fleet or config.store_password_file) and not config.store:
        raise ConfigError(f"配置文件 {path} 有误：fleet 和 store_password_file 要与 store 一起写。请补上或删去。")


def _must_be_own(path: Path, about: str) -> None:
    """Raises ConfigError for a file, or a folder in which it would be made, that somebody else owns."""
    try:
        foreign = nearest_foreign(path)
    except OSError as fault:
        raise ConfigError(f"{about}不能核对是谁的，没有采用。请检查路径和权限。") from fault
    if foreign is not None:
        what = "" if foreign == path else f"所在的 {foreign} "
        raise ConfigError(
            f"{about} {what}不属于您或管理员，或者人人可写，没有采用。"
            "请换成自己的文件，或请管理员把它改为您所有、他人不可写。"
        )


def default_state() -> Path:
    """Where the platform keeps a user's program state."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "duban"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "duban"
    return Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "duban"
