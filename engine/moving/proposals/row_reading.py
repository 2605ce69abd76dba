"""One source row as a proposal: every cell read, nothing guessed silently, nothing lost."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import blake2b

from engine.facts.change import Value
from engine.facts.kinds import Board
from engine.facts.unit import Directory
from engine.ledger.headings.columns import MATTERS
from engine.ledger.reading.cell_problem import CellProblem
from engine.ledger.reading.moments import Yearless, is_nothing, read_moment
from engine.ledger.reading.sheet_cells import Cell
from engine.ledger.reading.texts import clean_text, key_of
from engine.moving.dictionaries.loading import Dictionaries
from engine.moving.proposals.before_the_table import Surroundings
from engine.moving.proposals.model import Contact, Decision, Progress, Proposal, Source, Word, WordKind
from engine.moving.tables.mapping import SourceColumn
from engine.moving.tables.rows import SourceRow
from engine.moving.values.deadlines import Context, read_deadline
from engine.moving.values.people import PersonRead, masked, read_person
from engine.moving.values.progress import Stage, stage_of
from engine.moving.values.reading import Reading
from engine.moving.values.units import Asked, UnitReader

_TEXTS = (
    "requirement",
    "source",
    "source_number",
    "responsible_leader",
    "assigning_leader",
    "service_object",
    "parent",
)
_FREE_TEXTS = ("initiating_office", "handling_office", "directly_responsible", "urgency")
_NOT_CLASSIFIED = "非密"
NEW_UNIT = "新增到通讯录"


@dataclass(frozen=True, slots=True)
class Reader:
    """What every row of one table is read with."""

    columns: Sequence[SourceColumn]
    around: Surroundings
    units: UnitReader
    dictionaries: Dictionaries
    errors: Callable[[int, int], str]
    merges_known: bool = True

    @property
    def directory(self) -> Directory:
        """Whom the ledger knows."""
        return self.units.directory

    def of(self, ours: str) -> list[SourceColumn]:
        """The columns that become ``ours``."""
        return [column for column in self.columns if column.ours == ours]


@dataclass
class _Draft:
    """A proposal in the making."""

    reader: Reader
    row: SourceRow
    cells: dict[str, Reading] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    progress: Progress | None = None
    decision: Decision | None = Decision.TAKE

    def text(self, ours: str) -> str:
        """What stands in the first column of that meaning that says something."""
        for column in self.reader.of(ours):
            text = clean_text(self.row.text(column.at))
            if text and not is_nothing(text):
                return text
        return ""

    def cell(self, ours: str) -> Cell:
        for column in self.reader.of(ours):
            if self.row.text(column.at):
                return self.row.values[column.at]
        return None

    def heading(self, ours: str) -> str:
        return next((column.heading for column in self.reader.of(ours)), "")

    def ask(self, doubt: str) -> None:
        """A person must decide about the row."""
        self.doubts.append(doubt)
        if self.decision is Decision.TAKE:
            self.decision = None

    def note(self, heading: str, text: str) -> None:
        if text and not is_nothing(text):
            self.notes.append(f"{heading}：{masked(text)}" if heading else masked(text))


def propose_row(row: SourceRow, source: Source, reader: Reader, above: str) -> Proposal:
    """The proposal of a row. ``above`` is the unit of the matter above, offered where the row names none."""
    draft = _Draft(reader, row)
    for step in (_texts, _assigned, _deadline, _units, _people, _progress, _state, _secrecy, _rest):
        step(draft)
    if not draft.cells.get("lead_unit") and not draft.doubts:
        offers = (above,) if above else ()
        draft.cells["lead_unit"] = Reading(None, "没有写责任单位" + ("，是否同上一行" if above else ""), offers)
        draft.ask("没有写责任单位")
    note = "\n".join(dict.fromkeys(draft.notes))
    if note:
        draft.cells["note"] = Reading(note)
    return Proposal(
        mark_of(source, said := said_by(row, reader.columns)),
        source,
        masked(said),
        draft.cells,
        tuple(dict.fromkeys(draft.doubts)),
        draft.progress,
        tuple(draft.contacts),
        tuple(dict.fromkeys(draft.words)),
        draft.decision,
    )


def mark_of(source: Source, said: str) -> str:
    """The fingerprint of a source row: the same sheet, row and content give the same, wherever the file lies."""
    return blake2b(f"{source.sheet}\n{source.row}\n{said}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def said_by(row: SourceRow, columns: Iterable[SourceColumn]) -> str:
    """All that the row says, heading by heading."""
    return "\n".join(f"{column.heading}：{text}" for column in columns if (text := row.text(column.at)))


def _texts(draft: _Draft) -> None:
    number = draft.text("original_number")
    if number:
        draft.cells["original_number"] = Reading(number)
    content = draft.text("content")
    for name in _TEXTS:
        if text := draft.text(name):
            draft.cells[name] = Reading(masked(text))
    if not content and "requirement" in draft.cells:
        draft.cells["content"] = draft.cells.pop("requirement")
    elif content:
        draft.cells["content"] = Reading(masked(content))
    else:
        draft.ask("没有写事项内容")
    for name in _FREE_TEXTS:
        if text := draft.text(name):
            known = next(column for column in MATTERS.columns if column.field == name).choices if _has(name) else ()
            if _has(name) and (not known or text in known):
                draft.cells[name] = Reading(masked(text))
            else:
                draft.note(draft.heading(name), text)
    if board := draft.text("board"):
        if board in set(Board):
            draft.cells["board"] = Reading(board)
        else:
            draft.note(draft.heading("board"), board)


def _has(name: str) -> bool:
    return any(column.field == name for column in MATTERS.columns)


def _assigned(draft: _Draft) -> None:
    for name in ("assigned_at", "source_date"):
        cell = draft.cell(name)
        found = _moment(cell, draft.reader.around.year)
        if isinstance(found, datetime):
            draft.cells[name] = Reading(found)
        elif found:
            draft.cells[name] = Reading(None, f"“{found}”看不出是哪一天")
            draft.note(draft.heading(name), found)
            draft.ask(f"“{draft.heading(name)}”写的“{found}”看不出是哪一天")


def _moment(cell: Cell, year: int) -> datetime | str:
    """A time, or the text that is none."""
    found = read_moment(cell)
    if isinstance(found, Yearless):
        near = found.near(datetime(year, 7, 1))
        return near.replace(year=year) if near and (near.month, near.day) != (2, 29) else near or found.text
    if isinstance(found, CellProblem):
        return found.value if isinstance(found.value, datetime) else clean_text(str(cell))
    return found or ""


def _deadline(draft: _Draft) -> None:
    cell = draft.cell("deadline")
    if cell is None:
        return
    assigned = draft.cells.get("assigned_at")
    at = assigned.value if assigned and isinstance(assigned.value, datetime) else None
    found = read_deadline(cell, draft.reader.dictionaries.deadlines, Context(draft.reader.around.year, at))
    if found.why:
        proposed = " ".join(filter(None, (found.limit.value if found.limit else "", plain(found.due))))
        draft.words.append(Word(WordKind.DEADLINE, key_of(draft.text("deadline")), proposed, found.why))
    if found.limit or found.why:
        draft.cells["time_limit"] = Reading(found.limit and found.limit.value, found.why)
    if found.due:
        draft.cells["fixed_due"] = Reading(found.due, found.why)
    if found.wording:
        draft.note(draft.heading("deadline"), draft.text("deadline"))


def _units(draft: _Draft) -> None:
    reader = draft.reader
    both = draft.text("unit_and_people")
    lead_text, other_text = draft.text("lead_unit") or _only_units(both), draft.text("cooperating_units")
    leading = reader.units.read(lead_text, leads=True) if lead_text else None
    helping = reader.units.read(other_text, leads=False) if other_text else None
    lead = [*(leading.lead if leading else ()), *(helping.lead if helping else ())]
    others = [*(leading.cooperating if leading else ()), *(helping.cooperating if helping else ())]
    groups = [*(leading.groups if leading else ()), *(helping.groups if helping else ())]
    for read, text, name in ((leading, lead_text, "lead_unit"), (helping, other_text, "cooperating_units")):
        if read and (read.left or read.groups):
            draft.note(draft.heading(name) or draft.heading("unit_and_people"), text)
    if lead:
        draft.cells["lead_unit"] = _named(draft, lead[:1])
        others = [*lead[1:], *others]
    elif lead_text:
        draft.cells["lead_unit"] = Reading(None, f"“{lead_text}”没有写明谁牵头")
        draft.ask(f"“{lead_text}”没有写明由哪个单位牵头")
    others = [one for one in dict.fromkeys(others) if one not in lead[:1]]
    if others:
        found = _named(draft, others)
        for group in dict.fromkeys(groups):
            draft.words.append(Word(WordKind.GROUP, group, "展开为各成员单位", "按群组展开为通讯录里的各单位"))
        if groups and found.is_certain:
            found = Reading(found.value, f"“{'、'.join(dict.fromkeys(groups))}”按群组展开")
        draft.cells["cooperating_units"] = found


def _only_units(text: str) -> str:
    """责任单位及责任人 in one cell: what stands before the first person or number."""
    pieces = [piece for piece in text.replace("\n", " ").replace("，", " ").split(" ") if piece]
    units = [piece for piece in pieces if piece.endswith(tuple("局委办府部院会队心社行司室厅")) or "：" in piece]
    return "、".join(units) or (pieces[0] if pieces else "")


def _named(draft: _Draft, names: Sequence[str | Asked]) -> Reading:
    """Names as a cell holds them; those that the directory does not know are asked about once, however often named."""
    texts = [name.text if isinstance(name, Asked) else name for name in names]
    asked = [name for name in names if isinstance(name, Asked)]
    for one in asked:
        why = "通讯录里没有，可能是简称" if one.offers else "通讯录里没有"
        proposed = one.offers[0] if one.offers else NEW_UNIT
        draft.words.append(Word(WordKind.UNIT, one.text, proposed, why, (*one.offers, NEW_UNIT)))
    why = "、".join(f"“{one.text}”不在通讯录" for one in asked)
    offers = tuple(dict.fromkeys(offer for one in asked for offer in one.offers))
    return Reading("、".join(texts), why, offers)


def _people(draft: _Draft) -> None:
    lead = draft.cells.get("lead_unit")
    unit = str(lead.value) if lead and lead.value else ""
    both = draft.text("unit_and_people")
    after = both.replace("\n", " ").replace(_only_units(both), " ") if both else ""
    heads = _person(draft, ("head",), "head_mobile", "")
    contacts = _person(draft, ("contact", "contact_both"), "contact_mobile", after)
    for role, person, names in (
        ("head", heads, ("head", "head_mobile")),
        ("contact", contacts, ("contact", "contact_both", "contact_mobile", "unit_and_people")),
    ):
        if person is None:
            continue
        if unit and (person.name or person.mobile):
            draft.contacts.append(Contact(unit, role, person.name, person.mobile, person.why, person.asks))
        for name in names:
            if draft.text(name) and (person.asks or not unit):
                draft.note(draft.heading(name), draft.text(name))


def _person(draft: _Draft, names: tuple[str, ...], mobile: str, more: str) -> PersonRead | None:
    text = " ".join(filter(None, (*(draft.text(name) for name in names), more)))
    number = draft.text(mobile)
    if not text and not number:
        return None
    person = read_person(f"{text} {number}")
    if text and any(character.isdigit() for character in draft.text(names[0])) and not number:
        return replace(person, why=person.why or "姓名一栏里写有电话，已按手机号取用")
    return person


def _progress(draft: _Draft) -> None:
    said = [(column, clean_text(draft.row.text(column.at))) for column in draft.reader.of("progress")]
    said = [(column, text) for column, text in said if text and not is_nothing(text)]
    for column, text in said[:-1]:
        draft.note(column.heading, text)
    if not said:
        return
    column, text = said[-1]
    dated = _moment(draft.cell("progress_date"), draft.reader.around.year)
    at = dated if isinstance(dated, datetime) else draft.reader.around.as_of
    if isinstance(dated, str) and dated:
        draft.note(draft.heading("progress_date"), dated)
    draft.progress = Progress(masked(text), at)


def _state(draft: _Draft) -> None:
    state = draft.text("state")
    progress = draft.progress.text if draft.progress else ""
    if state:
        draft.note(draft.heading("state"), state)
    if completed := draft.text("completed_at"):
        draft.note(draft.heading("completed_at"), completed)
    stage = stage_of(state, progress, draft.reader.dictionaries.phrases)
    if stage is not Stage.UNDER_WAY:
        draft.ask(f"原表{stage}：要留在旧台账请选“不导入”，要接着督办请选“采用”")


def _secrecy(draft: _Draft) -> None:
    """SZ1-3: what is classified has no place in the ledger."""
    marking = draft.text("secrecy")
    if marking and marking not in (_NOT_CLASSIFIED, "无", "公开", "一般"):
        draft.doubts.append(f"写有密级“{marking}”：涉密事项不得录入，另行办理")
        draft.decision = Decision.LEAVE
    elif marking:
        draft.cells["secrecy"] = Reading(_NOT_CLASSIFIED)


def _rest(draft: _Draft) -> None:
    """What becomes none of ours, and what a mapped column could not hold, stays in 备注 with its heading."""
    draft.notes[:0] = [masked(text)] if (text := draft.text("note")) else []
    for column in draft.reader.columns:
        if not column.ours and (text := clean_text(draft.row.text(column.at))):
            draft.note(column.heading, text)
    taken: set[str] = set()
    for column in draft.reader.columns:
        if column.ours in ("", "progress") or not draft.row.text(column.at):
            continue
        if column.ours in taken:  # a second column of one meaning
            draft.note(column.heading, clean_text(draft.row.text(column.at)))
        taken.add(column.ours)
    if draft.row.section:
        draft.note("原表分类", draft.row.section)
    for column in draft.reader.columns:
        if error := draft.reader.errors(draft.row.number, column.at):
            draft.ask(f"“{column.heading}”显示错误值 {error}")


def carried(row: SourceRow, columns: Iterable[SourceColumn]) -> Mapping[str, str]:
    """What a continuation row adds to the matter above, by heading: only what its own cells say."""
    return {column.heading: masked(clean_text(row.text(column.at))) for column in columns if column.at in row.own}


def plain(value: Value) -> str:
    """A proposed value as people read it in the review."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return "" if value is None else str(value)
