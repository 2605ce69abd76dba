"""burden: the load of SMS and reports in one month, and what a switch would have spared. It only shows."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import (
    AsJson,
    At,
    ConfigPath,
    Force,
    LedgerPath,
    Misuse,
    bytes_at,
    check_ending,
    now_or,
    writing,
)
from engine.cli.console import echo, print_json, show_table
from engine.facts.ledger import Ledger
from engine.ledger.reading.ledger import read_ledger
from engine.papers import burden_words
from engine.review.burden import Burden
from engine.service.config import load_config
from engine.service.policies import policies_for

Month = Annotated[str | None, typer.Option("--month", metavar="月份", help="如 2026-11，默认为本月")]
Export = Annotated[Path | None, typer.Option("--export", metavar="文件", help="另存为 .xlsx")]
Word = Annotated[Path | None, typer.Option("--word", metavar="文件", help="另存为 .docx")]


def burden_(
    ledger: LedgerPath,
    month: Month = None,
    export: Export = None,
    word: Word = None,
    force: Force = False,
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """短信负担：一个月里谁收了多少短信、夜间和休息日多少、要求报送多少，供为基层减负参考。"""
    from engine.service.burden import burden_of_book  # here: the store takes longer to load than a month to count

    check_ending(export, ".xlsx")
    check_ending(word, ".docx")
    data, day = bytes_at(ledger), _month(month) if month else now_or(at)
    facts = read_ledger(data)
    found = burden_of_book(data, facts, policies_for(ledger), day)
    made = _files(found, (export, word), facts, now_or(at))
    if made:
        with writing(*(path for path, _ in made)):
            load_config(config).outputs(ledger, force=force).replace(*made)
    if as_json:
        print_json(asdict(found) | {"digest_share": found.digest_share})
        return
    _show(found)
    for path, _ in made:
        echo(f"已存到 {path}")


def _month(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m")
    except ValueError:
        raise Misuse(f"看不懂月份“{text}”。请写成 2026-11 这样的形式。") from None


def _files(
    found: Burden, paths: tuple[Path | None, Path | None], facts: Ledger, now: datetime
) -> list[tuple[Path, bytes]]:
    from engine.papers.burden_papers import burden_book, burden_docx  # here: Word files are seldom wanted

    export, word = paths
    made = [(export, burden_book(found))] if export else []
    return [*made, *([(word, burden_docx(found, facts.settings, now))] if word else [])]


def _show(found: Burden) -> None:
    for line in burden_words.summary(found):
        echo(line)
    for title, columns, lines in (
        ("短信最多的人", burden_words.PERSON_COLUMNS, map(burden_words.person_line, found.by_person)),
        ("要求报送最多的单位", burden_words.UNIT_COLUMNS, map(burden_words.unit_line, found.by_unit)),
        ("要求报送最多的事项", burden_words.MATTER_COLUMNS, map(burden_words.matter_line, found.by_matter)),
    ):
        if found.messages:
            show_table(title, columns, ([str(value) for value in line] for line in lines))
