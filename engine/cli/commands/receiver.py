"""receiver: take in status reports and replies that a provider pushes to this host."""

import os
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from engine.cli.commands.common import AsJson, ConfigPath, ask_for_a_pass, station_of
from engine.cli.console import echo, print_json
from engine.service.logging_setup import LOGGER
from engine.service.receiver import make_server
from sms.gateways.pushed import WITHOUT_LOOK_UP, Pushed

if TYPE_CHECKING:
    from engine.service.host import Station


def receiver(
    address: Annotated[str, typer.Option("--address", metavar="地址", help="本机或内网的 IP 地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="端口", min=1024, max=65535)] = 8713,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """接收服务：收短信平台推来的回执和回复，只开在本机或内网。"""
    secret = os.environ.get("DUBAN_RECEIVER_SECRET", "")
    with station_of(config, acts=True) as station:
        kinds = {name: station.config.kind_of(name) for name in station.config.gateways}
        server = make_server(address, port, secret, kinds, partial(take_in, station))
        if not as_json:
            echo(f"接收服务在 {address}:{port}，推送地址为 http://{address}:{port}/密钥/网关名。按 Ctrl-C 停止。")
        with server:
            signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with suppress(KeyboardInterrupt):
                server.serve_forever()
        stopped = station.clock.now()
    if as_json:
        print_json({"address": address, "port": port, "stopped_at": stopped})
    else:
        echo("接收服务已停止。")


def take_in(station: "Station", name: str, pushed: Pushed) -> None:
    """Record what the provider of the gateway of this name pushed; a row that it changes is worth a pass. Raises
    SmsError.
    """
    reports, replies = pushed
    now, in_doubt = station.clock.now(), station.config.kind_of(name) in WITHOUT_LOOK_UP
    moved = station.outbox.record_reports(name, reports, now, by_number=in_doubt)
    acknowledged = station.outbox.record_replies(name, replies, now)
    ask_for_a_pass(station, moved.keys() | acknowledged.keys())
    LOGGER.info("接收服务：%s 回执 %d 条，签收 %d 条", name, moved.total(), acknowledged.total())
