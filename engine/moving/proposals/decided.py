"""From a reviewed import to the rows of the ledger: all decided and sound, or the list of what is not. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from engine.facts.change import Change, NewRow, Value
from engine.facts.kinds import FIXED_DATE
from engine.facts.ledger import Ledger
from engine.facts.unit import Unit
from engine.ledger.headings.column import Kind
from engine.ledger.headings.columns import MATTERS, UNITS
from engine.ledger.package.text_folding import clean_line, clean_text
from engine.ledger.reading.moments import read_moment
from engine.ledger.reading.names import UnitMatcher
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.values import plain_text, read_mobile
from engine.moving.dictionaries.loading import Dictionaries
from engine.moving.proposals.decided_words import DecidedWords, decide_words
from engine.moving.proposals.draft import plain
from engine.moving.proposals.model import Decision, Progress
from engine.moving.proposals.reviewed import ReviewedContact, ReviewedRow, ReviewedWorkbook
from engine.moving.values.deadlines import Context, read_deadline
from engine.moving.values.people import masked

_SHEET_ROWS, _SHEET_CONTACTS, _SHEET_COMMON, _SHEET_COLUMNS = "逐行核对", "联系人", "统一填写", "列对照"
_MOST_FAULTS, _LONGEST = 50, 30_000
_BY_FIELD = {column.field: column for column in MATTERS.columns}
_OWN_RULES = frozenset(("time_limit", "source"))
"""Fields to which a regime may add words: judged by the rules, not here."""
_DATES = (Kind.MOMENT, Kind.DAY)


@dataclass(frozen=True, slots=True)
class ReviewFault:
    """Why nothing is written yet: the place in the review, the problem, and the remedy."""

    sheet: str
    row: int
    problem: str

    def __str__(self) -> str:
        return f"「{self.sheet}」第{self.row}行：{self.problem}"


@dataclass(frozen=True, slots=True)
class DecidedMatter:
    """One matter to be added. ``progress`` becomes a report where it has a date and the matter gets a number."""

    mark: str
    source: str
    values: Mapping[str, Value]
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What is to be written; nothing of it where there are ``faults``. ``known`` are rows that an earlier import took
    over, ``left`` those that a person left out.
    """

    matters: Sequence[DecidedMatter] = ()
    units: Sequence[NewRow] = ()
    changes: Sequence[Change] = ()
    faults: Sequence[ReviewFault] = ()
    known: int = 0
    left: int = 0


class _Work:
    """What is gathered row by row."""

    def __init__(
        self, reviewed: ReviewedWorkbook, ledger: Ledger, dictionaries: Dictionaries, year: int, boards: Collection[str]
    ) -> None:
        self.reviewed, self.ledger, self.dictionaries, self.year = reviewed, ledger, dictionaries, year
        self.boards = boards
        self.faults: list[ReviewFault] = []
        self.words: DecidedWords = decide_words(reviewed.words, ledger.directory, self.refuse)
        names = {**ledger.directory.names, **self.words.names}
        self.match = cache(UnitMatcher(names, {**self.words.groups, **ledger.directory.groups}).match)
        self._sound: dict[tuple[str, Cell], Value] = {}
        self.common = {field: self.parsed(_SHEET_COMMON, 0, field, cell) for field, cell in reviewed.common.items()}

    def refuse(self, sheet: str, row: int, problem: str) -> None:
        self.faults.append(ReviewFault(sheet, row, problem))

    def parsed(self, sheet: str, row: int, field: str, cell: Cell) -> Value:
        """A cell as the ledger's column takes it; a fault where it cannot. What many rows say is worked out once."""
        if cell is None or cell == "":
            return None
        if (field, cell) not in self._sound:
            faults = len(self.faults)
            value = self._parsed(sheet, row, field, cell)
            if len(self.faults) > faults:
                return value
            self._sound[field, cell] = value
        return self._sound[field, cell]

    def _parsed(self, sheet: str, row: int, field: str, cell: Cell) -> Value:
        column = _BY_FIELD.get(field)
        if column is None:
            return clean_text(plain_text(cell))
        if column.kind in _DATES:
            moment = read_moment(cell)
            if isinstance(moment, datetime):
                return moment
            self.refuse(sheet, row, f"“{column.heading}”要填完整的日期，如 2026-06-30。")
            return None
        text = clean_text(plain_text(cell))
        if column.kind in (Kind.UNIT, Kind.UNITS):
            return text
        choices = self.boards if field == "board" else () if field in _OWN_RULES else column.choices
        if choices and text not in choices:
            self.refuse(sheet, row, f"“{column.heading}”里的“{text[:20]}”不在可选范围内：{'、'.join(choices)}。")
            return None
        return masked(text if column.kind is Kind.LONG_TEXT else clean_line(text))


