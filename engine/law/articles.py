"""The text of a regulation, article by article: pure, and the same for any text that counts in 条 or in 一、二、三.

A line that begins with 第十三条 or 四、 opens an article, one that begins with （一） an item of it; what follows
belongs to whatever was opened last. Headings of chapters belong to nothing. Markdown marks and anchors at the start
of a line are passed over, so that the pages of ``docs/law`` and the plain text of a regime of one's own are read alike.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.facts.faults import DubanError

_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", start=1)}
_NUMBER = "[一二三四五六七八九十百零]+"
_MARKS = re.compile(r'^(?:#+\s*|<a id="[^"]*"></a>\s*)*')
_ARTICLE = re.compile(rf"(?P<label>第(?P<number>{_NUMBER})条)[\s\u3000]*")
_SECTION = re.compile(rf"(?P<label>(?P<number>{_NUMBER}))、")
_ITEM = re.compile(rf"(?P<label>[(（](?P<number>{_NUMBER})[)）])")
_CHAPTER = re.compile(rf"第{_NUMBER}[章节编]")


class UnknownClauseError(DubanError):
    """No regulation has this clause; the message names the clauses there are."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article (``SZ1-13``) or one item of it (``SZ1-13.1``): its id, its label as printed, its own words whole."""

    clause: str
    label: str
    words: str


@dataclass(frozen=True)
class Regulation:
    """One regulation: the letters of its clauses, its title, and every article and item in the order of the text."""

    key: str
    title: str
    articles: tuple[Article, ...]

    @cached_property
    def _by_clause(self) -> dict[str, Article]:
        return {article.clause: article for article in self.articles}

    def clause(self, clause: str) -> tuple[Article, ...]:
        """The article or the item; of an article with items also these, in their order. Empty where there is none."""
        own = self._by_clause.get(clause)
        if own is None:
            return ()
        return (own, *(article for article in self.articles if article.clause.startswith(f"{clause}.")))


def read_regulation(key: str, text: str) -> Regulation:
    """A regulation from its text, whose first line is the title. ``key`` stands before the dash of its clauses."""
    lines = [line for line in (_MARKS.sub("", raw).strip() for raw in text.splitlines()) if line]
    return Regulation(key, lines[0] if lines else key, tuple(_articles(key, lines[1:])))


def _articles(key: str, lines: list[str]) -> Iterator[Article]:
    clause, label, words = "", "", list[str]()
    article, article_label = "", ""
    for line in lines:
        if _CHAPTER.match(line):
            continue
        opened, item = _ARTICLE.match(line) or _SECTION.match(line), _ITEM.match(line)
        if not opened and not (item and article):
            words.append(line)
            continue
        if clause:
            yield Article(clause, label, "\n".join(words))
        if opened:
            clause = article = f"{key}-{_number(opened['number'])}"
            label = article_label = opened["label"]
        elif item:
            clause, label = f"{article}.{_number(item['number'])}", article_label + item["label"]
        words = [line]
    if clause:
        yield Article(clause, label, "\n".join(words))


def _number(text: str) -> int:
    """二十七 → 27, 一百零三 → 103."""
    hundreds, _, rest = text.rpartition("百")
    tens, ten, units = rest.strip("零").rpartition("十")
    return 100 * _DIGITS.get(hundreds, 0) + 10 * _DIGITS.get(tens, 1 if ten else 0) + _DIGITS.get(units, 0)
