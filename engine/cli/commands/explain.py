"""explain: why a matter has its deadlines, SMS and flags. It only reads."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any

import typer

from engine.cli.commands.common import (
    AsJson,
    At,
    ConfigPath,
    LedgerPath,
    Misuse,
    ledger_at,
    matter_of,
    now_or,
    station_of,
)
from engine.cli.commands.unit_points import entry_json, explain_unit, quarter_of, show_entries
from engine.cli.console import cell_text, print_json, show_table
from engine.cli.json_shapes import explanation_json, flags_json
from engine.facts.message import ObligationKey
from engine.law.library import shipped_law
from engine.policy.workdays import YearNotCoveredError
from engine.review.explain import ExplainedSlot, Outcome, explain
from engine.rules.duties.cases import Cases
from engine.scores.scorebook import of_matter
from engine.service.pass_review import starts

_SHOWN_OF_RUN = 4
_DULL = frozenset({Outcome.MET, Outcome.CANCELLED, Outcome.BEFORE_SERVICE, Outcome.AHEAD, Outcome.MAY_MOVE})


def explain_(
    ledger: LedgerPath,
    number: Annotated[str, typer.Argument(metavar="[事项编号]", help="如 2026-日-0001", show_default=False)] = "",
    unit: Annotated[str, typer.Option("--unit", metavar="单位", help="说明一个单位的积分，与 --quarter 同用")] = "",
    quarter: Annotated[str, typer.Option("--quarter", metavar="季度", help="如 2026Q1")] = "",
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """说明：这件事项有哪些期限、时点和标记，各按哪一条、哪一种读法；或者一个单位一个季度的每一笔积分。"""
    if bool(number) == bool(unit) or bool(unit) != bool(quarter):
        raise Misuse("请写明事项编号，或者写明单位和季度：--unit 市教育局 --quarter 2026Q1。")
    if unit:
        explain_unit(ledger, unit, quarter_of(quarter), now_or(at), as_json, config)
        return
    facts = ledger_at(ledger)
    matter = matter_of(facts, number)
    with station_of(config) as station:
        ledger_id = facts.settings.ledger_id
        history, known = station.outbox.history(ledger_id), station.outbox.outcomes(ledger_id, matter.number)
        outcomes = {ObligationKey(*key): word for key, word in known.items()}
        policies = station.policies_of(ledger)
        since = starts(facts, station.journal.served(ledger_id))
        lives = station.outbox.lives(ledger_id, matter.number)
        try:
            found = explain(Cases(facts, policies, now_or(at)), matter, history, outcomes, since)
        except YearNotCoveredError as gap:
            raise Misuse(f"{gap}。请在「节假日」录入后再试。") from gap
    earned = of_matter(facts, matter, policies, found.at)
    if as_json:
        law = {"law": shipped_law().quoted(found.clauses)}
        print_json(explanation_json(found) | {"points": [entry_json(entry) for entry in earned], "sms": lives} | law)
        return
    for one in found.duties:
        title = f"{one.duty.name} {one.duty.period}".strip()
        provisional = "（暂定）" if one.duty.provisional else ""
        due = f"{cell_text(one.duty.due)} 到期{provisional}"
        state = "，告知" if one.duty.is_announcement else f"，{due}，{one.state}"
        headings = ("时间", "时点", "类型", "收信", "条款", "结果")
        show_table(f"{title}：{one.duty.owed_by}{state}（{one.duty.clause}）", headings, _slot_rows(one.slots))
    if lives:
        show_table("短信经过", ("应发", "类型", "收信", "经过"), map(_life_row, lives))
    if earned:
        show_entries("积分", earned)
    show_table(
        "标记", ("列", "应为"), ((name, value) for name, value in flags_json(found).items() if value is not None)
    )
    show_table("条文", ("条款", "原文"), shipped_law().quoted(found.clauses).items())
    read = [(number, shipped_law().reading(number).words) for number in found.readings]
    show_table("采用的理解", ("编号", "怎么理解"), read)


def _life_row(life: Mapping[str, Any]) -> tuple[object, ...]:
    """When an SMS was owed, to whom, and a line for each step of its life."""
    whom = f"{life['unit']}{life['role']}{life['name']}"
    return life["owed_at"], f"{life['kind']} {life['slot']}", whom, "\n".join(_steps(life))


def _steps(life: Mapping[str, Any]) -> Iterator[str]:
    """Claimed, submitted, accepted, delivered and acknowledged, settled by hand: when, by whom, and how it stands."""
    known = (
        (life["claimed_at"], "记入待发", life["claimed_by"]),
        (life["submitted_at"], f"提交 {life['gateway']}", life["submitted_by"]),
        (life["accepted_at"], "网关收下", ""),
        (life["receipt_at"], "运营商回执", ""),
        (life["acknowledged_at"], f"{life['acknowledged_by']} 回复“{life['reply']}”签收", ""),
    )
    for at, step, doer in known:
        if at is not None:
            yield f"{at:%m-%d %H:%M} {step}{f'（{doer}）' if doer else ''}"
    yield from life["handled"]
    why = f"，{life['explanation']}" if life["explanation"] else ""
    yield f"结果：{life['state']}{why}"


def _slot_rows(slots: Iterable[ExplainedSlot]) -> Iterator[tuple[object, ...]]:
    """A row for the recipients of one slot; of a long run of which nothing became only the first and the last."""
    rows: list[tuple[object, ...]] = []
    for (at, slot, kind, clause, outcome), group in groupby(slots, _what):
        rows.append((at, slot, kind, "、".join(one.to for one in group), clause, outcome))
    for _, run in groupby(rows, lambda row: row[-1]):
        alike = list(run)
        if len(alike) <= _SHOWN_OF_RUN or alike[0][-1] not in _DULL:
            yield from alike
        else:
            yield alike[0]
            yield ("……", "", "", f"中间 {len(alike) - 2} 个时点", "", alike[0][-1])
            yield alike[-1]


def _what(slot: ExplainedSlot) -> tuple[datetime, str, str, str, str]:
    return slot.at, slot.slot, slot.kind, slot.clause, slot.outcome
