"""The page of the state machine (docs/状态图.md), drawn from one table: ``python -m engine.law.state_diagram PATH``."""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from engine.policy.loading import shipped_policies
from engine.rules.checks.transitions import BACK, INITIAL, TABLE, Course, Transition

_TITLES = {
    Course.MATTER: "事项的状态",
    Course.REPORT: "一次报送",
    Course.EXTENSION: "一份延期申请",
    Course.CLOSE_OUT: "一份办结申请",
    Course.SUBMISSION: "省交办事项的上报",
}
_INTRODUCTION = """# 状态图

什么状态下可以做什么，由一张表规定（`engine/rules/checks/transitions.py`）。本页由这张表生成，请勿手工修改；表改动后运行
`python -m engine.law.state_diagram docs/状态图.md` 重新生成，测试会核对两者一致。

台账里的记录按时间逐条对照这张表：表里没有的（如办结后又报送、未申请先同意、已通过的又退回），校验报“对不上”，
并指出是哪一格。
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *(part for course in Course for part in _section(course))])


def _section(course: Course) -> Iterator[str]:
    rows = [row for row in TABLE if row.course is course]
    yield f"## {_TITLES[course]}\n"
    yield "```mermaid"
    yield from _diagram(course, rows)
    yield "```\n"
    shipped = [file.versions[-1][1] for file in shipped_policies().values()]
    columns = "".join(f" 条款（{policy.regime}） |" for policy in shipped)
    yield f"| 状态 | 可以 | 之后 | 谁可以 |{columns}"
    yield "|---|---|---|---|" + "---|" * len(shipped)
    for row in rows:
        clauses = "".join(f" {row.clause(policy) if row.applies_under(policy) else '—'} |" for policy in shipped)
        yield f"| {row.state} | {row.event} | {row.to} | {row.who} |{clauses}"
    yield ""


def _diagram(course: Course, rows: list[Transition]) -> Iterator[str]:
    names = list(dict.fromkeys([INITIAL[course], *(row.state for row in rows), *(row.to for row in rows)]))
    states = {name: f"s{index}" for index, name in enumerate(name for name in names if name != BACK)}
    yield "stateDiagram-v2"
    for name, mark in states.items():
        yield f'    state "{name}" as {mark}'
    yield f"    [*] --> {states[INITIAL[course]]}"
    for (state, to), group in groupby(sorted(_arrows(rows), key=_ends), key=_ends):
        events = "、".join(dict.fromkeys(event for *_, event in group))
        yield f"    {states[state]} --> {states[to]}: {events}"


def _arrows(rows: list[Transition]) -> Iterator[tuple[str, str, str]]:
    """From, to, event. ``BACK`` leads to wherever the state can be reached from."""
    for row in rows:
        if row.to == BACK:
            yield from ((row.state, other.state, row.event) for other in rows if other.to == row.state != other.state)
        else:
            yield row.state, row.to, row.event


def _ends(arrow: tuple[str, str, str]) -> tuple[str, str]:
    return arrow[:2]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
