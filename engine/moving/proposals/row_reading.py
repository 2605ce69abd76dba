"""One source row as a proposal: every cell read, nothing guessed silently, nothing lost."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b

from engine.ledger.headings.columns import MATTERS
from engine.ledger.package.text_folding import clean_text, key_of
from engine.ledger.reading.cell_problem import CellProblem
from engine.ledger.reading.date_words import Yearless
from engine.ledger.reading.moments import is_nothing, read_moment
from engine.ledger.reading.sheet_cells import Cell
from engine.moving.proposals.draft import Draft, Reader, plain
from engine.moving.proposals.model import Decision, Progress, RowProposal, Source, Word, WordKind
from engine.moving.proposals.row_units import read_people, read_units
from engine.moving.tables.mapping import SourceColumn
from engine.moving.tables.rows import SourceRow
from engine.moving.values.deadlines import Context
from engine.moving.values.people import masked
from engine.moving.values.progress import Stage, stage_of
from engine.moving.values.reading import ReadValue

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


def propose_row(row: SourceRow, source: Source, reader: Reader, above: str) -> RowProposal:
    """The proposal of a row. ``above`` is the unit of the matter above, offered where the row names none."""
    draft = Draft(reader, row)
    for step in (_texts, _assigned, _deadline, read_units, read_people, _progress, _state, _secrecy, _rest):
        step(draft)
    if not draft.cells.get("lead_unit") and not draft.doubts:
        offers = (above,) if above else ()
        draft.cells["lead_unit"] = ReadValue(None, "没有写责任单位" + ("，是否同上一行" if above else ""), offers)
        draft.require_decision("没有写责任单位")
    note = "\n".join(dict.fromkeys(draft.notes))
    if note:
        draft.cells["note"] = ReadValue(note)
    return RowProposal(
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
    """All texts of the row, heading by heading."""
    return "\n".join(f"{column.heading}：{text}" for column in columns if (text := row.text(column.at)))


def _texts(draft: Draft) -> None:
    number = draft.text("original_number")
    if number:
        draft.cells["original_number"] = ReadValue(number)
    content = draft.text("content")
    there = draft.reader.by_ours
    for name in _TEXTS:
        if name in there and (text := draft.text(name)):
            draft.cells[name] = ReadValue(masked(text))
    if not content and "requirement" in draft.cells:
        draft.cells["content"] = draft.cells.pop("requirement")
    elif content:
        draft.cells["content"] = ReadValue(masked(content))
    else:
        draft.require_decision("没有写事项内容")
    for name in _FREE_TEXTS:
        if name in there and (text := draft.text(name)):
            known = next(column for column in MATTERS.columns if column.field == name).choices if _has(name) else ()
            if _has(name) and (not known or text in known):
                draft.cells[name] = ReadValue(masked(text))
            else:
                draft.note(draft.heading(name), text)
    if board := draft.text("board"):
        if board in MATTERS.column("board").choices:
            draft.cells["board"] = ReadValue(board)
        else:
            draft.note(draft.heading("board"), board)


def _has(name: str) -> bool:
    return any(column.field == name for column in MATTERS.columns)


def _assigned(draft: Draft) -> None:
    for name in ("assigned_at", "source_date"):
        cell = draft.cell(name)
        found = _moment(cell, draft.reader.around.year)
        if isinstance(found, datetime):
            draft.cells[name] = ReadValue(found)
        elif found:
            draft.cells[name] = ReadValue(None, f"“{found}”看不出是哪一天")
            draft.note(draft.heading(name), found)
            draft.require_decision(f"“{draft.heading(name)}”写的“{found}”看不出是哪一天")


def _moment(cell: Cell, year: int) -> datetime | str:
    """A time, or the text that is none."""
    found = read_moment(cell)
    if isinstance(found, Yearless):
        near = found.near(datetime(year, 7, 1))
        return near.replace(year=year) if near and (near.month, near.day) != (2, 29) else near or found.text
    if isinstance(found, CellProblem):
        return found.value if isinstance(found.value, datetime) else clean_text(str(cell))
    return found or ""


def _deadline(draft: Draft) -> None:
    cell = draft.cell("deadline")
    if cell is None:
        return
    assigned = draft.cells.get("assigned_at")
    at = assigned.value if assigned and isinstance(assigned.value, datetime) else None
    found = draft.reader.deadline(cell, Context(draft.reader.around.year, at))
    if found.why:
        proposed = " ".join(filter(None, (found.limit or "", plain(found.due))))
        draft.words.append(Word(WordKind.DEADLINE, key_of(draft.text("deadline")), proposed, found.why))
    if found.limit or found.why:
        draft.cells["time_limit"] = ReadValue(found.limit, found.why)
    if found.due or found.why:
        draft.cells["fixed_due"] = ReadValue(found.due, found.why)
    if found.wording:
        draft.note(draft.heading("deadline"), draft.text("deadline"))


def _progress(draft: Draft) -> None:
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


def _state(draft: Draft) -> None:
    state = draft.text("state")
    progress = draft.progress.text if draft.progress else ""
    if state:
        draft.note(draft.heading("state"), state)
    if completed := draft.text("completed_at"):
        draft.note(draft.heading("completed_at"), completed)
    stage = stage_of(state, progress, draft.reader.dictionaries.phrases)
    if stage is not Stage.UNDER_WAY:
        draft.require_decision(f"原表{stage}：要留在旧台账请选“不导入”，要接着督办请选“采用”")


def _secrecy(draft: Draft) -> None:
    """SZ1-3: what is classified has no place in the ledger."""
    marking = draft.text("secrecy")
    if marking and marking not in (_NOT_CLASSIFIED, "无", "公开", "一般"):
        draft.doubts.append(f"写有密级“{marking}”：涉密事项不得录入，另行办理")
        draft.decision = Decision.LEAVE
    elif marking:
        draft.cells["secrecy"] = ReadValue(_NOT_CLASSIFIED)


def _rest(draft: Draft) -> None:
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
            draft.require_decision(f"“{column.heading}”显示错误值 {error}")


def carried(row: SourceRow, columns: Iterable[SourceColumn]) -> Mapping[str, str]:
    """What a continuation row adds to the matter above, by heading: only what its own cells hold."""
    return {column.heading: masked(clean_text(row.text(column.at))) for column in columns if column.at in row.own}