def decide(
    reviewed: ReviewedWorkbook,
    ledger: Ledger,
    dictionaries: Dictionaries,
    year: int,
    boards: Collection[str],
    imported: Callable[[str], bool],
) -> Decided:
    """Check the review as a whole. ``boards`` are those of the ledger's regime; ``imported`` returns whether a source
    row was imported before, by its mark.
    """
    work = _Work(reviewed, ledger, dictionaries, year, boards)
    _must_be_complete(work)
    for column in reviewed.columns:
        if column.decision not in (Decision.TAKE, Decision.CHANGE):
            work.refuse(
                _SHEET_COLUMNS, column.row, f"“{column.heading}”导入到哪里是推断的，请确认后在“处理”里选“采用”。"
            )
    matters = []
    known = left = 0
    for row in reviewed.rows:
        if row.decision not in set(Decision):
            work.refuse(_SHEET_ROWS, row.row, f"还没有选“处理”（{row.source}）。")
        elif not row.is_taken:
            left += 1
        elif imported(row.mark):
            known += 1
        else:
            matters.append(_matter(row, work))
    units, changes = _contacts(work)
    if work.faults:
        return Decided(faults=tuple(work.faults[:_MOST_FAULTS]), known=known, left=left)
    return Decided(tuple(matters), units, changes, (), known, left)


def _must_be_complete(work: _Work) -> None:
    """A deleted row would be left out unnoticed, a copied one imported twice."""
    made, rows = work.reviewed.made_rows, work.reviewed.rows
    if made is not None and made != len(rows):
        problem = f"原有{made}行，现在是{len(rows)}行。不导入的请在“处理”里选“{Decision.LEAVE}”，不要增删行。"
        work.refuse(_SHEET_ROWS, 1, f"{problem}请撤销删改，或重新读一次旧台账。")
    seen: dict[str, int] = {}
    for row in filter(lambda one: one.is_taken, rows):
        first = seen.setdefault(row.mark, row.row)
        if first != row.row:
            work.refuse(
                _SHEET_ROWS,
                row.row,
                f"与第{first}行是同一个来源（{row.source}），不能导入两次。请把其中一行改为“{Decision.LEAVE}”。",
            )


def _matter(row: ReviewedRow, work: _Work) -> DecidedMatter:
    cells = _with_words(row, work)
    values = {field: work.parsed(_SHEET_ROWS, row.row, field, cell) for field, cell in cells.items()}
    for field, value in work.common.items():
        if values.get(field) is None:
            values[field] = value
    notes = [str(values["note"])] if values.get("note") else []
    for field in ("lead_unit", "cooperating_units"):
        values[field] = _units(row, field, str(values.get(field) or ""), work, notes)
    _check(row, values, work)
    at = _progress_date(row, work)
    progress = Progress(row.progress, at) if row.progress else None
    if progress and at is None:
        notes.append(f"进展：{row.progress}")
    values["note"] = "\n".join(notes) or None
    if len(repr(values)) > _LONGEST:  # its entry in 操作日志 must fit one cell
        work.refuse(_SHEET_ROWS, row.row, "这一行的文字太长（共三万字以上）。请缩短，或放进附件，只写要点。")
    return DecidedMatter(
        row.mark, row.source, {name: value for name, value in values.items() if value is not None}, progress
    )


def _with_words(row: ReviewedRow, work: _Work) -> dict[str, Cell]:
    """The cells with what was decided about a phrase of the deadline, unless a person has changed them in the row."""
    cells = dict(row.cells)
    for key in row.words:
        word = work.words.deadlines.get(key)
        if word is None or word.decision not in (Decision.CHANGE, Decision.LEAVE):
            continue
        due = read_moment(cells.get("fixed_due"))
        standing = " ".join(
            filter(None, (plain_text(cells.get("time_limit")), plain(due) if isinstance(due, datetime) else ""))
        )
        if standing != word.proposed:
            continue
        found = read_deadline(word.changed_to, work.dictionaries.deadlines, Context(work.year, _assigned(cells)))
        cells["time_limit"] = found.limit if found.limit and word.decision == Decision.CHANGE else None
        cells["fixed_due"] = found.due if word.decision == Decision.CHANGE else None
    return cells


