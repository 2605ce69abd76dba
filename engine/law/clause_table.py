"""The page of the clauses (docs/条款对照.md), from the code, the policy rows and the tests that name them:
``python -m engine.law.clause_table docs/条款对照.md``. Its last section, about the samples, is left as it stands.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from engine.law.demands import DEMANDS
from engine.law.named_clauses import Naming, namings_of_code, namings_of_policies, namings_of_tests

LAST_SECTION = "## 示例台账中的事项"
# Where a clause is carried out, in order of relevance; what only holds or states its facts comes last.
FOLDERS = (
    *("engine/rules/duties", "engine/rules/messages", "engine/rules/checks", "engine/rules"),
    *("engine/review", "engine/scores", "engine/papers"),
    *("engine/service", "engine/ledger", "engine/policy", "engine/facts"),
)
_MOST = 5
_INTRODUCTION = """# 条款对照

每一条要做或要记的条款：哪些函数写明执行它，哪些测试写明证明它。函数在说明（docstring）里写明条款，
测试用 `@clause("SZ4-11")` 写明条款。实现一栏最多列五处函数，最先列出的最直接；随后是制度文件中依该条
发短信的时点表行（`[[schedule]]`，后面是所用文本的名称），其时点由 `engine/policy/timetable.py` 展开。条款号链到条文，
条款号的开头（SZ1 至 SZ6、BS）各指哪份制度，见 `docs/law`。

本页由代码、制度文件和测试生成，请勿手工修改；改动后运行 `python -m engine.law.clause_table docs/条款对照.md` 重新生成。
`tests/test_clause_table.py` 逐行核对：没有哪一行指向没有写明该条款的代码、时点表行或测试。
"""
_GAPS = """## 尚有不足

每一条都已实现，没有未建的；以下一条只做到一半，不假装做全。

- SZ6 的三张表，“校验”按钮不核对；由命令 `duban check` 核对。
"""


class ClauseRow(NamedTuple):
    """One clause: what it demands, which functions name it, which rows of the timetables, and which tests."""

    clause: str
    demand: str
    code: tuple[Naming, ...]
    timetable: tuple[Naming, ...]
    tests: tuple[Naming, ...]


def rows(root: Path) -> Iterator[ClauseRow]:
    """Every demanded clause with what names it in the repository ``root``."""
    code = _by_clause(namings_of_code(root, FOLDERS))
    timetable = _by_clause(namings_of_policies(root))
    tests = _by_clause(namings_of_tests(root))
    for clause, demand in DEMANDS:
        yield ClauseRow(clause, demand, code(clause), timetable(clause), tests(clause))


def page(root: Path) -> str:
    """The page without its last section."""
    lines = [_INTRODUCTION, "| 条款 | 内容 | 实现 | 测试 |", "|---|---|---|---|"]
    lines += [
        f"| {_link(row.clause)} | {row.demand} | {_implemented(row)} | {_files(row.tests)} |" for row in rows(root)
    ]
    return "\n".join([*lines, "", _GAPS])


def write(root: Path, path: Path) -> None:
    """Replace all but the last section of the page at ``path``."""
    _, found, last = path.read_text("utf-8").partition(LAST_SECTION)
    path.write_text(f"{page(root)}\n{found}{last}", "utf-8")


def _by_clause(namings: Iterable[Naming]) -> Callable[[str], tuple[Naming, ...]]:
    found: dict[str, list[Naming]] = {}
    for naming in namings:
        for clause in naming.clauses:
            found.setdefault(clause, []).append(naming)
    return lambda clause: tuple(found.get(clause, ()))


def _link(clause: str) -> str:
    return f"[{clause}](law/{clause.partition('-')[0]}.md#{clause})"


def _implemented(row: ClauseRow) -> str:
    """The functions, those that name fewest clauses first, for they are about this one; then the timetables' rows."""
    functions = sorted(row.code, key=lambda one: (_room(one.path), len(one.clauses)))[:_MOST]
    return "<br>".join(filter(None, map(_places, (functions, row.timetable))))


def _places(ranked: Sequence[Naming]) -> str:
    """Each file once, with its names."""
    by_file = groupby(sorted(ranked, key=lambda one: one.path), key=lambda one: one.path)
    files = [(path, dict.fromkeys(f"`{one.name}`" for one in group)) for path, group in by_file]
    files.sort(key=lambda file: min(ranked.index(one) for one in ranked if one.path == file[0]))
    return "<br>".join(f"[{path.removeprefix('engine/')}](../{path}) {'、'.join(names)}" for path, names in files)


def _room(path: str) -> int:
    return next(rank for rank, folder in enumerate(FOLDERS) if path.startswith(f"{folder}/"))


def _files(namings: Iterable[Naming]) -> str:
    paths = sorted({one.path for one in namings})
    return "<br>".join(f"[{Path(path).name}](../{path})" for path in paths)


if __name__ == "__main__":
    write(Path(__file__).resolve().parents[2], Path(sys.argv[1]))
