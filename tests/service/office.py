"""An office to test in: a workbook of ours, a state folder, a phone, and a clock that a test turns."""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.facts.change import Value
from engine.guards.permission import Options
from engine.ledger.template.workbook import setting_rows, template_rows, workbook_bytes
from engine.policy.words import usual_words
from engine.service.adoption import Adoption, adopt
from engine.service.clock import OfficeClock
from engine.service.config import Config
from engine.service.host import Station
from engine.service.one_pass import PassResult, run_pass
from sms.gateways.local import LocalGateway, Received
from sms.store.location import Server

Row = Mapping[str, Value]
LEDGER_ID = "11111111-2222-4333-8444-555555555555"
T0 = datetime(2026, 3, 2, 9, 30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def unit_row(name: str, number: int, category: str = "市直部门") -> Row:
    """A unit with a head and a contact of its own numbers."""
    return {
        "name": name,
        "category": category,
        "head": f"首{number}",
        "head_mobile": f"1990000{number:04}",
        "contact": f"具{number}",
        "contact_mobile": f"1990001{number:04}",
        "active": "是",
    }


UNITS = (
    unit_row("市教育局", 1),
    unit_row("市住建局", 2),
    unit_row("督查室", 3, "科室"),
    unit_row("秘书一科", 4, "科室"),
)


def matter_row(number: str, assigned_at: datetime = T0, limit: str = "3天", **changes: Value) -> Row:
    """A matter that is in order: 1-day and 3-day nodes for 市教育局, initiated by 秘书一科."""
    return {
        "number": number,
        "board": "日常管理事项",
        "source": "领导批示指示",
        "content": f"办好{number}所列事项",
        "initiating_office": "秘书一科",
        "assigning_leader": "李某",
        "assigning_leader_rank": "分管副市长",
        "approver": "张某",
        "approver_rank": "分管副秘书长",
        "approved_at": assigned_at - HOUR,
        "lead_unit": "市教育局",
        "assigned_at": assigned_at,
        "time_limit": limit,
        "initiated_at": assigned_at,
        "notice_issued_at": assigned_at - 30 * DAY,
        "status": "办理中",
        **changes,
    }


def report_row(number: str, node: str, at: datetime, **changes: Value) -> Row:
    """A report of 市教育局."""
    return {"matter": number, "unit": "市教育局", "node": node, "reported_at": at, "result": "待审核", **changes}


def write_book(path: Path, matters: Iterable[Row], settings: Mapping[str, str] | None = None, **sheets: Any) -> Path:
    """A ledger from the template with these rows; 短信发送 is 开."""
    values = {
        "台账标识": LEDGER_ID,
        "制度方案": "朔州",
        "单位名称": "某市人民政府督查室",
        "短信签名": "市政府督查室",
        "联系电话": "0349-2020000",
        "免打扰": "关",
        "短信发送": "开",
        "演示": "否",
        **(settings or {}),
    }
    rows = {
        **template_rows(LEDGER_ID, "", usual_words()),
        "units": UNITS,
        "settings": setting_rows(values),
        "matters": [*matters],
        **sheets,
    }
    path.write_bytes(_made(rows))
    return path


_MADE: dict[str, bytes] = {}
_MOST_MADE = 200


def _made(rows: Mapping[str, Any]) -> bytes:
    """The workbook with these rows; it takes half a second to make, and most tests begin with one of a few."""
    key = repr(rows)
    if key not in _MADE:
        if len(_MADE) >= _MOST_MADE:
            _MADE.clear()
        _MADE[key] = workbook_bytes(rows, usual_words())
    return _MADE[key]


class HandClock(OfficeClock):
    """Stands still until a test moves it; ``elapsed`` follows unless the wall clock is made to leap."""

    def __init__(self, now: datetime) -> None:
        self.at = now
        self.run = 0.0

    def now(self) -> datetime:
        return self.at

    def elapsed(self) -> float:
        return self.run

    def forward(self, span: timedelta) -> None:
        """Time passes."""
        self.at += span
        self.run += span.total_seconds()


@dataclass
class ServedOffice:
    """One host with one ledger; its store a file of its own, or a server's."""

    folder: Path
    server: Server | None = None
    config: Config = field(init=False)
    clock: HandClock = field(init=False)
    station: Station = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        store = {"store": self.server.url, "fleet": "市局"} if self.server else {}
        self.config = Config(state=self.folder / "state", ledgers=(self.book,), **store)
        self.clock = HandClock(T0)
        self.station = Station.open(self.config, self.clock)

    @property
    def book(self) -> Path:
        return self.folder / "台账.xlsx"

    def adopt(
        self, at: datetime = T0, start: datetime | None = None, path: Path | None = None, **how: bool
    ) -> Adoption:
        return adopt(path or self.book, self.station, at, start, **how)

    def pass_at(self, at: datetime, path: Path | None = None, **options: bool) -> PassResult:
        """A pass by hand at a time that somebody vouches for, unless the options say otherwise."""
        return run_pass(path or self.book, self.station, at, Options(**{"explicit_time": True, **options}))

    def passes(self, start: datetime, end: datetime, step: timedelta = HOUR) -> list[PassResult]:
        """Passes from ``start`` through ``end``."""
        count = int((end - start) / step)
        return [self.pass_at(start + step * turn) for turn in range(count + 1)]

    def phone(self) -> list[Received]:
        """All SMS that the embedded gateway took, the daily report aside."""
        with_phone = LocalGateway(self.config.state / "phone.sqlite")
        try:
            return [one for one in with_phone.received() if "晨报" not in one.text]
        finally:
            with_phone.close()

    def lose_journal(self) -> None:
        """The state folder is gone; the phone is not."""
        self.station.close()
        for path in self.config.state.glob("duban.sqlite*"):
            path.unlink()
        self.station = Station.open(self.config, self.clock)

    def copy_book(self, name: str = "副本.xlsx") -> Path:
        return Path(shutil.copy(self.book, self.folder / name))
