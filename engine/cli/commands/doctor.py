"""doctor: what is wrong with this machine's set-up."""

import sys
from pathlib import Path

from engine.cli.commands.common import AsJson, ConfigPath, station_of
from engine.cli.console import echo, print_json, show_table, working
from engine.delivery.boot import systemd_removal, windows_removal
from engine.facts.moment import to_minute
from engine.service.config import default_state
from engine.service.doctor import examine
from engine.service.host import Station
from engine.service.parsing.process import ParsingProcess
from sms.doctor import Check


def doctor(as_json: AsJson = False, config: ConfigPath = None) -> int:
    """体检：台账、时钟、日历、短信网关、调度程序是否就绪。"""
    with ParsingProcess() as elsewhere, station_of(config, elsewhere) as station, working("正在检查", quiet=as_json):
        checks = [*examine(station), *_of_the_fleet(station), _starts_by_itself()]
    if as_json:
        print_json([{"subject": one.subject, "ok": one.ok, "said": one.said, "stops": one.stops} for one in checks])
    else:
        _show(checks)
    return int(not all(one.ok for one in checks))


def _show(checks: list[Check]) -> None:
    """What must be done, the gravest first; what is in order in one line each subject, so that all fits a screen."""
    wrong = sorted((one for one in checks if not one.ok), key=lambda one: not one.stops)
    if wrong:
        rows = [("发不出" if one.stops else "请处理", one.subject, one.said) for one in wrong]
        show_table("需要处理", ("轻重", "项目", "情况和办法"), rows)
    fine = [(one.subject, one.said) for one in checks if one.ok]
    show_table("正常", ("项目", "情况"), fine)
    stopping = sum(one.stops for one in wrong)
    if stopping:
        echo(f"有 {stopping} 处使短信发不出去，请先处理。", "red")
    elif not wrong:
        echo("一切正常。", "green")


def _of_the_fleet(station: Station) -> list[Check]:
    """The checks of the fleet that this host belongs to, if it belongs to one."""
    if not station.config.fleet:
        return []
    from engine.fleet.checks import fleet_checks  # here: a single host has no such components
    from engine.fleet.pace import Pace

    return [*fleet_checks(station, to_minute(station.clock.now()), Pace())]


def _starts_by_itself() -> Check:
    """Whether the scheduler is registered with the system's own starter. Not to be is no fault: others may start it."""
    removal = windows_removal(default_state()) if sys.platform == "win32" else systemd_removal(Path.home())
    if removal.path.exists():
        return Check("自动启动", True, f"已安装（{removal.path}）")
    return Check("自动启动", True, "没有安装。要开机自己运行，请用 duban install-service。")
