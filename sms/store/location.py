"""Where a store lies: a SQLite file of this host, or a database of a PostgreSQL server."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from sms.store.model import SmsError

if TYPE_CHECKING:  # SQLAlchemy takes a while to load, and who reads duban.toml may need no store
    from sqlalchemy.engine import URL

_SECRETS = {"password", "sslpassword"}
"""What libpq would take from a URL."""


@dataclass(frozen=True, slots=True)
class Server:
    """A database of a PostgreSQL server. ``url`` holds no password: it stands in logs and in duban.toml.

    Raises:
        SmsError: the URL cannot be used, or holds a password.
    """

    url: str
    password: SecretStr | None = None

    def __post_init__(self) -> None:
        parsed = self.parsed
        if parsed.password is not None or not _SECRETS.isdisjoint(parsed.query):
            raise SmsError(
                "store 里不能写数据库密码，它会留在日志里。请删去，改用环境变量 DUBAN_STORE_PASSWORD 或 "
                "store_password_file；这个密码请换掉。"
            )
        if not parsed.database:
            raise SmsError("store 里没有写数据库名，应为 postgresql://用户@主机:5432/数据库。")

    @property
    def parsed(self) -> "URL":
        """The URL in its parts."""
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            parsed = make_url(self.url)
        except (ArgumentError, ValueError):
            parsed = None
        if parsed is None or parsed.drivername != "postgresql":
            raise SmsError("store 应为 postgresql://用户@主机:5432/数据库，请改正。")
        return parsed

    @property
    def name(self) -> str:
        """What people call it: host, port and database."""
        url = self.parsed
        host = url.host or "本机"
        return f"{host}{f':{url.port}' if url.port else ''}/{url.database}"


Location = Path | Server
