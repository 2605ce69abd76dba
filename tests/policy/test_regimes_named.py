"""No source names a shipped regime: what is true of one stands in its policy file, its samples and its tests."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_NAMES = re.compile("朔州|保山|shuozhou|baoshan", re.IGNORECASE)
_TEXTS = frozenset((".py", ".toml", ".xml", ".bas", ".cls", ".csv", ".html", ".css", ".js", ".cmd", ".ps1"))
THEIR_OWN = ("engine/policy/shuozhou.toml", "engine/policy/baoshan.toml", "engine/sample/")
WORDS_OF_THE_WORKBOOK = {
    "engine/facts/points.py": "保山通报扣分",
    "engine/ledger/headings/record_columns.py": "保山通报扣分",
    "engine/ledger/headings/score_columns.py": "保山第九条扣分",
}
"""Words that stand in the sheets of ledgers in use, and are renamed in none."""


def named_in(path: str, text: str) -> list[str]:
    """The lines that name a shipped regime, without the words that the file may hold."""
    allowed = WORDS_OF_THE_WORKBOOK.get(path)
    lines = (line.replace(allowed, "", 1) if allowed else line for line in text.splitlines())
    return [f"{path}:{number}" for number, line in enumerate(lines, start=1) if _NAMES.search(line)]


def text_of(path: Path) -> str:
    """What cmd.exe reads is in its code page."""
    return path.read_text("gb18030" if path.suffix == ".cmd" else "utf-8")


def sources() -> list[Path]:
    folders = [ROOT / folder for folder in ("engine", "sms", "addin", "bench", "workbook")]
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in _TEXTS]
    return [ROOT / "duban.py", ROOT / "pyproject.toml", ROOT / "duban.example.toml", *found]


def test_no_source_names_a_shipped_regime() -> None:
    paths = {path.relative_to(ROOT).as_posix(): path for path in sources()}
    ours = {name: path for name, path in paths.items() if not name.startswith(THEIR_OWN)}
    assert [line for name, path in ours.items() for line in named_in(name, text_of(path))] == []
    assert len(ours) > 300


@pytest.mark.parametrize("planted", ["# 朔州 alone", 'TITLE = "保山办法"', "def of_baoshan(): ...", "ShuoZhou = 1"])
def test_a_planted_name_is_seen(planted: str) -> None:
    assert named_in("engine/rules/points/account.py", f"import re\n{planted}\n") == ["engine/rules/points/account.py:2"]


@pytest.mark.parametrize(("path", "word"), WORDS_OF_THE_WORKBOOK.items())
def test_a_word_of_the_workbook_is_lawful_once_and_still_there(path: str, word: str) -> None:
    assert word in (ROOT / path).read_text("utf-8")
    assert named_in(path, f'"{word}"') == []
    assert named_in(path, f'"{word}", "{word}"') == [f"{path}:1"]