def _assigned(cells: Mapping[str, Cell]) -> datetime | None:
    found = read_moment(cells.get("assigned_at"))
    return found if isinstance(found, datetime) else None


def _units(row: ReviewedRow, field: str, text: str, work: _Work, notes: list[str]) -> str | None:
    """The canonical names; a name that was decided to be none goes into 备注."""
    heading = MATTERS.heading(field)
    match = work.match(text)
    names = [name for name in match.names if name]
    dropped = [one for one in match.leftovers if one in work.words.dropped]
    strangers = [one for one in match.leftovers if one not in work.words.dropped]
    if strangers:
        named = "、".join(f"“{one}”" for one in strangers[:3])
        work.refuse(_SHEET_ROWS, row.row, f"“{heading}”里的{named}不在通讯录。请改成通讯录里的名称，或先在通讯录补录。")
    if dropped:
        notes.append(f"原{heading}：{'、'.join(dropped)}")
    if field == "lead_unit" and len(names) > 1:
        work.refuse(
            _SHEET_ROWS, row.row, f"“{heading}”只能填一个单位，其余请填到“{MATTERS.heading('cooperating_units')}”。"
        )
    return "、".join(names) or None


def _check(row: ReviewedRow, values: Mapping[str, Value], work: _Work) -> None:
    limit, due = values.get("time_limit"), values.get("fixed_due")
    if not values.get("content"):
        work.refuse(_SHEET_ROWS, row.row, f"“{MATTERS.heading('content')}”是空的。")
    if due and limit != FIXED_DATE:
        work.refuse(_SHEET_ROWS, row.row, f"填了指定期限，“{MATTERS.heading('time_limit')}”请选“{FIXED_DATE}”。")


def _progress_date(row: ReviewedRow, work: _Work) -> datetime | None:
    if row.progress_date is None or not row.progress:
        return None
    found = read_moment(row.progress_date)
    if isinstance(found, datetime):
        return found
    work.refuse(_SHEET_ROWS, row.row, "进展日期要填完整的日期，如 2026-06-30。")
    return None


def _contacts(work: _Work) -> tuple[tuple[NewRow, ...], tuple[Change, ...]]:
    """New units with their people, and people for units of the directory that have none yet."""
    taken: dict[str, dict[str, Value]] = {name: {"name": name, "active": "是"} for name in work.words.new_units}
    changes: list[Change] = []
    for contact in work.reviewed.contacts:
        if contact.decision not in set(Decision):
            work.refuse(_SHEET_CONTACTS, contact.row, f"“{contact.unit}”的{contact.name or '手机'}还没有选“处理”。")
        if contact.decision not in (Decision.TAKE, Decision.CHANGE):
            continue
        match = work.match(contact.unit)
        name = match.names[0] if len(match.names) == 1 and not match.leftovers else ""
        unit = work.ledger.directory.find(name)
        cells = dict(_person_cells(contact, work))
        if name in taken:
            taken[name].update(cells)
        elif unit:
            changes += _where_empty(unit, cells)
    rows = tuple(NewRow(UNITS.key, values, "name") for values in taken.values())
    return rows, tuple({(change.matter, change.field): change for change in changes}.values())


def _person_cells(contact: ReviewedContact, work: _Work) -> Iterator[tuple[str, Value]]:
    if contact.name:
        yield contact.role, clean_line(contact.name)
    if contact.mobile:
        mobile = read_mobile(contact.mobile)
        if isinstance(mobile, str):
            yield f"{contact.role}_mobile", mobile.removeprefix("+86")
        else:
            work.refuse(_SHEET_CONTACTS, contact.row, "手机号码不是11位手机号，请改正或清空。")


def _where_empty(unit: Unit, cells: Mapping[str, Value]) -> Iterator[Change]:
    held = {
        "head": unit.head.name,
        "head_mobile": unit.head.mobile,
        "contact": unit.contact.name,
        "contact_mobile": unit.contact.mobile,
    }
    for field, value in cells.items():
        if not held[field]:
            yield Change(unit.place.at(field), unit.name, field, None, value)
