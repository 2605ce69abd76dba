"""From a location to its store."""

from pathlib import Path

from sms.store.location import Location
from sms.store.model import SmsError
from sms.store.sqlite import SqliteStore
from sms.store.store import Store


def open_store(location: Location) -> Store:
    """Open the store, making its tables where there are none.

    Raises:
        SmsError: it cannot be used, or was made by a newer version.
    """
    if isinstance(location, Path):
        return SqliteStore(location)
    try:  # here: a single host has no component for PostgreSQL
        from sms.store.postgresql import PostgresqlStore
    except ModuleNotFoundError as missing:
        raise SmsError("用 PostgreSQL 存发送日志缺少组件，请执行 pip install 'duban[fleet]'。") from missing
    return PostgresqlStore(location)
