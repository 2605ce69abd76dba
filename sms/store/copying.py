"""A store copied whole into an empty one, of either dialect; counted and hashed on both sides."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select

from sms.store.model import SmsError
from sms.store.store import Store

_AT_ONCE = 1_000


class Copied(NamedTuple):
    """One table: how many rows, and the hash of all of them in the order of their keys."""

    table: str
    rows: int
    digest: str


def copy_store(source: Store, target: Store, tables: Sequence[Table]) -> list[Copied]:
    """Copy ``tables``, which stand in an order in which one may be filled after the other, in one transaction; what was
    copied. Nobody writes to ``source`` meanwhile, and it stays as it is.

    Raises:
        SmsError: other programs use one of the stores, ``target`` is not empty, or what it holds afterwards differs.
    """
    for store in (source, target):
        if others := store.others():
            raise SmsError(f"发送日志正被其他程序使用：{'、'.join(others)}。请先停掉全部值班程序，再搬。")
    with source.frozen() as old, target.write() as new:
        for table in tables:
            source.freeze(old, table)
        filled = [table.name for table in tables if new.execute(select(table).limit(1)).first() is not None]
        if filled:
            raise SmsError("搬去的地方已有发送日志，没有搬。请换一个空的数据库或新的文件名。")
        for table in tables:
            for rows in _parts(old, table):
                new.execute(table.insert(), [dict(row) for row in rows])
            target.renumber(new, table)
        done = [_measured(old, table) for table in tables]
        if wrong := [table.name for table, one in zip(tables, done, strict=True) if _measured(new, table) != one]:
            raise SmsError(f"搬过去的与原来的不一致（{'、'.join(wrong)}），已全部退回，原来的没有动。请重试。")
    return done


def _parts(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    in_order = select(table).order_by(*table.primary_key.columns)
    found = connection.execute(in_order, execution_options={"yield_per": _AT_ONCE})
    yield from found.mappings().partitions()


def _measured(connection: Connection, table: Table) -> Copied:
    count, digest = 0, hashlib.sha256()
    for rows in _parts(connection, table):
        for row in rows:
            count += 1
            digest.update(json.dumps([_plain(value) for value in row.values()]).encode() + b"\n")
    return Copied(table.name, count, digest.hexdigest())


def _plain(value: object) -> object:
    """A value as both dialects give it back. A server keeps no character of number 0."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value.replace("\0", "") if isinstance(value, str) else value
