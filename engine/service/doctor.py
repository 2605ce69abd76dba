"""``doctor``: what is wrong with this machine's set-up, one line a check, each with what to do. Secrets never show."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from engine.facts.kinds import SmsSwitch
from engine.facts.ledger import Ledger
from engine.facts.message import Message
from engine.facts.moment import to_minute
from engine.ledger.file.concurrent_access import LEAST_INTERVAL, WorkbookBusyError, reason
from engine.ledger.file.differences import differences_path
from engine.ledger.package.faults import UnreadableWorkbook
from engine.policy.governing import must_be_pinned
from engine.policy.loading import PolicyError
from engine.policy.workdays import Workdays, YearNotCoveredError
from engine.review.simulate import simulate
from engine.service.adoption import obstacle, outdated_journal
from engine.service.book import ServedBook
from engine.service.heartbeat import last_beat
from engine.service.host import Station
from engine.service.lease import COPIED
from engine.service.network_shares import is_on_share
from engine.service.places import place_of
from engine.service.sms_kit import check_kit, kit_of
from sms.doctor import Check, Planned, check_gateway, check_outbox, check_plan, check_receipts
from sms.store.model import SmsError, State

STATE_ON_SHARE = (
    "状态文件夹 {} 在网络共享上：断线会停发，两台电脑会抢着写。请停掉值班程序，把整个文件夹移到本机磁盘，"
    "再改 duban.toml 的 state。"
)
HANGS = "所在的 {} 没有响应，多半是共享断了或卡住了。请检查网络和挂载，再体检一次。"
_DAY = timedelta(days=1)
_EIGHT_HOURS = 8 * 3600
_LONGEST_WAIT = 2 * LEAST_INTERVAL


def examine(station: Station) -> Iterator[Check]:
    """All checks of this host: the machine, the scheduler, the gateways, each ledger."""
    now = to_minute(station.clock.now())
    yield _zone()
    if is_on_share(station.config.state):
        yield Check("状态文件夹", False, STATE_ON_SHARE.format(station.config.state))
    yield _heartbeat(station, now)
    plan: list[Planned] = []
    seen = last_beat(station.config.state)
    for path, answers in ledgers_of(station):
        if not answers:
            yield Check(f"台账 {path.name}", False, HANGS.format(path.parent))
            continue
        checks = [*_ledger(path, station, now, plan)]
        yield from checks
        told = seen.problems.get(str(path)) if seen else None
        if told and all(one.ok for one in checks):  # a fault that only the scheduler has met
            yield Check(f"台账 {path.name}", False, f"值班程序上次处理时：{told}")
    yield from check_outbox(station.outbox)
    for name in station.config.gateways:
        try:
            gateway = station.gateway(name)
        except SmsError as fault:
            yield Check(f"短信网关 {name}", False, str(fault), stops=True)
            continue
        yield from check_gateway(gateway, station.clock.now)
        yield from check_plan(gateway, plan)
        yield from check_receipts(station.outbox.store, gateway)


def ledgers_of(station: Station) -> list[tuple[Path, bool]]:
    """The ledgers of the config, and those that this journal serves besides; whether the share of each answers."""
    found: dict[str, tuple[Path, bool]] = {}
    for path in (*station.config.ledgers, *(Path(served.path) for served in station.journal.all_served())):
        if str(path) not in found:
            answers = station.places.answers(path)
            found.setdefault(place_of(path) if answers else str(path), (path, answers))
    return [*found.values()]


def _zone() -> Check:
    if time.localtime().tm_gmtoff == _EIGHT_HOURS:
        return Check("时区", True, "北京时间")
    return Check("时区", True, "本机不是北京时区；督办一律按北京时间计算，不受影响。")


def _heartbeat(station: Station, now: datetime) -> Check:
    seen = last_beat(station.config.state)
    command = "duban worker" if station.config.fleet else "duban run"
    stops = not station.config.fleet  # the other hosts go on
    if seen is None:
        return Check(
            "调度程序", False, f"从未运行过。请运行 {command}，并用 duban install-service 设为自动启动。", stops=stops
        )
    if seen.is_silent(now):
        return Check(
            "调度程序", False, f"最后一次活动在 {seen.at:%Y-%m-%d %H:%M}，已停止。请重新运行 {command}。", stops=stops
        )
    if seen.work and seen.is_held_up():
        held_up = f"自 {seen.work.since:%H:%M} 起一直在处理 {seen.work.book}，别的台账在等。"
        return Check("调度程序", False, f"{held_up}请查看日志，或重启 {command}。")
    if seen.program and seen.program != sys.prefix:
        return Check("调度程序", False, f"正在运行的是另一份程序（{seen.program}）。升级之后请重新启动它。")
    return Check("调度程序", True, f"正在运行，{seen.at:%H:%M} 有活动")


def _ledger(path: Path, station: Station, now: datetime, plan: list[Planned]) -> Iterator[Check]:
    subject = f"台账 {path.name}"
    book = station.book(path)
    try:
        ledger = book.read().ledger
        holder = book.holder()
    except (UnreadableWorkbook, WorkbookBusyError) as fault:
        yield Check(subject, False, str(fault))
        return
    except OSError as fault:
        yield Check(subject, False, reason(fault))
        return
    yield Check(subject, True, "可以读取")
    if not os.access(path.parent, os.W_OK):
        yield Check(subject, False, "所在的文件夹不能写入，标记写不进去。请检查共享文件夹的权限设置。")
    if holder:
        yield Check(subject, False, f"由{holder}打开着，标记要等关闭后才写入。若那台电脑已不在用，请删去旁边的锁文件。")
    if differences_path(path).exists():
        yield _waiting(book, now, is_open=holder is not None)
    for notice in book.conflicts().notices:
        yield Check(subject, False, notice)
    yield from _service(book, ledger, station, now)
    yield from _calendar(ledger, now)
    policies = station.policies_of(path)
    try:
        must_be_pinned(ledger, policies)
    except PolicyError as fault:
        yield Check(subject, False, str(fault), stops=True)
        return
    day = [*simulate(ledger, policies, now, now + _DAY)]
    plan += _planned(ledger, day)
    yield from check_kit(kit_of(ledger, policies, now, day), station.config.gateway, station.config.gateways)


def _waiting(book: ServedBook, now: datetime, *, is_open: bool) -> Check:
    """What lies beside the workbook. While nobody has it open, that may only be until the next writing is due."""
    subject, written = f"台账 {book.path.name}", book.last_written()
    if is_open:
        return Check(subject, False, "有内容待同步到打开的工作簿。请打开它的人按“同步标记”，或保存后关闭。")
    if written and now - written <= _LONGEST_WAIT:
        return Check(subject, True, "刚写过工作簿，新的标记稍后一并写入")
    return Check(subject, False, "标记和短信记录一直没有写进工作簿，原因见日志。处理好后会自动补写。")


def _planned(ledger: Ledger, day: Iterable[Message]) -> Iterator[Planned]:
    """A day's SMS to the numbers that they will go to: all to one in 试运行, none while 短信发送 is 停."""
    settings = ledger.settings
    if settings.sms is SmsSwitch.OFF:
        return
    trial = settings.trial_mobile if settings.sms is SmsSwitch.TRIAL else None
    for one in day:
        words = {**one.parameters, "template": one.template}
        yield Planned(one.at, trial or one.to.mobile, one.text, one.kind.value, words)


