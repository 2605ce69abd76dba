"""What holds of every regime: one that states nothing of its own passes all tests of its base; any edit of a value is
refused with its line, in words, or runs.
"""

import importlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.facts.stretches import STRETCHES
from engine.policy.derivation import derived
from engine.policy.loading import shipped_trees
from engine.policy.shelf import OwnText, checked
from engine.policy.tree import values
from engine.policy.words import words_of
from engine.review.check import check
from engine.review.simulate import simulate
from engine.sample.words import Regime
from tests.clauses import builders
from tests.clauses.builders import at, closed_out, extension, ledger, matter, report
from tests.clauses.mutants import failures

CLAUSES = Path(builders.__file__).parent
QUICK = (
    "test_urging",
    "test_reminders",
    "test_initiation",
    "test_monthly_reports",
    "test_meeting_duties",
)
HEAD = 'regime = "某县"\ntitle = "某县制度"\nbased_on = "{}"\nin_force_from = 2017-12-01\n'
WORDS = ("", "无此词", "1天", "重点工作任务", "as_written", "none", "督查室", "市长")


def modules(full: bool) -> list[ModuleType]:
    names = [path.stem for path in sorted(CLAUSES.glob("test_*.py")) if "MUTANTS" in path.read_text("utf-8")]
    chosen = [name for name in names if name != "test_mutants" and (full or name in QUICK)]
    return [importlib.import_module(f"tests.clauses.{name}") for name in chosen]


def nothing_stated(regime: Regime, tree: builders.Tree) -> None:
    """The tree of a regime that is based on this one and states nothing."""
    own = {key: tree[key] for key in ("regime", "title", "in_force_from")} | {"based_on": str(regime)}
    made = derived(own, dict(tree))
    tree.clear()
    tree.update(made)


