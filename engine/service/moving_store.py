"""Moving the journal and outbox of this host to another store: from a file to the database of a fleet, and back."""

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from engine.facts.faults import DubanError
from engine.files.ownership import private_folder
from engine.service.config import ENTRANCE, Config
from engine.service.sole_scheduler import sole_scheduler
from sms.gateways.credentials import password
from sms.store.copying import Copied, copy_store
from sms.store.location import Location, Server
from sms.store.opening import open_store
from sms.store.schema import MOVED
from sms.store.store import Store


def location_of(text: str, config: Config) -> Location:
    """Where ``text`` leads: the URL of a database, whose password comes from where the config's does, or a file.

    Raises:
        SmsError: it is a URL that cannot be used.
    """
    if "://" not in text:
        return Path(text).absolute()
    return Server(text, password(ENTRANCE, os.environ, config.store_password_file))


def move_store(config: Config, target: Location, now: datetime) -> list[Copied]:
    """Copy everything from the store of ``config`` to ``target``, which is empty; the old one is left as it is.

    Raises:
        AlreadyRunning, SmsError: a program is running that uses one of them, ``target`` is not empty, or a store
            cannot be used.
        DubanError: there is nothing to move, or both are the same.
    """
    source = config.location
    if source == target or (isinstance(source, Server) and isinstance(target, Server) and source.url == target.url):
        raise DubanError("要搬去的就是现在的发送日志，不用搬。")
    if not config.has_store:
        raise DubanError(f"这里还没有发送日志（{config.database}），没有可搬的。")
    private_folder(config.state)
    fresh = target if isinstance(target, Path) and not target.exists() else None
    with sole_scheduler(config.state, now):
        try:
            with closing(open_store(source)) as old, closing(open_store(target)) as new:
                return copy_store(old, new, MOVED)
        except BaseException:
            if fresh:
                for ending in ("", "-wal", "-shm"):
                    fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
            raise


def counts(store: Store) -> dict[str, int]:
    """How many rows each table holds."""
    with store.read() as connection:
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in MOVED}
