"""A policy as people read it: clause, rule in plain words, value. For whoever drafts a regulation, or checks one."""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any, NamedTuple

from engine.policy.ladders import DefaultLimit, LightBand, Rung
from engine.policy.offsets import parse_offset
from engine.policy.policy import Policy
from engine.policy.rule_words import CHOICES, LABELS
from engine.policy.schedule import Model, Schedule

_OMITTED = frozenset({"clauses", "schedule", "light", "rung", "default_limit", "citations", "citations_on", "regime"})


class PolicyLine(NamedTuple):
    """One rule: the dotted path of its value, the rule and the value in plain words, the clause."""

    path: str
    rule: str
    value: str
    clause: str


def portrayed(policy: Policy) -> list[PolicyLine]:
    """Every rule of a policy, in the order of its sections, then limits around deadlines, then the timetable."""
    found = [line for name, node in policy if name not in _OMITTED for line in _policy_lines(name, node, policy)]
    found += (
        PolicyLine(f"light.{band.word}", f"预警灯“{band.word}”", light_in_words(band), band.clause)
        for band in policy.light
    )
    found += (PolicyLine(f"rung.{one.mark}", f"升级标记“{one.mark}”", _rung(one), one.clause) for one in policy.rung)
    found += (
        PolicyLine(f"default_limit.{index}", "不填时限时", _default_limit(row), row.clause)
        for index, row in enumerate(policy.default_limit)
    )
    for row in policy.schedule:
        kinds = "、".join(kind.value for kind in row.duty)
        said = _schedule(row)
        found.append(PolicyLine(f"schedule.{kinds}.{said}", f"{kinds}：{row.kind.value}", said, row.clause))
    return found


def differences(ours: Policy, theirs: Policy) -> list[tuple[PolicyLine | None, PolicyLine | None]]:
    """What differs: the rule as it is here, and as it is there; ``None`` where one side has none."""
    here = {line.path: line for line in portrayed(ours)}
    there = {line.path: line for line in portrayed(theirs)}
    paths = list(dict.fromkeys((*here, *there)))
    pairs = [(here.get(path), there.get(path)) for path in paths]
    return [pair for pair in pairs if pair[0] is None or pair[1] is None or pair[0].value != pair[1].value]


def _policy_lines(path: str, node: Any, policy: Policy) -> Iterator[PolicyLine]:
    if isinstance(node, Model):
        for name, child in node:
            yield from _policy_lines(f"{path}.{name}", child, policy)
    elif isinstance(node, Mapping):
        for name, child in node.items():
            if isinstance(child, Model):
                yield from _lines_of_kind(path, name, child, policy)
                continue
            clause = str(child) if path == "procedure" else policy.clauses.get(f"{path}.{name}", "")
            yield PolicyLine(f"{path}.{name}", f"{_label(path)}·{name}", plain(child), clause)
    elif path in policy.clauses or path == "title":
        yield PolicyLine(path, _label(path), plain(node), policy.clauses.get(path, ""))


def _lines_of_kind(path: str, kind: str, node: Model, policy: Policy) -> Iterator[PolicyLine]:
    for name, child in node:
        here = f"{path}.{kind}.{name}"
        if here in policy.clauses:
            yield PolicyLine(here, f"{_label(f'{path}.{name}')}·{kind}", plain(child), policy.clauses[here])


def _label(path: str) -> str:
    return LABELS.get(path) or LABELS.get(path.partition(".")[0]) or path


def plain(value: Any) -> str:
    """A value in a sentence."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(map(plain, value)) or "（无）"
    return f"{value:%H:%M}" if isinstance(value, time) else CHOICES.get(str(value), str(value))


def light_in_words(band: LightBand) -> str:
    """When a light is shown."""
    if band.closed:
        return "办结以后"
    if band.from_hours is None:
        return "平时"
    hours = band.from_hours
    return f"到期前{-hours}小时起" if hours < 0 else f"逾期{hours}小时起" if hours else "逾期起"


def _rung(rung: Rung) -> str:
    parts = [f"由“{rung.act}”经批准后开始" if rung.act else "由程序提出"]
    parts += ["办结前不消除"] if rung.lasting else []
    return "，".join(parts)


def _default_limit(row: DefaultLimit) -> str:
    conditions = "、".join((*row.boards, *row.sources, *row.urgency)) or "全部"
    return f"{conditions}：{row.limit}" + (f"（可填{plain(row.allowed)}）" if row.allowed else "")


def _schedule(row: Schedule) -> str:
    when = [_slot(text) for text in row.slots]
    if row.every_hours:
        when.append(f"逾期{row.after_hours}至{row.through_hours}小时每{row.every_hours}小时")
    within = (*row.boards, *row.names)
    boards = f"（{plain(within)}）" if within else ""
    flag = f"，标记“{row.flag}”" if row.flag else ""
    return f"{boards}{plain(when)} 发给 {plain(row.to)}，文字“{row.text}”{flag}"


def _slot(text: str) -> str:
    slot = parse_offset(text)
    return slot.in_words if slot.name == text else slot.name
