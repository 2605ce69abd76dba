"""outbox list, retry, resolve and send-test: the messages themselves, and what only a person can settle."""

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.commands.common import AsJson, ConfigPath, Misuse, ask_for_a_pass, now_or, station_of
from engine.cli.console import echo, print_json, show_table
from engine.cli.receipt_file import read_receipts
from engine.cli.usage import Command, Group
from engine.facts.printable import printable
from engine.ledger.reading.values import read_mobile
from sms import trial
from sms.gateways.protocol import Meaning
from sms.gateways.pushed import WITHOUT_LOOK_UP
from sms.inbound import ReplyMeaning
from sms.numbers import mask_mobile
from sms.store.codes import MEANING_WORD
from sms.store.model import STATE_WORD, State, StoredMessage

app = typer.Typer(cls=Group, help="短信：列出、重发、由人确认。")
Number = Annotated[str, typer.Argument(metavar="短信编号", help="如 S2K7Q2M9XXXXX，见 outbox list")]
AnyNumber = Annotated[
    str | None, typer.Argument(metavar="[短信编号]", help="要重发的那一条；不写则只恢复停用的网关", show_default=False)
]
By = Annotated[str | None, typer.Option("--by", metavar="姓名", help="经手人，记入短信经过；不写则记登录名")]
_MOST_SHOWN = 200
SIGNATURE = "督办测试"


