"""duban.toml: which ledgers this host looks after, where its state lies, by which gateways it sends.

Never a credential: those come from the environment or from a file that only its owner can read (see ``sms``).
"""

import os
import sys
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.faults import DubanError

DEFAULT_NAME = "duban.toml"


class ConfigError(DubanError):
    """duban.toml cannot be used; the message names the entry and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Log(_Part):
    """The rotating log: size of one file in MB, and how many are kept."""

    megabytes: float = Field(default=5, gt=0)
    keep: int = Field(default=10, ge=1)


class Config(_Part):
    """What a host is told. Relative paths are those of the config file's own ``folder``.

    ``gateways`` are tried in this order, each set up by its own table ``[gateway.NAME]``. ``backups`` is how many
    dated copies of a ledger are kept; ``compression`` is ``small``, or ``fast``: four times
    quicker to write, files a sixth larger.
    """

    ledgers: tuple[Path, ...] = ()
    state: Path = Path()
    folder: Path = Path()
    gateways: tuple[str, ...] = ("local",)
    gateway: dict[str, dict[str, Any]] = {}
    backups: int = Field(default=7, ge=1)
    compression: Literal["small", "fast"] = "small"
    log: Log = Log()

    @property
    def database(self) -> Path:
        """The one SQLite file of journal and outbox."""
        return self.state / "duban.sqlite"


def load_config(path: Path | None) -> Config:
    """Read ``path``, or duban.toml of the current folder if it is there, or take the defaults.

    Raises:
        ConfigError: the file is missing, is no TOML, or holds an entry that is not understood.
    """
    if path is None and not Path(DEFAULT_NAME).is_file():
        return Config(state=default_state())
    path = (path or Path(DEFAULT_NAME)).absolute()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"读不到配置文件 {path}：请确认它存在、可读，并以 UTF-8 编码保存。") from fault
    except tomllib.TOMLDecodeError as fault:
        raise ConfigError(f"配置文件 {path} 的格式有误（{fault}）。请改正后重试；路径请用单引号括起。") from fault
    try:
        config = Config.model_validate(tree)
    except ValidationError as fault:
        raise ConfigError(f"配置文件 {path} 有误：{_plain(fault)}。") from fault
    folder = path.parent
    state = folder / config.state if "state" in tree else default_state()
    ledgers = tuple(folder / ledger for ledger in config.ledgers)
    return config.model_copy(update={"state": state, "folder": folder, "ledgers": ledgers})


def default_state() -> Path:
    """Where the platform keeps a user's program state."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "duban"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "duban"
    return Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "duban"


def _plain(fault: ValidationError) -> str:
    """The entries at fault, in words; values are left out, since somebody may have put a secret there."""
    words = {"extra_forbidden": "没有这一项，请核对拼写", "missing": "缺少这一项"}
    return "；".join(
        f"“{'.'.join(map(str, item['loc']))}”{words.get(item['type'], '的值不合要求，请对照说明改正')}"
        for item in fault.errors(include_input=False, include_url=False)
    )
