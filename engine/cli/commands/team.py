"""team: proposals from the pools for an inspection, with the reasons (SZ6-7, 8, 9). It only proposes."""

from typing import Annotated, Any

import typer

from engine.cli.commands.common import AsJson, At, LedgerPath, bytes_at, now_or
from engine.cli.console import echo, print_json, show_table
from engine.facts.inspection import Inspector
from engine.ledger.reading.ledger import read_ledger
from engine.rules.inspections.teams import TeamProposal
from engine.service.inspecting import team
from engine.service.policies import policies_for


def team_(
    ledger: LedgerPath,
    number: Annotated[str, typer.Argument(metavar="任务编号", help="「督查任务」里的编号")],
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """督查分组建议：从三库中为一次督查提出各组人选，写明理由和回避；台账不改动，由人决定。"""
    data = bytes_at(ledger)
    made = team(data, read_ledger(data), number.strip(), policies_for(ledger), now_or(at))
    if as_json:
        print_json(_json(made))
        return
    rows = [(one.group, one.person.pool, one.person.name, one.person.unit, one.reason) for one in made.proposed]
    show_table(f"建议人选（{len(rows)} 名）", ("组别", "类别", "姓名", "所在单位", "理由"), rows)
    if made.lacking:
        echo(f"库中人员不够，空缺：{'、'.join(made.lacking)}。")
    if made.passed_over:
        others = [(one.person.pool, one.person.name, one.person.unit, one.reason) for one in made.passed_over]
        show_table(f"没有列入（{len(others)} 名）", ("类别", "姓名", "所在单位", "缘由"), others)
    echo("这是建议。专职人员请所在单位确定、督查室同意；兼职、特邀人员请提前征得单位或本人同意。")


def _json(made: TeamProposal) -> dict[str, Any]:
    return {
        "task": made.task.number,
        "proposed": [_person(one.person) | {"group": one.group, "reason": one.reason} for one in made.proposed],
        "passed_over": [_person(one.person) | {"reason": one.reason} for one in made.passed_over],
        "lacking": list(made.lacking),
    }


def _person(person: Inspector) -> dict[str, Any]:
    return {"name": person.name, "pool": person.pool, "unit": person.unit, "row": person.place.row}