def _service(book: ServedBook, ledger: Ledger, station: Station, now: datetime) -> Iterator[Check]:
    subject, ledger_id = f"台账 {book.path.name}", ledger.settings.ledger_id
    served = station.journal.served(ledger_id)
    foreign = obstacle(ledger.settings, served, station, book.path)
    foreign = foreign or (COPIED if station.lease(book.path, ledger_id).is_copied() else None)
    foreign = foreign or outdated_journal(ledger, book, station, station.outbox.history(ledger_id))
    if foreign or served is None:
        yield Check(subject, False, foreign or "", stops=True)
        return
    last = served.last_pass_at
    if last and now < last:
        yield Check(
            subject,
            False,
            f"本机时钟 {now:%Y-%m-%d %H:%M} 早于上次运行 {last:%Y-%m-%d %H:%M}，不会发送。请校准时钟。",
            stops=True,
        )
    else:
        yield Check(subject, last is not None, f"上次运行 {last:%Y-%m-%d %H:%M}" if last else "接管后还没有运行过。")
    if served.hold:
        yield Check(
            subject,
            False,
            f"{served.hold.value}，自 {served.hold_at:%Y-%m-%d %H:%M} 起待放行：{served.hold_note}",
            stops=True,
        )
    waiting = sum(1 for _ in station.outbox.messages(ledger_id, State.NEEDS_HUMAN))
    if waiting:
        yield Check(subject, False, f"有 {waiting} 条短信待人工确认。请用 duban outbox list 和 resolve 处理。")


def _calendar(ledger: Ledger, now: datetime) -> Iterator[Check]:
    """The calendar of this year, and of the next once the State Council has usually announced it."""
    workdays = Workdays(ledger.day_overrides)
    for year in (now.year, now.year + 1) if now.month == 12 else (now.year,):
        try:
            workdays.is_workday(date(year, 12, 31))
        except YearNotCoveredError:
            yield Check(f"{year}年节假日", False, "尚未录入。请在「节假日」录入国务院公布的放假和调休日期。")
        else:
            yield Check(f"{year}年节假日", True, "已有")
