"""doctor: what is wrong with this machine's set-up."""

from engine.cli.commands.common import AsJson, ConfigPath, station_of
from engine.cli.console import print_json, show_table, working
from engine.service.doctor import examine


def doctor(as_json: AsJson = False, config: ConfigPath = None) -> int:
    """体检：台账、时钟、日历、短信网关、调度程序是否就绪。"""
    with station_of(config) as station, working("正在检查", quiet=as_json):
        checks = list(examine(station))
    if as_json:
        print_json([{"subject": one.subject, "ok": one.ok, "said": one.said} for one in checks])
    else:
        rows = (("正常" if one.ok else "请处理", one.subject, one.said) for one in checks)
        show_table("体检", ("结果", "项目", "情况"), rows)
    return int(not all(one.ok for one in checks))
