"""What server and network do to a store on PostgreSQL, in words with a remedy."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError

from sms.store.location import Server
from sms.store.model import SmsError

_FULL = "连接数已用完，稍后自动再试。请调高 max_connections，或停掉多余的程序。"
_STARTING = "正在启动、停止或恢复，稍后自动再试。"
_LOGIN = (
    "不认这个用户名或密码。请核对 store 里的用户名，以及 DUBAN_STORE_PASSWORD 或 store_password_file；"
    "改好后，值班程序要重新启动。"
)
_MISSING = "上没有这个数据库。请核对 store 里的库名，或请管理员建库（CREATE DATABASE）。"
_USER = "上没有这个用户。请核对 store 里的用户名，或请管理员建用户（CREATE ROLE）。"
_REFUSED = "不许这台电脑或这个用户连接。请管理员改 pg_hba.conf 或授权。"
_FORBIDDEN = "里这个用户没有建表或读写的权限。请管理员把数据库的所有者改为它，或执行 GRANT 授权。"
_GONE = "的连接断了，稍后自动重连。请检查数据库是否在运行、网络是否通。"
_UNREACHABLE = "连接不上，稍后自动再试。请检查数据库是否在运行、网络是否通，以及 store 里的主机和端口。"
_READ_ONLY = "只能读、不能写：可能是备用库，或被设为只读。请改连主库，或请管理员恢复写入；之后自动继续。"
_BUSY = "正忙，稍后自动再试。一直这样，请管理员查看谁占着锁（pg_locks）。"

_BY_STATE = {
    "53100": "磁盘已满，写不进去。请清理数据库的磁盘，之后自动继续。",
    "53200": "内存不够，稍后自动再试。请管理员检查内存和 max_locks_per_transaction。",
    "53300": _FULL,
    "25006": _READ_ONLY,
    "57P01": _GONE,
    "57P02": _GONE,
    "57P03": _STARTING,
    "57P05": _GONE,
    "25P03": _GONE,
    "28": _LOGIN,
    "3D000": _MISSING,
    "42501": _FORBIDDEN,
    "40P01": _BUSY,
    "40001": _BUSY,
    "55P03": _BUSY,
    "57014": _BUSY,
    "58": "读写磁盘出错。请管理员检查数据库的磁盘，再重试。",
    "XX001": "的数据有损坏。请管理员先停下来备份，再检查磁盘。",
    "XX002": "的数据有损坏。请管理员先停下来备份，再检查磁盘。",
    "08": _GONE,
}
"""What PostgreSQL calls a fault (how its SQLSTATE begins), and its words for people."""

_BY_TEXT = (
    (("pg_hba.conf", "permission denied", "权限不够"), _REFUSED),
    (("too many", "remaining connection slots", "太多", "已保留的连接位置"), _FULL),
    (("starting up", "启动中", "shutting down", "停止中", "recovery", "恢复模式", "not yet accepting"), _STARTING),
    (("authentication failed", "认证失败", "no password supplied"), _LOGIN),
    (('role "', '角色 "'), _USER),
    (('database "', '数据库 "'), _MISSING),
)
"""A connection that is refused has no SQLSTATE: words of the server's sentence, in English and as PostgreSQL itself
translates them for a server in Chinese.
"""


class ServerFault(SmsError):
    """What a server or the network did."""


@contextmanager
def faults_in_words(server: Server) -> Iterator[None]:
    """Raises ServerFault for what server and network do. A mistake in our own statements stays what it is."""
    try:
        yield
    except (psycopg.Error, DBAPIError) as fault:
        cause = fault.orig if isinstance(fault, DBAPIError) else fault
        said = words_of(cause) if isinstance(cause, psycopg.Error) else None
        if said is None:
            raise
        raise ServerFault(f"数据库 {server.name} {said}") from fault


def words_of(fault: psycopg.Error) -> str | None:
    """What to say of a fault; ``None``: it is no fault of server or network."""
    if fault.sqlstate:
        return next((words for start, words in _BY_STATE.items() if fault.sqlstate.startswith(start)), None)
    if not isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError):
        return None
    if isinstance(fault, psycopg.errors.ConnectionTimeout):
        return _UNREACHABLE
    if not isinstance(fault, psycopg.OperationalError) or "connection failed" not in str(fault):
        return _GONE
    text = str(fault)
    return next((words for parts, words in _BY_TEXT if any(part in text for part in parts)), _UNREACHABLE)
