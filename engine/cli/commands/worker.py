"""worker: this host takes its share of a fleet's work."""

from engine.cli.commands.common import AsJson, ConfigPath, Misuse, station_of
from engine.cli.commands.passes import errors_on_the_console
from engine.cli.console import echo, print_json
from engine.service.parsing.process import ParsingProcess
from engine.service.sole_scheduler import sole_scheduler


def worker(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """在机群里工作：与别的主机分担台账，直到被停止。"""
    try:
        from engine.fleet.worker import FleetWorker
    except ModuleNotFoundError as missing:
        raise Misuse(f"机群缺少组件 {missing.name}。请执行 pip install 'duban[fleet]'。") from missing
    with ParsingProcess() as elsewhere, station_of(config, elsewhere) as station:
        if not station.config.ledgers:
            raise Misuse("配置里没有台账。请在 duban.toml 中写上 ledgers = ['台账的路径']。")
        with sole_scheduler(station.config.state, station.clock.now()), errors_on_the_console():
            one = FleetWorker(station)
            if not as_json:
                shares = "、".join(share.name for share in one.shares)
                echo(f"正在为机群“{station.host}”工作，台账在 {shares}。按 Ctrl-C 停止。")
            one.run()
        stopped = station.clock.now()
    if as_json:
        print_json({"stopped_at": stopped, "fleet": station.host, "problem": one.problem or None})
