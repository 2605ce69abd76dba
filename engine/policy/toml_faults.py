"""What is wrong with a TOML file that a person wrote, in Chinese: where it cannot be read, which entry is at fault.

Values are never quoted: somebody may have put a secret where it does not belong.
"""

import re
import tomllib
from typing import Any

from pydantic import ValidationError

_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_LIMITS = {"gt": "大于", "ge": "不小于", "lt": "小于", "le": "不大于"}
MISSING = "缺少这一项"
_SHAPES = {
    ("missing",): MISSING,
    ("extra_forbidden",): "没有这一项，请核对拼写",
    ("string", "path"): "应为一段文字，请加引号",
    ("int",): "应为整数",
    ("float",): "应为数字",
    ("bool",): "应为 true 或 false",
    ("tuple", "list"): "应为列表，如 ['…', '…']",
    ("dict", "model"): "应为单独的一节",
    ("time",): '应为钟点，如 "17:30"',
    ("date",): "应为日期，如 2026-03-05",
}


class UnreadableToml(ValueError):
    """Text that is no TOML; the message states where."""


def read_toml(text: str) -> dict[str, Any]:
    """The tree of a TOML text. Raises UnreadableToml."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        line = _LINE.search(str(fault))
        end = f"第{len(text.splitlines())}行末尾处，可能没有写完或有一项写了两次"
        raise UnreadableToml(f"第{line[1]}行第{line[2]}个字处" if line else end) from None


def in_words(fault: ValidationError) -> str:
    """Every entry at fault and what it should be."""
    return "；".join(dict.fromkeys(words for _, words in faults_in_words(fault)))


def faults_in_words(fault: ValidationError) -> list[tuple[str, str]]:
    """Every entry at fault by its dotted path, and what it should be."""
    found = fault.errors(include_input=False, include_url=False)
    return [(".".join(map(str, item["loc"])), f"{_named(item['loc'])}{_wrong(item)}") for item in found]


def _named(path: tuple[int | str, ...]) -> str:
    names = (f"第{part + 1}项" if isinstance(part, int) else part for part in path)
    return f"“{'.'.join(names)}”" if path else ""


def _wrong(item: Any) -> str:
    kind, context = str(item["type"]), item.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])  # worded by a validator of ours
    if kind in ("literal_error", "enum"):
        return f"只能是 {str(context['expected']).replace(' or ', '、').replace(', ', '、')}"
    for name, word in _LIMITS.items():
        if name in context:
            return f"应{word} {context[name]}"
    return next((said for kinds, said in _SHAPES.items() if kind.startswith(kinds)), "的值不合要求，请对照说明改正")
