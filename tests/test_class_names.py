"""Two classes never share a name: what is read in one file means the same in every other."""

import ast
from collections import defaultdict
from pathlib import Path

from tests.test_architecture import OURS, ROOT, plant


def shared_names(root: Path) -> dict[str, list[str]]:
    """The classes of one name, by that name: the files that define them."""
    homes = defaultdict(list)
    for room in OURS:
        for path in sorted((root / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ClassDef):
                    homes[node.name].append(path.relative_to(root).as_posix())
    return {name: files for name, files in homes.items() if len(files) > 1}


def test_no_two_classes_share_a_name() -> None:
    assert shared_names(ROOT) == {}


def test_a_planted_namesake_is_seen(tmp_path: Path) -> None:
    plant(tmp_path, "engine/rules/one.py", "class Fault: ...\nclass Other: ...")
    plant(tmp_path, "sms/two.py", "def f():\n    class Fault: ...")
    assert shared_names(tmp_path) == {"Fault": ["engine/rules/one.py", "sms/two.py"]}
