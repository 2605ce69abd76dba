"""Minutes as proposals: each decision cites its paragraph; paragraphs that are not taken are listed (BS-5.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.ledger.package.text_folding import key_of
from engine.ledger.reading.moments import read_moment
from engine.moving.dictionaries.loading import Dictionaries
from engine.moving.minutes.paragraphs import Minutes, MinutesDecision, read_minutes
from engine.moving.proposals.draft import plain
from engine.moving.proposals.model import Decision, LeftOut, RowProposal, Source, Word, WordKind
from engine.moving.proposals.row_reading import mark_of
from engine.moving.proposals.row_units import named_units
from engine.moving.tables.grid import WordText
from engine.moving.values.deadlines import Context, Deadline, read_deadline
from engine.moving.values.people import masked
from engine.moving.values.reading import ReadValue
from engine.moving.values.units import UnitReader
from engine.policy.words import usual_words

_SHEET = "正文"


@dataclass(frozen=True, slots=True)
class FromMinutes:
    """The matters of minutes, and the paragraphs of which nothing was taken."""

    rows: Sequence[RowProposal]
    left_out: Sequence[LeftOut]


def propose_minutes(text: WordText, units: UnitReader, dictionaries: Dictionaries, year: int) -> FromMinutes:
    """What minutes become. Dates without a year are in that of the meeting, else in ``year``."""
    minutes = read_minutes(text.paragraphs, dictionaries.minutes)
    held = read_moment(minutes.held_on)
    held_on = held if isinstance(held, datetime) else None
    rows = []
    for decided in minutes.decisions:
        source = Source(text.file, _SHEET, f"第{decided.number}段")
        due = read_deadline(decided.deadline, dictionaries.deadlines, Context(held_on.year if held_on else year))
        rows.append(_proposal(decided, due, source, minutes, (units, held_on)))
    left = [LeftOut(Source(text.file, _SHEET, f"第{one.number}段"), one.reason, one.text) for one in minutes.not_taken]
    return FromMinutes(rows, left)


def _proposal(
    decided: MinutesDecision,
    due: Deadline,
    source: Source,
    minutes: Minutes,
    around: tuple[UnitReader, datetime | None],
) -> RowProposal:
    units, held_on = around
    cells: dict[str, ReadValue] = {"content": ReadValue(masked(decided.text))}
    words: list[Word] = []
    doubts = [decided.why] if decided.why else []
    lead = units.read(decided.lead, leads=True) if decided.lead else None
    helping = units.read(decided.cooperating, leads=False) if decided.cooperating else None
    if lead and lead.lead:
        cells["lead_unit"] = named_units(words, lead.lead[:1])
    else:
        cells["lead_unit"] = ReadValue(None, "没有写明由哪个单位牵头")
        doubts = doubts or ["没有写明由哪个单位牵头"]
    others = [*(lead.lead[1:] if lead else ()), *(lead.cooperating if lead else ())]
    others += [*(helping.lead if helping else ()), *(helping.cooperating if helping else ())]
    others = [one for one in dict.fromkeys(others) if not lead or one not in lead.lead[:1]]
    if others:
        cells["cooperating_units"] = named_units(words, others)
    if due.why:
        proposed = " ".join(filter(None, (due.limit or "", plain(due.due))))
        words.append(Word(WordKind.DEADLINE, key_of(decided.deadline), proposed, due.why))
    if due.limit or due.why:
        cells["time_limit"] = ReadValue(due.limit, due.why)
    if due.due or due.why:
        cells["fixed_due"] = ReadValue(due.due, due.why)
    if minutes.document:
        cells["source_number"] = ReadValue(minutes.document)
    if held_on:
        cells["source_date"] = ReadValue(held_on)
    if meeting := next(
        (word for words_ in usual_words().sources.values() for word in words_ if word in minutes.title), ""
    ):
        cells["source"] = ReadValue(meeting)
    cells["note"] = ReadValue(f"出自{source.file}{source.row}")
    said = f"{source.row}：{decided.text}"
    decision = None if doubts else Decision.TAKE
    return RowProposal(
        mark_of(source, said), source, masked(said), cells, tuple(doubts), None, (), tuple(words), decision
    )
