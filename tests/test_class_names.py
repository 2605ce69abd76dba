"""Two classes never share a name: whoever searches for one finds one."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("engine", "sms", "addin", "bench", "tests")


def shared_names(root: Path) -> list[str]:
    """Each class name that stands more than once, with its places."""
    places: dict[str, list[str]] = {}
    for path in sorted(path for folder in FOLDERS for path in (root / folder).rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(f"{path.relative_to(root)}:{node.lineno}")
    return [f"{name}: {', '.join(found)}" for name, found in places.items() if len(found) > 1]


def test_every_class_has_a_name_of_its_own() -> None:
    assert shared_names(ROOT) == []


def test_a_shared_name_is_seen(tmp_path: Path) -> None:
    for room in ("engine", "addin"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "planted.py").write_text("class Twin:\n    pass\n", encoding="utf-8")
    assert shared_names(tmp_path) == ["Twin: addin/planted.py:1, engine/planted.py:1"]
