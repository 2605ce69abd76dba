"""The archive of one matter (SZ1-20): its row, records, timeline, SMS with receipts and notice, as one zip.

The same bytes for the same facts: fixed times in the zip, everything sorted, nothing of the clock of a closed matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from engine.facts.change import Value
from engine.facts.duty_kinds import DutyKind
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter, Stamps
from engine.facts.message import ObligationKey, Sent
from engine.facts.moment import is_bare_date, to_minute
from engine.files.csv_file import CsvValue, csv_bytes
from engine.files.file_names import file_name
from engine.files.outputs import OUTPUT_MARK
from engine.ledger.headings.columns import (
    AGREE,
    COMPLETIONS,
    EXTENSIONS,
    MATTERS,
    MESSAGE_LOG,
    REPORTS,
    SUPERVISIONS,
    YES,
    Owner,
    SheetColumns,
)
from engine.papers.card_document import card_docx
from engine.papers.cards import FOLDER as CARD_NAME
from engine.papers.cards import NoCardError, cards
from engine.papers.message_life import LIFE_HEADINGS, MessageLife
from engine.papers.notice_document import Notice, notice_docx
from engine.policy.governing import policy_of_matter
from engine.policy.loading import Policies
from engine.policy.policy import Policy
from engine.review.check import rows_of
from engine.review.explain import Outcome, explain
from engine.rules.checks.history import Happening, happenings
from engine.rules.checks.transitions import Course
from engine.rules.checks.transitions import rows_of as rows_of_table
from engine.rules.duties.cases import Cases

SheetRow = Mapping[str, Value]
Table = list[Sequence[object]]
RECORDS = (REPORTS, EXTENSIONS, COMPLETIONS, SUPERVISIONS)
_STAMPED = frozenset(item.name for item in fields(Stamps))
_BUILT_AT = (1980, 1, 1, 0, 0, 0)
_CAME_TO_NOTHING = (Outcome.MET, Outcome.CANCELLED, Outcome.AHEAD, Outcome.MAY_MOVE)


@dataclass(frozen=True, slots=True)
class Material:
    """What the workbook and the journal hold: the facts, the matter's rows of 短信记录, the states of its messages, and
    from when on messages are ours (启用时间).
    """

    ledger: Ledger
    log: Sequence[SheetRow]
    sent: Sent
    outcomes: Mapping[ObligationKey, str]
    since: datetime | None = None
    lives: Sequence[MessageLife] = ()


def archive(material: Material, matter: Matter, policies: Policies, now: datetime) -> bytes:
    """SZ1-20: the papers of one matter as a zip. For a matter that has ended, ``now`` does not matter.

    Raises YearNotCoveredError where its workdays are not known (no calendar of the year).
    """
    number, records = matter.number, material.ledger.records_of(matter.number)
    columns = _staff_and_button()
    files: dict[str, Table] = {
        MATTERS.name: [("栏目", "内容"), *((MATTERS.heading(field), _value(matter, field)) for field in columns)],
        "时间线": [("时间", "事", "说明", "条款", "结果"), *_timeline(material, matter, policies, now)],
        MESSAGE_LOG.name: [
            _headings(MESSAGE_LOG),
            *([row.get(one.field) for one in MESSAGE_LOG.columns] for row in material.log),
        ],
    }
    if material.lives:
        files["短信经过"] = [LIFE_HEADINGS, *(one.cells() for one in material.lives)]
    for sheet in RECORDS:
        facts = getattr(records, sheet.key)
        files[sheet.name] = [_headings(sheet), *([_value(fact, one.field) for one in sheet.columns] for fact in facts)]
    children = [one for one in material.ledger.matters if one.parent == number]
    if children:
        rows = ([_value(child, field) for field in columns] for child in children)
        files["下级事项"] = [[MATTERS.heading(field) for field in columns], *rows]
    folder = file_name(number)
    contents = {f"{folder}/{name}.csv": csv_bytes(map(_cells, rows)) for name, rows in files.items()}
    policy = policy_of_matter(matter, material.ledger, policies, now)
    if matter.notice_number and matter.notice_issued_at:
        contents[f"{folder}/办理通知.docx"] = _notice(material.ledger, matter, matter.notice_issued_at, policy)
    if matter.board == policy.province.board:
        with suppress(NoCardError):  # what the card lacks stands in 校验结果, and the other papers are kept
            [card] = cards(material.ledger, [matter], policies, now)
            contents[f"{folder}/{CARD_NAME}.docx"] = card_docx(card)
    return _zip(contents)


def _staff_and_button() -> tuple[str, ...]:
    """The columns that state what happened; what the scheduler shows for today is no part of a file."""
    return tuple(column.field for column in MATTERS.columns if column.owner is not Owner.MACHINE)


def _headings(sheet: SheetColumns) -> list[str]:
    return [column.heading for column in sheet.columns]


def _value(fact: object, field: str) -> object:
    """What a fact holds for a column; the stamped deadlines stand together."""
    if isinstance(fact, Matter) and field in _STAMPED:
        return getattr(fact.stamps, field)
    value = getattr(fact, field)
    if isinstance(value, bool):
        yes, no = AGREE if field == "service_object_agrees" else (*YES, "")
        return yes if value else no
    return value


def _timeline(material: Material, matter: Matter, policies: Policies, now: datetime) -> Table:
    """What happened, what fell due and what was announced, by time; cancelled slots are left out."""
    ledger = material.ledger
    opened = Cases(ledger, policies, now)
    policy, ended = opened.policy_of(matter), opened.as_known(matter).standing.ended_at
    at = ended or now
    explained = explain(Cases(ledger, policies, at), matter, material.sent, material.outcomes, material.since)
    lines: list[tuple[datetime, str, str, str, str]] = []
    for one in explained.duties:
        duty = one.duty
        if not duty.is_announcement or duty.kind is DutyKind.YEAR_END:
            what = f"{duty.name} {duty.period}".strip()
            lines.append((duty.due, "期限", f"{what}，{duty.owed_by}", duty.clause, one.state))
        for slot in one.slots:
            if slot.outcome not in _CAME_TO_NOTHING:
                lines.append((slot.at, f"短信：{slot.kind}", f"{slot.to}（{slot.slot}）", slot.clause, slot.outcome))
    row = next(row for row in rows_of(opened) if row.matter is matter)
    events = {(one.at, one.event.value, _clause(one, policy)) for one in happenings(row) if one.at <= at}
    lines += [(moment, event, "", clause, "") for moment, event, clause in events]
    return [*sorted(lines)]


def _clause(one: Happening, policy: Policy) -> str:
    """The clause of an event; one that belongs to a paper and to its matter is cited by the matter's."""
    rows = rows_of_table(Course.MATTER, one.event, policy) or rows_of_table(one.course, one.event, policy)
    return rows[0].clause(policy) if rows else ""


