"""law: the text of a clause, of a whole regulation, or of a reading."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import AsJson
from engine.cli.console import echo, print_json, show_table
from engine.law.library import Law, shipped_law
from engine.law.own_text import own_regulation
from engine.law.readings import Reading
from engine.service.policies import policies_for

_READING = "理解"


def law(
    clause: Annotated[
        str,
        typer.Argument(metavar="[条款]", help="如 SZ1-13.1；SZ1 是全文；理解5 是第 5 条理解", show_default=False),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """条文：一条制度的原文，或一条采用的理解；只写制度代号显示全文，什么都不写列出全部制度。"""
    number = clause.strip().removeprefix(_READING)
    if not clause:
        _show_titles(as_json)
    elif number.isdecimal():
        _show_reading(shipped_law().reading(int(number)), as_json)
    else:
        _show_articles(clause, as_json)


def _law() -> Law:
    """The shipped regulations, and those whose text lies in 制度 of this folder."""
    shipped, found = shipped_law(), policies_for(Path("台账"))
    own = (own_regulation(file) for file in found.values())
    return replace(shipped, regulations=(*shipped.regulations, *(one for one in own if one)))


def _show_titles(as_json: bool) -> None:
    rows = [(one.key, one.title) for one in _law().regulations]
    if as_json:
        print_json([{"regulation": key, "title": title} for key, title in rows])
        return
    show_table("制度", ("代号", "名称"), rows)


def _show_reading(reading: Reading, as_json: bool) -> None:
    if as_json:
        print_json(asdict(reading))
        return
    echo(f"{_READING}{reading.number}：{reading.question}（{'、'.join(reading.clauses)}）", "bold")
    echo(reading.words)
    echo(f"改法：{reading.choices}", "dim")


def _show_articles(clause: str, as_json: bool) -> None:
    regulation, articles = _law().regulation(clause), _law().articles(clause)
    if as_json:
        found = [asdict(article) for article in articles]
        print_json({"regulation": regulation.key, "title": regulation.title, "articles": found})
        return
    echo(f"《{regulation.title}》", "bold")
    for article in articles:
        echo(f"\n{article.clause}", "dim")
        echo(article.words)
