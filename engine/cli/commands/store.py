"""store show and move: where journal and outbox lie, what they hold, and how they come into another store."""

from typing import Annotated, Any

import typer

from engine.cli.commands.common import AsJson, ConfigPath, opened
from engine.cli.console import echo, print_json, show_table, working
from engine.cli.usage import Command, Group
from engine.service.clock import OfficeClock
from engine.service.config import Config, load_config

app = typer.Typer(cls=Group, help="发送日志：在哪里、有多少，搬到别处。")
To = Annotated[
    str, typer.Option("--to", metavar="位置", help="postgresql://用户@主机:5432/数据库，或一个新的 .sqlite 文件")
]
_WORD = {
    "messages": "短信",
    "obligations": "应发事项",
    "settlements": "已处理到的时点",
    "tallies": "催办次数",
    "attempts": "提交记录",
    "replies": "回复",
    "codes": "网关代码",
    "gateways": "网关状态",
    "handlings": "人工处理",
    "rates": "网关速率",
    "journal_identity": "日志标识",
    "journal_secret": "日志密钥",
    "journal_ledgers": "照看的台账",
    "journal_rows": "各行上次的样子",
    "journal_sheets": "解析过的工作表",
    "journal_leases": "发送凭证",
    "journal_calls": "要求处理的台账",
}


@app.command("show", cls=Command)
def show(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """发送日志在哪里、各表有多少行。"""
    from engine.service.moving_store import counts  # here: as for the store in ``opened``

    settings = load_config(config)
    with opened(settings) as station:
        found = counts(station.outbox.store)
    if as_json:
        print_json({"store": _place(settings), "tables": found})
        return
    show_table(f"发送日志 {_place(settings)}", ("内容", "行数"), [(_WORD[name], rows) for name, rows in found.items()])


@app.command("move", cls=Command)
def move(to: To, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """把发送日志整个搬到另一个数据库或文件，逐表核对；原来的不动。先停掉值班程序。"""
    from engine.service.moving_store import location_of, move_store  # here: as for the store in ``opened``

    settings = load_config(config)
    target = location_of(to, settings)
    with working("正在搬", quiet=as_json):
        done = move_store(settings, target, OfficeClock().now())
    if as_json:
        print_json({"from": _place(settings), "to": to, "tables": [_table_json(*one) for one in done]})
        return
    rows = [(_WORD[one.table], one.rows, one.digest[:12]) for one in done]
    show_table(f"已从 {_place(settings)} 搬到 {to}", ("内容", "行数", "两边一致的校验值"), rows)
    back = "删去 store、fleet 和 store_password_file；新文件改名为状态文件夹里的 duban.sqlite"
    then = f"store = '{to}'" if "://" in to else back
    echo(f"原来的没有动，留作备份，不要再用。请在各台电脑的 duban.toml 里改：{then}。")
    echo("加了或去掉 fleet 的，值班主机换了名称：对每本台账再运行一次 duban adopt。然后启动值班程序。")


def _place(config: Config) -> str:
    return config.store or str(config.database)


def _table_json(table: str, rows: int, digest: str) -> dict[str, Any]:
    return {"table": table, "rows": rows, "sha256": digest}