def _notice(ledger: Ledger, matter: Matter, issued_at: datetime, policy: Policy) -> bytes:
    """The notice as it was issued: for all matters that went out under its number."""
    together = tuple(one for one in ledger.matters if one.notice_number == matter.notice_number)
    units = (unit for one in together for unit in (one.lead_unit, *one.cooperating_units) if unit)
    issued = Notice(matter.notice_number, issued_at, tuple(dict.fromkeys(units)), together)
    return notice_docx(issued, ledger.settings, policy.notice)


def _cells(row: Sequence[object]) -> list[CsvValue]:
    return [value if isinstance(value, int | float) else _text(value) for value in row]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if is_bare_date(value) else f"{to_minute(value):%Y-%m-%d %H:%M}"
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _zip(contents: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        target.comment = OUTPUT_MARK.encode()
        for name, content in sorted(contents.items()):
            member = ZipInfo(name, _BUILT_AT)
            member.compress_type = ZIP_DEFLATED
            member.create_system = 0  # or Linux and Windows would differ
            target.writestr(member, content, compresslevel=6)
    return buffer.getvalue()


def rows_of_log(book: Iterable[SheetRow], journal: Iterable[SheetRow], number: str) -> list[SheetRow]:
    """短信记录 of one matter from both places, by 短信编号: the journal knows the later state of a message."""
    found = {str(row["number"]): dict(row) for rows in (book, journal) for row in rows if row["matter"] == number}
    return sorted(found.values(), key=_when_due)


def _when_due(row: SheetRow) -> tuple[str, str]:
    return _text(row.get("due")), str(row["number"])
