"""签批卡片 (SZ1-10.1): which matters get one, with which deadlines, and their Word files. The ledger is only read."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from engine.facts.faults import DubanError
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.files.file_names import file_name
from engine.files.outputs import OutputExists, Outputs
from engine.ledger.headings.columns import MATTERS
from engine.papers.card_document import Card, card_docx
from engine.policy.loading import Policies
from engine.review.check import rows_of
from engine.rules.checks.row import Row
from engine.rules.checks.secrecy import nothing_classified
from engine.rules.duties import deadlines
from engine.rules.duties.cases import Cases

FOLDER = "签批卡片"
_ROW = re.compile(r"第?(\d+)行?")


class NoCardError(DubanError):
    """No card was made; the message states the remedy in Chinese."""


def named(ledger: Ledger, words: Sequence[str]) -> list[Matter]:
    """The matters that ``words`` name, in the order of the rows: by number, or by row (第12行) before there is one.

    Raises:
        NoCardError: a word names none.
    """
    found = {_named(ledger, word.strip()).place.row for word in words}
    return [matter for matter in ledger.matters if matter.place.row in found]


def _named(ledger: Ledger, word: str) -> Matter:
    if row := _ROW.fullmatch(word):
        matter = next((one for one in ledger.matters if one.place.row == int(row[1])), None)
        if matter is None:
            raise NoCardError(f"督办台账第{row[1]}行没有事项。请核对行号。")
        return matter
    matter = next((one for one in ledger.matters if word and one.number == word), None)
    if matter is None:
        raise NoCardError(f"台账中没有事项 {word}。请核对编号；还没有编号的请写行号，如 第12行。")
    return matter


def cards(ledger: Ledger, matters: Sequence[Matter], policies: Policies, now: datetime) -> tuple[Card, ...]:
    """The card of each matter.

    Raises:
        NoCardError: there is one that is not the province's, is classified, or lacks what SZ1-10.1 demands on a card.
    """
    wanted = {matter.place.row for matter in matters}
    return tuple(_card(row) for row in rows_of(Cases(ledger, policies, now)) if row.matter.place.row in wanted)


def _card(row: Row) -> Card:
    matter, name = row.matter, _name(row.matter)
    if matter.board != row.policy.province.board:
        raise NoCardError(f"{name}不是省政府交办事项，不用签批卡片。请核对版块。")
    for finding in nothing_classified(row):
        raise NoCardError(f"{name}不能制卡：{finding.problem}{finding.remedy}")
    above = row.numbered.get(matter.parent)
    province = matter.province_due or (above.province_due if above else None)
    contents = (
        (MATTERS.heading("content"), matter.content),
        ("省级期限或办理时限", province or matter.time_limit),
        ("立项主体（建议承办的科室）", matter.handling_office or matter.initiating_office),
    )
    lacking = "、".join(what for what, there in contents if not there)
    if lacking:
        raise NoCardError(f"{name}没有填{lacking}，签批卡片写不全。请先补填。")
    due = province and deadlines.fixed_due(province, row.policy)
    internal = due and due - timedelta(days=row.policy.province.internal_days_ahead)
    return Card(matter, tuple(child for child, _ in row.records.children), due, internal)


def card_files(made: Sequence[Card], folder: Path, outputs: Outputs) -> tuple[Path, ...]:
    """The Word files of all cards, or none.

    Raises:
        NoCardError: the folder takes no files, or holds such a card already: somebody may have written on it.
    """
    contents = [(folder / f"签批卡片 {file_name(_name(card.matter))}.docx", card_docx(card)) for card in made]
    try:
        with outputs.create_all(contents) as paths:
            return paths
    except OutputExists as fault:
        raise NoCardError(f"“{folder.name}”文件夹里已有“{fault.path.name}”。请核对并移走旧卡片，再制卡。") from fault
    except OSError as fault:
        raise NoCardError(f"“{folder.name}”文件夹写不进去。请检查网络和权限，再制卡。") from fault


def _name(matter: Matter) -> str:
    return matter.number or f"第{matter.place.row}行"
