"""The regulations that come with the program, by clause, and how they are read: the pages of ``docs/law``."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.law.articles import Article, Regulation, UnknownClauseError, read_regulation
from engine.law.readings import Reading, read_readings

_HERE = Path(__file__).resolve()
FOLDERS = (_HERE.parents[2] / "docs" / "law", _HERE.parent / "texts")
"""Where the pages lie: in a checkout, in an installed package."""
SHIPPED = ("SZ1", "SZ2", "SZ3", "SZ4", "SZ5", "SZ6", "BS")


@dataclass(frozen=True)
class Law:
    """Several regulations and their readings, found by clause or by number, in either case of letters."""

    regulations: tuple[Regulation, ...]
    readings: tuple[Reading, ...] = ()

    def regulation(self, clause: str) -> Regulation:
        """The regulation of a clause, or of the letters before its dash.

        Raises:
            UnknownClauseError: there is none; the message lists those there are.
        """
        key = clause.strip().upper().partition("-")[0]
        for regulation in self.regulations:
            if regulation.key.upper() == key:
                return regulation
        known = "、".join(f"{one.key}（{one.title}）" for one in self.regulations)
        raise UnknownClauseError(f"没有“{clause}”这部制度。可以查：{known}。")

    def articles(self, clause: str) -> tuple[Article, ...]:
        """The article or item with what it holds; the whole regulation where only its letters are given.

        Raises: UnknownClauseError: no such regulation, or it has no such article; the message names those it has.
        """
        regulation = self.regulation(clause)
        _, dash, number = clause.strip().partition("-")
        if not dash:
            return regulation.articles
        found = regulation.clause(f"{regulation.key}-{number}")
        if found:
            return found
        parent = regulation.clause(f"{regulation.key}-{number.partition('.')[0]}")
        near = parent or [article for article in regulation.articles if "." not in article.clause]
        span = f"{near[0].clause} 至 {near[-1].clause}" if len(near) > 1 else near[0].clause
        raise UnknownClauseError(f"《{regulation.title}》没有“{clause}”。可以查：{span}。")

    def words(self, clause: str) -> str:
        """The words of an article or item, without its items; empty for what is no clause of these regulations."""
        key = clause.partition("-")[0]
        for regulation in self.regulations:
            if regulation.key == key:
                return next((article.words for article in regulation.clause(clause)), "")
        return ""

    def quoted(self, clauses: Iterable[str]) -> dict[str, str]:
        """Clause → words, each clause once, in the order given; what is no clause is left out."""
        return {clause: words for clause in dict.fromkeys(clauses) if (words := self.words(clause))}

    def reading(self, number: int) -> Reading:
        """One reading. Raises UnknownClauseError for a number that the table does not have."""
        for reading in self.readings:
            if reading.number == number:
                return reading
        raise UnknownClauseError(f"没有第 {number} 条理解。可以查：1 至 {len(self.readings)}。")


@cache
def shipped_law() -> Law:
    """The regulations of the shipped policies."""
    folder = next(folder for folder in FOLDERS if folder.is_dir())
    pages = {key: (folder / f"{key}.md").read_text("utf-8") for key in (*SHIPPED, "readings")}
    readings = read_readings(pages.pop("readings"))
    return Law(tuple(read_regulation(key, text) for key, text in pages.items()), readings)
