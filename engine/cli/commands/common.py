"""What commands share: their options, the time as people type it, the station they work with."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.facts.faults import DubanError
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.facts.moment import to_minute
from engine.files.outputs import Outputs
from engine.ledger.file.concurrent_access import reason
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.reading.cells import Parse
from engine.ledger.reading.ledger import read_ledger
from engine.ledger.reading.moments import FIRST_YEAR, LAST_YEAR
from engine.service.clock import OfficeClock
from engine.service.config import Config, load_config
from engine.service.logging_setup import start_logging

if TYPE_CHECKING:
    from engine.service.host import Station

LedgerPath = Annotated[Path, typer.Argument(metavar="台账", help="台账文件（.xlsx）", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 值，供程序使用")]
ConfigPath = Annotated[
    Path | None, typer.Option("--config", metavar="文件", help="配置文件，默认用当前文件夹的 duban.toml")
]
Force = Annotated[bool, typer.Option("--force", help="输出文件已存在、又不是本程序导出的，也覆盖")]
At = Annotated[str | None, typer.Option("--at", metavar="时间", help="按这个时间计算，如 2026-03-03T04:30")]


class Misuse(DubanError):
    """The command cannot take what it was given; the message states what it takes."""


def moment(text: str) -> datetime:
    """Office time as typed: ISO 8601, to the minute, without offset.

    Raises:
        Misuse: it is no such time.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(f"看不懂时间“{text}”。请写成 2026-03-03T04:30 这样的形式。") from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise Misuse(f"时间“{text}”的年份不像是对的。请核对。")
    if at.tzinfo is not None:
        raise Misuse(f"时间“{text}”带有时区。请直接写北京时间，如 2026-03-03T04:30。")
    return to_minute(at)


def now_or(at: str | None) -> datetime:
    """The time named, or now."""
    return moment(at) if at else to_minute(OfficeClock().now())


@contextmanager
def station_of(config: Path | None, elsewhere: Parse | None = None, *, acts: bool = False) -> "Iterator[Station]":
    """The station of this host, its log started; closed at the end. ``elsewhere`` parses its workbooks; ``acts``: for a
    command that sends, or changes a ledger or what is on record of its messages.

    Raises:
        Misuse: it ``acts`` on the store of a fleet of which this host is not.
    """
    with opened(load_config(config), elsewhere) as station:
        if acts:
            _must_be_of_the_fleet(station)
        yield station


@contextmanager
def opened(config: Config, elsewhere: Parse | None = None) -> "Iterator[Station]":
    """The station that ``config`` describes, its log started; closed at the end."""
    from engine.service.host import Station  # here: the store takes longer to load than most commands to run

    try:
        start_logging(config)
        station = Station.open(config, elsewhere=elsewhere)
    except OSError as fault:
        raise DubanError(f"状态文件夹 {config.state} 不能使用：{reason(fault)}") from fault
    try:
        yield station
    finally:
        station.close()


def ask_for_a_pass(station: "Station", ledgers: Collection[str]) -> None:
    """Have ledgers (台账标识) passed over by whoever serves them: something was settled that their files do not show,
    and their next slots may be a day away. Raises SmsError.
    """
    if not station.config.fleet:
        station.journal.call(ledgers)
        return
    from engine.fleet.registry import FleetRegistry  # here: a single host has no fleet

    FleetRegistry(station.outbox.store).make_due(ledgers, station.clock.now())


def _must_be_of_the_fleet(station: "Station") -> None:
    """Before this host sends, writes marks or takes a ledger over: the store may belong to a fleet that its duban.toml
    does not name, and a second service beside that fleet would take its ledgers away.

    Raises:
        Misuse: it belongs to one, whose name the message states.
        SmsError: the store cannot be used.
    """
    if not station.config.store:
        return
    from engine.fleet.registry import fleet_of  # here: a single host has no fleet

    name = fleet_of(station.outbox.store)
    if name and name != station.config.fleet:
        own = f"写的是“{station.config.fleet}”" if station.config.fleet else "没有写 fleet"
        raise Misuse(
            f"这个数据库属于机群“{name}”，本机的 duban.toml {own}，没有执行。"
            f"本机在这个机群里的，请写上 fleet = '{name}'，再运行 duban worker；不在的，请核对 store。"
        )


@contextmanager
def writing(*paths: Path) -> Iterator[None]:
    """Turn a fault of the disk while outputs are written into a DubanError, in words."""
    try:
        yield
    except OSError as fault:
        raise DubanError(f"{'、'.join(map(str, paths))} 写不了：{reason(fault)}") from fault


def check_ending(path: Path | None, ending: str) -> None:
    """Raises Misuse where a file to be made is named otherwise than its kind: programs open it by its name."""
    if path and path.suffix.lower() != ending:
        raise Misuse(f"文件名“{path.name}”要以 {ending} 结尾。")


def existing(path: Path) -> Path:
    """``path``, if there is such a file: a person who mistyped it should not wait for a save to end.

    Raises:
        UnreadableWorkbook: there is none.
    """
    try:
        if path.is_dir():
            raise UnreadableWorkbook(f"{path} 是一个文件夹，不是台账文件。路径请写到文件名为止。")
        if not path.is_file():
            raise UnreadableWorkbook(f"找不到台账文件 {path}。请核对路径。")
    except OSError as fault:
        raise UnreadableWorkbook(f"台账文件 {path} 打不开：{reason(fault)}") from fault
    return path


def ledger_at(path: Path) -> Ledger:
    """The ledger in a file, for commands that only read.

    Raises:
        UnreadableWorkbook: it cannot be read.
    """
    return read_ledger(bytes_at(path))


def matter_of(ledger: Ledger, number: str) -> Matter:
    """The matter of this number. Raises Misuse where the ledger has none."""
    found = next((matter for matter in ledger.matters if matter.number == number.strip()), None)
    if found is None:
        raise Misuse(f"台账中没有事项 {number}。请核对编号。")
    return found


def write_output(outputs: Outputs, path: Path, content: bytes) -> None:
    """Write one file, its folder made first. Raises OutputRefused, and DubanError for a fault of the disk."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        outputs.replace((path, content))


def bytes_at(path: Path) -> bytes:
    """The workbook's bytes, for commands that need more of it than the facts.

    Raises:
        UnreadableWorkbook: it cannot be read.
    """
    try:
        return existing(path).read_bytes()
    except OSError as fault:
        raise UnreadableWorkbook(f"台账文件 {path} 打不开：{reason(fault)}") from fault