def test_a_regime_that_states_nothing_passes_the_tests_of_its_base(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    found = modules(request.config.getoption("--full"))
    assert len(found) >= len(QUICK)
    monkeypatch.setattr(builders, "MUTATIONS", [nothing_stated])
    assert {module.__name__: failures(module) for module in found} == {module.__name__: 0 for module in found}


def test_one_that_states_something_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    other = builders.set_value("long_running.monthly_day", 5)
    monkeypatch.setattr(builders, "MUTATIONS", [nothing_stated, other])
    assert failures(importlib.import_module("tests.clauses.test_monthly_reports")) > 0


def edited(value: Any, dice: random.Random) -> Any:
    """Another value, mostly of the same sort."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return dice.choice([0, 1, -1, 7, 48, 365, value + 1])
    if isinstance(value, list):
        kept = [one for one in value if dice.random() < 0.7]
        dice.shuffle(kept)
        return [*kept, dice.choice(WORDS)] if dice.random() < 0.4 else kept
    return dice.choice([*WORDS, "08:00", "25:00", "3工作日", "0天", value])


def statements(base: str, dice: random.Random) -> str:
    """A file over ``base`` that states one to three of its values anew."""
    tree, _ = shipped_trees()[base]
    chosen = dice.sample(sorted(path for path, _ in values(tree) if "amended" not in path), dice.randint(1, 3))
    stated = dict(values(tree))
    lines = []
    for path in chosen:
        section, _, key = path.rpartition(".")
        table = ".".join(json.dumps(part, ensure_ascii=False) for part in section.split("."))
        value = json.dumps(edited(stated[path]["value"], dice), ensure_ascii=False)
        lines += [f"[{table}]", f'{json.dumps(key, ensure_ascii=False)} = {{ value = {value}, clause = "MX-1" }}']
    return HEAD.format(base) + "\n".join(_once(lines)) + "\n"


def _once(lines: list[str]) -> Iterator[str]:
    """Two values of one section stand under one heading."""
    pairs = list(zip(lines[::2], lines[1::2], strict=True))
    for heading in dict.fromkeys(heading for heading, _ in pairs):
        yield heading
        yield from (line for other, line in pairs if other == heading)


MARKED = ("重点督办", "红牌", "约谈函", "报请协调", "移交核查")
PARTS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "[[light]]": (
        ("word", ('"橙"', '"红"', '"青"', '""')),
        ("colour", ('"548235"', '"F57C00"', '"红色"')),
        ("from_hours", ("-48", "0", "72", '"早"', "")),
        ("closed", ("true", "false", "")),
    ),
    "[[rung]]": (
        ("mark", tuple(f'"{mark}"' for mark in MARKED)),
        ("act", ('"重点督办"', '"约谈"', '"约谈函"', "")),
        ("asks_for", ('"重点督办"', '"无"', "", "")),
        ("lasting", ("true", "")),
        ("pending", ("true", "")),
        ("overdue", ("true", "")),
    ),
    "[[default_limit]]": (
        ("limit", ('"3天"', '"1个月"', '"长期"')),
        ("urgency", ('["急件"]', "[]", "")),
        ("sources", ('["领导批示指示"]', '["无"]', "")),
        ("allowed", ('["1天"]', "[]", "")),
    ),
    "[[schedule]]": (
        ("duty", ('["节点", "整改"]', '"节点"', '"督查单"', '"定期报告"', '"月报"', '"反馈"', '"无"')),
        ("kind", ('"提醒"', '"催办"', '"升级"', '"无"')),
        ("slots", ('["-5h", "+1d"]', '["+1wd 09:00"]', '["+3d 09:00"]', '["早上"]', "[]")),
        ("to", ('["承办单位:具体责任人"]', '["督查室:具体责任人"]', '["无:无"]')),
        ("text", ('"到期提醒"', '"催办"', '"无"')),
        ("flag", (*(f'"{mark}"' for mark in MARKED), "", "", "")),
        ("every_hours", ("4", "", "", "")),
        ("through_hours", ("24", "", "")),
    ),
    '[papers."约谈函"]': (
        ("title", ('{ value = "约谈函", clause = "MX-2" }',)),
        ("within", ('{ value = "3工作日", clause = "MX-2" }', '{ value = "0天", clause = "MX-2" }')),
        ("opening", ('{ value = "请报送。", clause = "MX-2" }', "")),
    ),
    '[recurring."旬报"]': (
        ("every", tuple(f'{{ value = "{word}", clause = "MX-3" }}' for word in (*STRETCHES, "候"))),
        ("boards", ('{ value = ["日常管理事项"], clause = "MX-3" }', '{ value = ["无"], clause = "MX-3" }')),
        ("clock", ('{ value = "17:30", clause = "MX-3" }', "")),
        ("days_after", ('{ value = -3, clause = "MX-3" }', '{ value = 2, clause = "MX-3" }', "")),
        ("in_workdays", ('{ value = true, clause = "MX-3" }', "")),
    ),
}
"""The tables that a file may state, each key with what stands in it, right and wrong; an empty text leaves it out."""
ROW = '[[schedule]]\nduty = "{}"\nkind = "提醒"\nslots = ["-1d"]\nto = ["承办单位:具体责任人"]\ntext = "到期提醒"\n'
SOUND = (
    *(ROW.format(duty) + 'clause = "MX-4"\n' for duty in ("督查单", "定期报告")),
    "".join(f'[[rung]]\nmark = "{mark}"\nact = "{mark}"\nclause = "MX-5"\n' for mark in (*MARKED, "待批重点督办")),
    '[[light]]\nword = "青"\ncolour = "00ACC1"\nclause = "MX-6"\n'
    '[[light]]\nword = "灰"\ncolour = "9E9E9E"\nclosed = true\nclause = "MX-6"\n',
)
"""Rows without which no file is whole that states a paper, a report, or a rung."""


def tables(dice: random.Random) -> str:
    """A file that states one to three tables, each with mostly right values; often with the rows that they need."""
    lines = [HEAD.format("朔州")]
    lines += [row for row in SOUND if dice.random() < 0.7]
    for heading in dice.sample(sorted(PARTS), dice.randint(1, 3)):
        lines.append(heading)
        for key, known in PARTS[heading]:
            value = known[0] if dice.random() < 0.6 else dice.choice(known)
            lines += [f"{key} = {value}"] if value else []
        lines += [] if '"' in heading else ['clause = "MX-1"']
    return "\n".join(lines) + "\n"


def test_any_tables_are_refused_with_their_line_or_run(request: pytest.FixtureRequest) -> None:
    dice, outcomes = random.Random(25), {"refused": 0, "runs": 0}
    for _ in range(2000 if request.config.getoption("--full") else 150):
        text = tables(dice)
        outcomes["runs" if is_sound(text) else "refused"] += 1
    assert min(outcomes.values()) >= 10, outcomes


def is_sound(text: str) -> bool:
    """Whether the file runs; one that does not is refused in words, with a line."""
    found, faults = checked(OwnText("某县.toml", text))
    if found is None:
        assert faults
        assert all("Error" not in words and "validation" not in words for words in faults), (text, faults)
        assert any(words.startswith("第") for words in faults), (text, faults)
        return False
    assert words_of(found.versions[-1][1]).lights
    assert runs({found.regime: found}) >= 0, text
    return True


def runs(policies: Any) -> int:
    """The SMS and findings of a matter with its records, over a month and a half."""
    row = matter(time_limit="1个月", service_object="某居民")
    facts = (report("1天", "2026-03-03 09:00"), extension("2026-03-20 09:00"), closed_out("2026-04-10 10:00"))
    book = ledger(row, matter(number="2026-日-0002", time_limit="长期"), *facts, regime="某县")
    sms = list(simulate(book, policies, at("2026-03-01 00:00"), at("2026-04-15 00:00")))
    return len(sms) + len(check(book, policies, at("2026-04-15 00:00")))


def test_any_edit_is_refused_with_its_line_or_runs(request: pytest.FixtureRequest) -> None:
    dice, outcomes = random.Random(13), {"refused": 0, "runs": 0}
    for _ in range(1500 if request.config.getoption("--full") else 60):
        text = statements(dice.choice(list(shipped_trees())), dice)
        outcomes["runs" if is_sound(text) else "refused"] += 1
    assert min(outcomes.values()) >= 10, outcomes
