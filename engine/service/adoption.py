"""Taking a ledger into service, and who may send for it: one host, one journal, one file. All others only read."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from engine.facts.change import Value
from engine.facts.faults import DubanError
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.facts.message import Message, Sent
from engine.facts.moment import to_minute
from engine.facts.service import Served
from engine.facts.settings import Settings
from engine.guards.tampering import compare
from engine.policy.governing import file_of_ledger
from engine.review.ledger_review import review
from engine.service.book import LogRow, ServedBook
from engine.service.host import Station
from engine.service.places import place_of


class NotAdopted(DubanError):
    """The ledger could not be taken into service; the message states the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What ``adopt`` did: from when on slots are sent, how many entries were rebuilt from 短信记录, and what is owed at
    this moment but will not be sent, because the journal that recorded it is gone.
    """

    ledger: str
    path: Path
    enabled_from: datetime
    host: str
    rebuilt: int
    unsent: tuple[Message, ...] = ()


def obstacle(settings: Settings, served: Served | None, station: Station, path: Path) -> str | None:
    """Why this host may not send for this file; ``None`` if it may. A copy, a move, a lost journal and a book of last
    year all end here.
    """
    if settings.carried_over:
        return f"这是旧年度的台账，已结转到{settings.carried_over}年，只供查阅，不发送、不写入。"
    if not (settings.ledger_id and settings.host and settings.journal_id and settings.enabled_from):
        return "台账尚未接管，只试算、不发送。请在值班电脑上运行 duban adopt。"
    if settings.host != station.host:
        return f"本台账由“{settings.host}”值守，本机只试算、不发送。如要换到本机，请在本机运行 duban adopt。"
    if settings.journal_id != station.journal.identity or served is None:
        return "本机没有这本台账的发送日志（可能已丢失，或换了状态文件夹），只试算、不发送。请运行 duban adopt 重建。"
    if served.path != place_of(path):
        return (
            f"同一台账标识已登记在 {served.path}，本文件只试算、不发送。"
            "若台账已移到这里，请运行 duban adopt --moved；若是副本，请运行 duban adopt --copy。"
        )
    return None


def outdated_journal(ledger: Ledger, book: ServedBook, station: Station, sent: Sent) -> str | None:
    """Whether the journal predates the workbook, in words; ``None`` if it does not. It was restored from a backup older
    than the book, whose 短信记录 records SMS that the journal lacks and would send again.

    The sheet is read only where a row shows a later 末次提醒时间 than the journal has.
    """
    later = any(_shows_later_sms(matter, sent) for matter in ledger.matters)
    rows = (*(book.message_log() if later else ()), *book.waiting_log())
    unknown = station.outbox.count_unrecorded(ledger.settings.ledger_id, rows) if rows else 0
    return (
        f"「短信记录」里有 {unknown} 条短信是本机的发送日志所没有的（日志可能恢复自旧备份），"
        "为防重发，只试算、不发送。请运行 duban adopt，按短信记录补全日志。"
        if unknown
        else None
    )


def _shows_later_sms(matter: Matter, sent: Sent) -> bool:
    shown = matter.shown.last_sent_at
    if shown is None:
        return False
    known = sent.last_sent_at(matter.number)
    return known is None or known < shown


def adopt(
    path: Path,
    station: Station,
    now: datetime,
    start: datetime | None = None,
    *,
    moved: bool = False,
    copy: bool = False,
) -> Adoption:
    """Take the ledger at ``path`` into this host's service: write 启用时间, 值班主机 and 日志标识.

    What falls before 启用时间 is never sent, late or charged. It is ``start``, or what stands there, or ``now``. A
    journal that the book has overtaken, or another one, does not go on: then nothing before ``now`` is sent either.
    ``moved``: the file was moved here; ``copy``: it is a copy and becomes a ledger of its own.

    Raises:
        NotAdopted: it is in service elsewhere on this host, or could not be written.
        UnreadableWorkbook, WorkbookBusyError, BookBusy: nothing was done.
    """
    now = to_minute(now)
    with station.only_one(path) as path:
        book = station.book(path, lambda: now)
        book.settle()
        ledger = book.read().ledger
        settings = ledger.settings
        served = station.journal.served(settings.ledger_id) if settings.ledger_id else None
        if copy or not settings.ledger_id:
            settings, served = replace(settings, ledger_id=str(uuid4())), None
        elif served and served.path != place_of(path) and not moved:
            raise NotAdopted(
                f"同一台账标识已登记在 {served.path}。若台账已移到这里，请加 --moved；若是副本，请加 --copy。"
            )
        ours = served is not None and settings.journal_id == station.journal.identity
        log = () if copy else (*book.message_log(), *book.waiting_log(sealed=ours))
        lease = station.lease(path, settings.ledger_id)
        goes_on = ours and not lease.is_copied() and not station.outbox.count_unrecorded(settings.ledger_id, log)
        kept = None if copy else settings.enabled_from
        enabled_from = to_minute(start) if start else kept or now
        wanted: dict[str, Value] = {
            "ledger_id": settings.ledger_id,
            "enabled_from": enabled_from,
            "host": station.host,
            "journal_id": station.journal.identity,
        }
        _write(book, wanted)  # before the rebuilding, after which nobody would see any more that the journal had lagged
        with suppress(OSError):  # a pass reports it where the folder keeps no lease
            lease.take_over()
        rebuilt = 0 if goes_on or copy else _rebuild(book, log, settings.ledger_id, station, now)
        watched = compare(ledger.matters, {}, lambda matter: matter.stamps)
        station.journal.forget(settings.ledger_id)
        station.journal.remember(settings.ledger_id, watched.rows)
        # A journal that does not go on sends nothing from before now; what counts as late is not forgotten with it.
        since = now if kept and not start else None
        regime = (
            (served.regime, served.regime_since)
            if served and goes_on and not start  # a person who names a time means it
            else (file_of_ledger(ledger, station.policies_of(path)).regime, since)
        )
        station.journal.save(Served(settings.ledger_id, place_of(path), None, regime=regime[0], regime_since=regime[1]))
        lost = not (goes_on or copy or start)
        unsent = _no_longer_owed(ledger, station, path, now) if lost and ledger.settings.enabled_from else ()
        begins = max(enabled_from, regime[1] or enabled_from)
        return Adoption(settings.ledger_id, path, begins, station.host, rebuilt, unsent)


def _no_longer_owed(ledger: Ledger, station: Station, path: Path, now: datetime) -> tuple[Message, ...]:
    """What would be sent now by the earlier 启用时间 and is not by the new one, ``now``."""
    history = station.outbox.history(ledger.settings.ledger_id)
    policies = station.policies_of(path)
    before, after = (
        review(ledger, history, policies, now, since).messages for since in (ledger.settings.enabled_from, now)
    )
    owed = {slot.key for message in after for slot in message.covers}
    return tuple(message for message in before if not all(slot.key in owed for slot in message.covers))


def forget(path: Path, station: Station, now: datetime) -> str:
    """End this host's service of the ledger at ``path``: it no longer names this host, and another may adopt it.
    What was sent stays in the journal. Returns its 台账标识.

    Raises:
        NotAdopted: this host does not serve it, or the workbook could not be written.
        UnreadableWorkbook, WorkbookBusyError, BookBusy: nothing was done.
    """
    now = to_minute(now)
    with station.only_one(path) as path:
        book = station.book(path, lambda: now)
        book.settle()
        settings = book.read().ledger.settings
        if station.journal.served(settings.ledger_id) is None:
            raise NotAdopted("本机没有接管这本台账，不需要解除。")
        lease = station.lease(path, settings.ledger_id)
        if settings.journal_id == station.journal.identity and not lease.is_copied():  # else another one is in service
            _write(book, {"host": None, "journal_id": None})
            with suppress(OSError):
                lease.give_up()
        station.journal.forget(settings.ledger_id)
    return settings.ledger_id


def _rebuild(book: ServedBook, log: Sequence[LogRow], ledger_id: str, station: Station, now: datetime) -> int:
    """Record in this journal what the rows state of an earlier service: nothing of it is sent again. Those that only
    waited beside the book are still to be written into it. How many entries were new.
    """
    rebuilt = station.outbox.rebuild(ledger_id, [row for row in log if row.get("number")], now)
    standing = {str(row.get("number")): str(row.get("state")) for row in book.message_log()}
    lacking = [row.get("at") for row in log if str(row.get("number")) not in standing]
    since = min((at for at in lacking if isinstance(at, datetime)), default=None)
    if since:
        station.outbox.restore_rows(ledger_id, standing, since)
    return rebuilt


def _write(book: ServedBook, wanted: Mapping[str, Value]) -> None:
    changes, rows = book.setting_differences(wanted)
    report = book.apply([change for change in changes if change.old != change.new], rows)
    if report.pending:
        raise NotAdopted(f"没有接管：{report.pending}请处理好后再接管一次。")
    if report.dropped:
        raise NotAdopted(f"没有接管：参数设置写不进去（{report.dropped[0].reason}）。请核对该表后再试。")
