"""What disk and file do to a SQLite file of ours, in words with a remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import DBAPIError

from sms.store.model import SmsError

_FAULTS = {
    "SQLITE_FULL": "写不进去：磁盘已满。请清理磁盘，之后自动继续。",
    "SQLITE_READONLY": "写不进去：状态文件夹只读。请检查它的权限。",
    "SQLITE_CANTOPEN": "打不开。请检查状态文件夹和它的权限；路径很长的，请换一个短些的。",
    "SQLITE_IOERR": "读写出错。请检查磁盘，再重试。",
    "SQLITE_BUSY": "正被另一个程序占用。请稍后再试。",
    "SQLITE_LOCKED": "正被另一个程序占用。请稍后再试。",
    "SQLITE_PROTOCOL": "锁不上。请检查状态文件夹的权限和所在的磁盘，再重试。",
    "SQLITE_PERM": "没有权限。请检查状态文件夹和它的权限。",
    "SQLITE_NOMEM": "读写时内存不够。请关闭其他程序，再重试。",
}
"""What SQLite calls a fault (how its name begins), and its words for people."""
_DAMAGE = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
_PASSING = "刚才没有读对，再看一遍是好的，没有损坏。请检查磁盘，再重试。"
_DAMAGED = "文件核对两遍都是损坏的，或者不是本程序的文件。请先把它和旁边的 -wal、-shm 文件一起复制留存，再移走，"


class SqliteFile(NamedTuple):
    """What people call the file, and what they do once it is moved away."""

    name: str
    anew: str


JOURNAL = SqliteFile("发送日志", "重新接管台账；接管时会列出不再发出的短信。")
PHONE = SqliteFile("本机短信文件", "会另建一个；没有查到结果的短信转待人工。")


@contextmanager
def faults_in_words(path: Path, file: SqliteFile) -> Iterator[None]:
    """Raises SmsError for what disk and file do. A mistake in our own statements stays what it is.

    To move the file away is advised only where a second reading finds the same damage.
    """
    try:
        yield
    except (sqlite3.DatabaseError, DBAPIError) as fault:
        cause = fault.orig if isinstance(fault, DBAPIError) else fault
        name = str(getattr(cause, "sqlite_errorname", ""))
        said = next((words for start, words in _FAULTS.items() if name.startswith(start)), None)
        if name.startswith(_DAMAGE):
            said = _DAMAGED + file.anew if _is_damaged(path) else _PASSING
        if said is None:
            raise
        raise SmsError(f"{file.name}{said}") from fault


def _is_damaged(path: Path) -> bool:
    """Whether a connection of its own, which has read nothing yet, finds the whole file damaged as well: one reading
    error in passing looks just like damage.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as fresh:
            return bool(fresh.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.DatabaseError as fault:
        return str(getattr(fault, "sqlite_errorname", "")).startswith(_DAMAGE)
