"""policy new, check, show, use, try: a regime of one's own, from file to ledger (SZ1-25)."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import (
    AsJson,
    ConfigPath,
    Force,
    LedgerPath,
    Misuse,
    existing,
    ledger_at,
    moment,
    now_or,
    station_of,
    writing,
)
from engine.cli.console import echo, print_json, show_table, working
from engine.cli.policy_files import checked_policy, usable_policy
from engine.cli.usage import Command, Group
from engine.facts.ledger import Ledger
from engine.facts.message import Message
from engine.files.outputs import Outputs
from engine.papers.trial_export import trial_tables, trial_workbook
from engine.policy.governing import file_of_ledger
from engine.policy.inherited import inherited_words
from engine.policy.loading import Policies, PolicyFile, parse_policy, shipped_policies
from engine.policy.policy import Policy
from engine.policy.portrayal import differences, portrayed
from engine.policy.starter import starter_text
from engine.review.trial import RegimeOutcome, compared, lights_under, points_under, sent_under
from engine.service.config import load_config
from engine.service.policies import own_text, policies_for
from engine.service.taking_into_use import take_into_use

_MOST_SHOWN = 50
app = typer.Typer(cls=Group, help="制度：自己的制度文件，新建、检查、查看、启用、试算。")
PolicyPath = Annotated[Path, typer.Argument(metavar="制度文件", help="制度文件（.toml）", show_default=False)]


@app.command("new", cls=Command)
def new(
    name: Annotated[str, typer.Argument(metavar="名称", help="制度方案的名称，如 尧都", show_default=False)],
    based_on: Annotated[str, typer.Option("--based-on", metavar="制度", help="以哪套制度为基础")] = "",
    as_json: AsJson = False,
) -> None:
    """新建一份带说明的制度文件，放在当前文件夹的“制度”里。"""
    base = based_on or next(iter(shipped_policies()))
    if base not in shipped_policies():
        raise Misuse(f"没有“{base}”这套制度。可以是：{'、'.join(shipped_policies())}。")
    if not name.strip() or any(mark in name for mark in '/\\:*?"<>|.'):
        raise Misuse(f"“{name}”不能作文件名。请写地名或单位名，如 尧都。")
    path = Path("制度") / f"{name}.toml"
    with writing(path):
        path.parent.mkdir(exist_ok=True)
        Outputs().create(path, starter_text(name, shipped_policies()[base].on(date.max)).encode())
    if as_json:
        print_json({"path": str(path)})
    else:
        echo(f"已新建 {path}。请用记事本打开填写，再运行 duban policy check {path}。")


@app.command("check", cls=Command)
def check_(file: PolicyPath, as_json: AsJson = False) -> int:
    """检查一份制度文件：一次列出全部问题，逐条写明在第几行、怎么改。"""
    found, faults = checked_policy(file)
    if as_json:
        print_json(faults)
    elif faults:
        show_table(f"{file.name}：{len(faults)} 处问题", ("", "问题"), list(enumerate(faults, start=1)))
    else:
        echo(f"{file.name} 没有问题。")
        if found and (words := list(inherited_words(parse_policy(own_text(file).text), found.on(date.max)))):
            show_table("请再核对", ("", "没有写、照基础制度的"), list(enumerate(words, start=1)))
    return 1 if faults else 0


@app.command("show", cls=Command)
def show(
    file: PolicyPath,
    against: Annotated[str, typer.Option("--diff", metavar="制度", help="只列与这套制度不同的")] = "",
    as_json: AsJson = False,
) -> None:
    """逐条列出一份制度：条款、规定、数值；加 --diff 只列与另一套不同的。"""
    policy = usable_policy(file).on(date.max)
    if against and against not in shipped_policies():
        raise Misuse(f"没有“{against}”这套制度。可以是：{'、'.join(shipped_policies())}。")
    headings: tuple[str, ...] = ("条款", "规定", "数值")
    rows: list[tuple[str, ...]] = [(line.clause, line.rule, line.value) for line in portrayed(policy)]
    title = f"{policy.regime}：{policy.title}"
    if against:
        rows = list(_compared(policy, shipped_policies()[against].on(date.max)))
        headings = ("条款", "规定", policy.regime, against)
        title = f"{policy.regime}与{against}不同的（{len(rows)} 条）"
    if as_json:
        print_json([dict(zip(headings, row, strict=True)) for row in rows])
    else:
        show_table(title, headings, rows)


def _compared(ours: Policy, theirs: Policy) -> Iterator[tuple[str, ...]]:
    for here, there in differences(ours, theirs):
        line = here or there
        if line:
            yield here.clause if here else "", line.rule, here.value if here else "—", there.value if there else "—"


@app.command("use", cls=Command)
def use(
    ledger: LedgerPath,
    file: PolicyPath,
    by: Annotated[str, typer.Option("--by", metavar="姓名", help="由谁核对并启用")],
    since: Annotated[str | None, typer.Option("--from", metavar="日期", help="自何日起按它督办，默认今天")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """启用：让一本台账按这份制度文件督办，记下由谁启用、自何日起。"""
    usable_policy(file)
    if not by.strip():
        raise Misuse("请写明由谁启用，如 --by 张三。")
    with station_of(config, acts=True) as station:
        done = take_into_use(existing(ledger), file, station, by.strip(), now_or(since))
    if as_json:
        print_json({"regime": done.regime, "fingerprint": done.fingerprint})
    else:
        echo(f"{ledger.name} 自 {done.since:%Y-%m-%d} 起按“{done.regime}”督办（指纹 {done.fingerprint}，{by}启用）。")


@app.command("try", cls=Command)
def try_(
    file: PolicyPath,
    ledger: LedgerPath,
    start: Annotated[str, typer.Option("--from", metavar="时间", help="从这时起（含）")],
    end: Annotated[str, typer.Option("--to", metavar="时间", help="到这时止（不含）")],
    export: Annotated[Path | None, typer.Option("--export", metavar="文件", help="另存为 .xlsx")] = None,
    force: Force = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """试算：同样的台账，按现在的制度和按这份文件各会发哪些短信、亮什么灯、计多少分，多了什么、少了什么；不发送。"""
    since, until = moment(start), moment(end)
    if until <= since:
        raise Misuse("--to 要晚于 --from。")
    other, facts = usable_policy(file), ledger_at(ledger)
    policies, today = _beside_today(facts, policies_for(ledger), other)
    now, then = (_outcome(facts, policies, regime, (since, until), as_json) for regime in (today, other.regime))
    tables = trial_tables(compared(now, then), today, other.regime)
    if export:
        with writing(export):
            load_config(config).outputs(ledger, file, force=force).replace((export, trial_workbook(tables)))
    if as_json:
        print_json({name: [list(map(str, row)) for row in rows] for name, _, rows in tables})
        return
    for name, headings, rows in tables:
        if rows:
            show_table(f"{name}（{len(rows)}）", headings, rows[:_MOST_SHOWN])
    echo(f"按“{today}”发 {len(now.messages)} 条，按“{other.regime}”发 {len(then.messages)} 条。")


def _beside_today(facts: Ledger, known: Policies, other: PolicyFile) -> tuple[Policies, str]:
    """All policies with the file that is tried, and the name of the one in use: that of a draft of the same name gets
    a mark, so that the two are not taken for one.
    """
    in_use = file_of_ledger(facts, known)
    if in_use.regime != other.regime:
        return {**known, other.regime: other}, in_use.regime
    kept, mark = facts.settings.policy_archive, f"{in_use.regime}（现行）"
    return {**known, mark: known.get(kept, in_use), other.regime: other}, mark


def _outcome(
    facts: Ledger, policies: Policies, regime: str, span: tuple[datetime, datetime], quiet: bool
) -> RegimeOutcome:
    messages = _sent(facts, policies, regime, span, quiet)
    with working(f"正在按“{regime}”计算灯和积分", quiet=quiet):
        return RegimeOutcome(
            messages, lights_under(facts, policies, regime, span[1]), points_under(facts, policies, regime, *span)
        )


def _sent(
    facts: Ledger, policies: Policies, regime: str, span: tuple[datetime, datetime], quiet: bool
) -> list[Message]:
    since, until = span
    found: list[Message] = []
    with working(f"正在按“{regime}”试算", quiet=quiet) as bar:
        for message in sent_under(facts, policies, regime, since, until):
            bar.at((message.at - since).total_seconds(), (until - since).total_seconds())
            found.append(message)
    return found