@app.command("list", cls=Command)
def list_(
    state: Annotated[str | None, typer.Option("--state", metavar="状态", help="只列这个状态，如 待人工")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """按状态列出短信。"""
    wanted = [one for one, word in STATE_WORD.items() if state in (None, word, one.value)]
    if not wanted:
        raise Misuse(f"没有“{state}”这个状态。可用：{'、'.join(dict.fromkeys(STATE_WORD.values()))}。")
    with station_of(config) as station:
        ledgers = [served.ledger for served in station.journal.all_served()]
        messages = [one for ledger in ledgers for one in station.outbox.messages(ledger, *wanted)]
    if as_json:
        print_json([message_state_json(one) for one in messages])
    elif messages:
        rows = [
            (one.id, one.at, STATE_WORD[one.state], one.kind, one.unit, mask_mobile(one.mobile), one.explanation)
            for one in messages[-_MOST_SHOWN:]
        ]
        headings = ("编号", "时间", "状态", "类型", "收信单位", "号码", "情况")
        show_table(f"短信（{len(messages)} 条，最近 {len(rows)} 条）", headings, rows)
    else:
        echo("没有短信。")


@app.command("retry", cls=Command)
def retry(number: AnyNumber = None, by: By = None, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """恢复停用的网关；写明编号的，另重发这条确实没有送到的短信（仍应发时才发）。"""
    with station_of(config, acts=True) as station:
        who = _person(by, station.host)
        message = station.outbox.retry(number, now_or(None), by=who) if number else None
        resumed = station.outbox.resume_gateways(None, station.clock.now())
        due = {one.ledger for one in station.journal.all_served()} if resumed else set()
        ask_for_a_pass(station, due | ({message.ledger} if message else set()))
    if as_json:
        print_json({**(message_state_json(message) if message else {}), "resumed": resumed})
        return
    if message:
        _show_state(message, as_json)
    for name in resumed:
        echo(f"短信网关“{name}”已恢复，等着的短信下一轮发出。")
    if not (message or resumed):
        echo("没有停用的网关。要重发某一条，请写上它的编号，见 duban outbox list。")


@app.command("resolve", cls=Command)
def resolve(
    number: Number,
    sent: Annotated[bool, typer.Option("--sent/--not-sent", help="经核实已发出 / 没有发出", show_default=False)],
    by: By = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """由人确认一条“待人工”的短信究竟发出了没有。"""
    with station_of(config, acts=True) as station:
        who = _person(by, station.host)
        message = station.outbox.resolve(number, now_or(None), sent=sent, by=who)
        ask_for_a_pass(station, {message.ledger})
    _show_state(message, as_json)


@app.command("codes", cls=Command)
def codes(
    gateway: Annotated[str | None, typer.Argument(metavar="[网关]", show_default=False)] = None,
    code: Annotated[str | None, typer.Argument(metavar="[代码]", show_default=False)] = None,
    means: Annotated[str | None, typer.Option("--means", metavar="含义", help="查明的含义，以后照办")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """网关回过、表里没有的代码：列出，或由人答复其含义。"""
    meaning = next((one for one, word in MEANING_WORD.items() if means in (word, one.value)), None)
    if (means and not meaning) or bool(meaning) != bool(gateway and code):
        raise Misuse(f"答复要写明网关、代码和 --means，含义可用：{'、'.join(MEANING_WORD.values())}。")
    with station_of(config, acts=True) as station:
        if meaning and gateway and code:
            station.outbox.answer_code(gateway, code, meaning)
        found = station.outbox.codes()
    rows = [
        (
            one.gateway,
            one.code,
            one.said,
            one.first_at,
            one.times,
            MEANING_WORD[Meaning(one.meaning)] if one.meaning else "",
        )
        for one in found
    ]
    if as_json:
        names = ("gateway", "code", "said", "first_at", "times", "meaning")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif rows:
        show_table(f"没有登记的代码（{len(rows)} 个）", ("网关", "代码", "原话", "初次", "次数", "含义"), rows)
    else:
        echo("没有没见过的代码。")


@app.command("replies", cls=Command)
def replies(
    seen: Annotated[str | None, typer.Option("--seen", metavar="回复编号", help="这条已看")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """回复待看：收信人的回复，签收以外的由人来看。"""
    with station_of(config, acts=True) as station:
        if seen and not station.outbox.mark_reply_read(seen, station.clock.now()):
            raise Misuse(f"没有待看的回复 {seen}。")
        found = station.outbox.replies(ReplyMeaning.TO_READ)
    rows = [(one.id, one.at, mask_mobile(one.mobile), one.text, one.message_id) for one in found]
    if as_json:
        print_json([dict(zip(("id", "at", "mobile", "text", "message"), row, strict=True)) for row in rows])
    elif rows:
        show_table(f"回复待看（{len(rows)} 条）", ("回复编号", "时间", "号码", "内容", "所答短信"), rows)
    else:
        echo("没有待看的回复。")


@app.command("import-receipts", cls=Command)
def import_receipts(
    file: Annotated[Path, typer.Argument(metavar="文件", help="短信平台导出的 CSV")],
    gateway: Annotated[str, typer.Option("--gateway", metavar="名称", help="配置中的网关名")],
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """从短信平台导出的文件补记回执。"""
    reports = read_receipts(file)
    with station_of(config, acts=True) as station:
        in_doubt = station.config.kind_of(gateway) in WITHOUT_LOOK_UP
        moved = station.outbox.record_reports(gateway, reports, station.clock.now(), by_number=in_doubt)
        ask_for_a_pass(station, moved)
    if as_json:
        print_json({"rows": len(reports), "recorded": moved.total()})
    else:
        echo(f"文件里有 {len(reports)} 条回执，补记 {moved.total()} 条；其余已有结果，或不是本机发出的。")


def message_state_json(message: StoredMessage) -> dict[str, Any]:
    """A stored message; the number masked, since this goes into tickets and chats."""
    return {
        "id": message.id,
        "at": message.at,
        "state": STATE_WORD[message.state],
        "kind": message.kind,
        "to": {"unit": message.unit, "role": message.role, "name": message.name, "mobile": mask_mobile(message.mobile)},
        "text": message.text,
        "gateway": message.gateway,
        "explanation": message.explanation,
    }


def _person(name: str | None, host: str) -> str:
    """Who acts: by name if it was given, with the login and the host that nobody has to give."""
    login = f"{getpass.getuser()}@{host}"
    return f"{printable(name.strip())[:20]}（{login}）" if name and name.strip() else login


def _show_state(message: StoredMessage, as_json: bool) -> None:
    if as_json:
        print_json(message_state_json(message))
    else:
        echo(f"短信 {message.id} 现为“{STATE_WORD[message.state]}”。")


def send_test(
    to: Annotated[str, typer.Option("--to", metavar="号码", help="收测试短信的手机号")],
    gateway: Annotated[str, typer.Option("--gateway", metavar="名称", help="配置中的网关名，默认 local")] = "local",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> int:
    """发一条测试短信，初次设置时用。"""
    mobile = read_mobile(to)
    if not isinstance(mobile, str):
        raise Misuse("--to 写的不是能收短信的手机号。请核对位数；座机收不到短信。")
    with station_of(config, acts=True) as station:
        chosen = station.gateway(gateway)
        message = trial.send_test(station.outbox, chosen, mobile, SIGNATURE, station.clock.now)
    _show_state(message, as_json)
    if message.explanation and not as_json:
        echo(message.explanation)
    return 0 if message.state in (State.ACCEPTED, State.DELIVERED) else 1
