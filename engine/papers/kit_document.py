"""短信报备材料 as a Word page: every template with its variables, to be handed to the provider."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from engine.papers.official import Head, Layout, OfficialDocument

_COLUMNS = ("变量", "含义", "类型", "最长的值", "字数")
_WIDTHS = (24, 34, 26, 56, 16)


class Variable(Protocol):
    """A variable of a template."""

    @property
    def word(self) -> str:
        """Its name."""

    @property
    def meaning(self) -> str:
        """What it holds."""

    @property
    def type(self) -> str:
        """Its type at the provider."""

    @property
    def longest(self) -> str:
        """The longest value seen."""


def kit_docx(signature: str, templates: Iterable[tuple[str, str, str, Sequence[Variable]]]) -> bytes:
    """The page; ``templates`` are name, text, sample and variables."""
    document = OfficialDocument(Layout.SHEET, Head("", f"签名：【{signature}】", "短信模板报备表"))
    for name, text, sample, variables in templates:
        document.heading(f"“{name}”")
        document.text(f"模板：{text}")
        document.text(f"样例：【{signature}】{sample}")
        rows = [(one.word, one.meaning, one.type, one.longest, str(len(one.longest))) for one in variables]
        document.table(rows, _WIDTHS, _COLUMNS)
    return document.to_bytes()
