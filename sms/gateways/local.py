"""The embedded gateway: keeps messages in a local SQLite “phone”, no network. For the demo and for first steps."""

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sms.gateways.protocol import Limits, Receipt, Unknown, account_of
from sms.store.model import SmsError, State, StoredMessage
from sms.store.sqlite_faults import PHONE, faults_in_words

_TABLE = """CREATE TABLE IF NOT EXISTS sms (
    ref INTEGER PRIMARY KEY, out_id TEXT NOT NULL, mobile TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
    at TEXT NOT NULL)"""
_PREPARATIONS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    _TABLE,
    "CREATE INDEX IF NOT EXISTS by_out_id ON sms (out_id)",
)
MEND = "请检查磁盘和状态文件夹的权限"


class LocalConfig(BaseModel):
    """The gateway's table in duban.toml; ``file`` is relative to the state folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["local"] = "local"
    file: str = "phone.sqlite"


@dataclass(frozen=True, slots=True)
class Received:
    """One SMS as it lies in the phone; ``mobile`` is the full number."""

    ref: str
    mobile: str
    name: str
    text: str
    at: datetime


class LocalGateway:
    """A phone on this disk. ``path`` is its file; everything it takes counts as delivered.

    Raises:
        SmsError: the file cannot be used.
    """

    network = False

    def __init__(self, path: Path, name: str = "local", limits: Limits | None = None) -> None:
        self.name, self._path = name, path
        self.account, self.seconds = account_of("local", str(path)), 0.0
        self.limits = limits or Limits(per_second=1_000_000, per_number_per_day=1_000_000, grace=0)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as fault:
            raise SmsError(f"本机短信文件 {path.name} 打不开。{MEND}。") from fault
        with faults_in_words(path, PHONE):
            self._phone = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
            for statement in _PREPARATIONS:
                self._phone.execute(statement)

    def send(self, message: StoredMessage) -> str:
        """Keep it; the row's number is its reference."""
        at = (message.submitted_at or message.at).isoformat()
        row = (message.out_id, message.mobile, message.name, message.text, at)
        return str(self._run("INSERT INTO sms (out_id, mobile, name, text, at) VALUES (?,?,?,?,?)", *row).lastrowid)

    def look_up(self, message: StoredMessage) -> str | None:
        """By out_id."""
        found = self._run("SELECT ref FROM sms WHERE out_id = ?", message.out_id).fetchone()
        return str(found[0]) if found else None

    def receipt(self, message: StoredMessage) -> Receipt:
        """What lies in the phone is delivered."""
        found = self._run("SELECT at FROM sms WHERE ref = ?", message.ref).fetchone()
        return Receipt(State.DELIVERED, datetime.fromisoformat(found[0])) if found else Receipt(State.ACCEPTED)

    def probe(self) -> datetime | None:
        """It is always there, and has no clock of its own."""
        self._run("SELECT 1")
        return None

    def received(self, limit: int | None = None) -> list[Received]:
        """What it holds, oldest first; the last ``limit``."""
        newest = "SELECT ref, mobile, name, text, at FROM sms ORDER BY ref DESC LIMIT ?"
        try:
            with faults_in_words(self._path, PHONE):
                rows = self._phone.execute(newest, (-1 if limit is None else limit,)).fetchall()
        except sqlite3.Error as fault:  # the file of another program, without our table
            raise SmsError(f"本机短信文件读写不了，{MEND}。") from fault
        return [
            Received(str(ref), mobile, name, text, datetime.fromisoformat(at)) for ref, mobile, name, text, at in rows
        ][::-1]

    def _run(self, statement: str, *values: str) -> sqlite3.Cursor:
        try:
            return self._phone.execute(statement, values)
        except sqlite3.Error as fault:
            raise Unknown(f"本机短信文件读写不了，{MEND}") from fault

    def close(self) -> None:
        """Close the phone."""
        self._phone.close()
