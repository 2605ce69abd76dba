"""simulate: what would be sent. It only reads."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from engine.cli.commands.common import AsJson, LedgerPath, Misuse, ledger_at, moment
from engine.cli.console import Bar, echo, print_json_list, show_table, working
from engine.cli.json_shapes import message_json
from engine.facts.message import Message
from engine.review.simulate import simulate
from engine.service.policies import policies_for


def simulate_(
    ledger: LedgerPath,
    start: Annotated[str, typer.Option("--from", metavar="时间", help="从这时起（含）")],
    end: Annotated[str, typer.Option("--to", metavar="时间", help="到这时止（不含）")],
    as_json: AsJson = False,
) -> None:
    """推演：列出两个时间之间按台账应发的全部短信，不发送。"""
    since, until = moment(start), moment(end)
    if until < since:
        raise Misuse("--to 早于 --from。请把两个时间对调。")
    facts = ledger_at(ledger)
    messages = simulate(facts, policies_for(ledger), since, until)
    if as_json:
        print_json_list(message_json(message) for message in messages)
        return
    with working("正在推演", quiet=False) as bar:
        rows = [
            (one.at, one.kind.value, one.to.unit, one.to.name, one.text)
            for one in _followed(messages, since, until, bar)
        ]
    if rows:
        show_table(f"应发短信（{len(rows)} 条）", ("时间", "类型", "收信单位", "收信人", "内容"), rows)
    else:
        echo("这段时间没有要发的短信。")


def _followed(messages: Iterator[Message], since: datetime, until: datetime, bar: Bar) -> Iterator[Message]:
    whole = (until - since).total_seconds()
    for message in messages:
        bar.at((message.at - since).total_seconds(), whole)
        yield message
