"""What people have changed since the last pass that only the program may change: rows gone, numbers changed, stamps and
机 cells edited.

Each is a finding with what stood there before. Nothing here writes: the journal remembers once the pass is through.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from engine.facts.change import Change
from engine.facts.finding import Finding, Place, error, hint
from engine.facts.ledger import Ledger
from engine.facts.matter import Flags, Matter, Stamps
from engine.facts.service import Seen
from engine.ledger.headings.columns import MATTERS
from engine.policy.loading import Policies
from engine.policy.workdays import YearNotCoveredError
from engine.review.check import rows_of
from engine.review.numbering import RunningNumbers
from engine.rules.checks.stamps import stamps_called_for
from engine.rules.duties.cases import Cases

MOST_GONE = 0.1
UNCLEAR = "number_unclear"
_MOST_NAMED = 5
"""A larger share of rows that vanish at once is an accident until a person has confirmed it."""

_STAMPED = tuple(field.name for field in fields(Stamps))
_SHOWN = tuple(field.name for field in fields(Flags) if field.name != "synced_at")


@dataclass(frozen=True, slots=True)
class Watched:
    """``rows``: what to remember of this reading. ``gone``: numbers that the ledger no longer holds; ``alarming``
    when these are so many that nothing may be sent on the strength of this file. ``older``: what was written at the
    last pass no longer stands there, as when the book was restored from a backup.
    """

    findings: tuple[Finding, ...]
    rows: Mapping[str, Seen]
    gone: tuple[str, ...]
    alarming: bool
    older: bool


def identity(matter: Matter) -> str:
    """A hash of what makes a row this matter, whatever its number: texts stay out of the journal."""
    parts = (matter.board, matter.source_number, matter.content, matter.requirement, matter.assigned_at)
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Marks:
    """The fingerprints of rows as they were last compared: the very same row has the very same."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Matter, Seen]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(self, matters: Iterable[Matter]) -> dict[str, Seen]:
        """What each numbered row is in the journal, by its number."""
        before = self._known
        self._known = {one.number: (one, _mark(one, before.get(one.number))) for one in matters if one.number}
        return {number: mark for number, (_, mark) in self._known.items()}


def _mark(matter: Matter, known: tuple[Matter, Seen] | None) -> Seen:
    return known[1] if known and known[0] is matter else Seen.of(identity(matter), matter.stamps, matter.shown)


def compare(
    matters: Sequence[Matter], before: Mapping[str, Seen], due: Callable[[Matter], Stamps], marks: Marks | None = None
) -> Watched:
    """Compare a reading with the last one. ``due`` gives the deadlines that the rules call for: a stamp that was
    changed to these is a correction, any other change stays reported until it is mended. ``marks`` of earlier
    comparisons spare rows that have not changed.
    """
    findings: list[Finding] = []
    rows = (Marks() if marks is None else marks).of(matters)
    fresh: dict[str, Matter] = {}
    older = False
    for matter in matters:
        if not matter.number:
            fresh.setdefault(identity(matter), matter)
            continue
        seen, now = before.get(matter.number), rows[matter.number]
        if seen is None:
            fresh[now.identity] = matter
        elif now != seen:
            rows[matter.number] = _changed(matter, now, seen, due, findings)
            older = older or _is_older(matter.shown, seen.shown)
    lost = [number for number in before if number not in rows]
    findings.extend(_gone(number, before[number], fresh) for number in lost)
    # A row whose number was erased stays known: stamping gives it back its own.
    erased = {number for number in lost if (row := fresh.get(before[number].identity)) and not row.number}
    rows.update((number, before[number]) for number in erased)
    gone = tuple(number for number in lost if number not in erased)
    return Watched(tuple(findings), rows, gone, len(lost) > MOST_GONE * len(before), older or bool(lost))


def lost_numbers(ledger: Ledger, before: Mapping[str, Seen]) -> Callable[[Matter], str]:
    """The number that a row without one had when it was last seen; empty where it had none, or another row has it."""
    present = {matter.number for matter in ledger.matters}
    lost: dict[str, str] = {}
    for number, seen in before.items():
        if number not in present:
            lost[seen.identity] = "" if seen.identity in lost else number  # two rows alike: nobody knows whose it was
    return lambda matter: lost.pop(identity(matter), "")


def unclear_number(ledger: Ledger, known: Callable[[], Iterable[str]]) -> Callable[[Matter], str | Finding]:
    """The same for whoever has no journal: a row that was stamped and has no number had one. A finding names which it
    may be, for a person to decide: one of the records or of ``known`` (短信记录, 操作日志) that stands in no row, or
    one of those left out in counting.
    """

    def of(matter: Matter) -> str | Finding:
        if matter.stamps == Stamps() and not matter.shown.light:
            return ""
        lost = sorted({*known(), *ledger.records} - {one.number for one in ledger.matters} - {""})
        lost = lost or RunningNumbers(ledger).unused()
        return _unclear(matter, lost) if lost else ""

    return of


def _unclear(matter: Matter, lost: Sequence[str]) -> Finding:
    named = "、".join(lost[:_MOST_NAMED]) + (f"等{len(lost)}个" if len(lost) > _MOST_NAMED else "")
    return error(
        matter.place.at("number"),
        UNCLEAR,
        "",
        f"这一行盖过时限，编号却是空的，原来的编号可能是：{named}。没有给新编号。",
        "请对照短信记录把原来的编号填回去；是复制出来的新事项的，请先清空它的绿色、灰色列，再盖一次。",
    )


def settle_doubles(ledger: Ledger, before: Mapping[str, Seen]) -> Ledger:
    """Of rows with one number the one last seen under it stays in force, else the first; the others are errors."""
    if not ledger.doubles:
        return ledger
    kept = {number: _in_force(rows, before.get(number)) for number, rows in ledger.doubles.items()}
    others = [row for number, rows in ledger.doubles.items() for row in rows if row is not kept[number]]
    findings = [finding for finding in ledger.findings if finding.rule != "number_doubled"]
    findings += (_doubled(row, kept[row.number]) for row in others)
    matters = tuple(kept.get(matter.number, matter) for matter in ledger.matters)
    return replace(ledger, matters=matters, findings=tuple(findings))


def _in_force(rows: Sequence[Matter], seen: Seen | None) -> Matter:
    return next((row for row in rows if seen and identity(row) == seen.identity), rows[0])


def _doubled(row: Matter, kept: Matter) -> Finding:
    return error(
        row.place.at("number"),
        "number_doubled",
        "",
        f"事项编号 {row.number} 与第{kept.place.row}行重复，以那一行为准，本行不提醒。",
        "请核对哪一行是原来的事项，把另一行的编号清空后重新立项。",
        row.number,
    )


def deadlines_called_for(ledger: Ledger, policies: Policies, now: datetime, matter: Matter) -> Stamps:
    """The deadlines that the rules call for, where stamped ones are to be compared (reading 26)."""
    row = next(rows_of(Cases(replace(ledger, matters=(matter,)), policies, now)))
    try:
        return stamps_called_for(row)
    except YearNotCoveredError:
        return Stamps()


def after_writing(rows: Mapping[str, Seen], applied: Sequence[Change]) -> dict[str, Seen]:
    """The rows as they stand once ``applied`` has been written, so that our own writing is not taken for a person's."""
    written: dict[str, dict[str, Any]] = {}
    for change in applied:
        if change.matter in rows and change.place.sheet == MATTERS.key:
            written.setdefault(change.matter, {})[change.field] = change.new
    after = dict(rows)
    for number, values in written.items():
        row = rows[number]
        stamps = {name: value for name, value in values.items() if name in _STAMPED}
        shown = {name: value for name, value in values.items() if name in _SHOWN or name == "synced_at"}
        after[number] = Seen.of(row.identity, replace(row.stamps, **stamps), replace(row.shown, **shown))
    return after


def _changed(matter: Matter, now: Seen, seen: Seen, due: Callable[[Matter], Stamps], findings: list[Finding]) -> Seen:
    """The new memory of a row that changed; a stamp tampered with keeps its old value there, and is reported."""
    findings.extend(_edited(matter, seen.shown))
    if now.stamps_text == seen.stamps_text:
        return now
    stamps, before, called_for = matter.stamps, seen.stamps, due(matter)
    for name in _STAMPED:
        old, new = getattr(before, name), getattr(stamps, name)
        if old is not None and new not in (old, getattr(called_for, name)):
            findings.append(_restamped(matter, name, f"{old:%Y-%m-%d %H:%M}", new and f"{new:%Y-%m-%d %H:%M}"))
            kept: dict[str, Any] = {name: old}
            stamps = replace(stamps, **kept)
    return Seen.of(now.identity, stamps, matter.shown)


def _is_older(shown: Flags, before: Flags) -> bool:
    """Whether a row shows what it showed before we last wrote it."""
    return before.synced_at is not None and (shown.synced_at is None or shown.synced_at < before.synced_at)


def _edited(matter: Matter, before: Flags) -> Iterator[Finding]:
    """机 cells that neither we nor the add-in wrote: both set 同步时间 when they write."""
    if matter.shown == before or matter.shown.synced_at != before.synced_at:
        return
    for name in _SHOWN:
        old, new = getattr(before, name), getattr(matter.shown, name)
        if old != new:
            yield hint(
                matter.place.at(name),
                "machine_cell_edited",
                "",
                f"「{MATTERS.heading(name)}」由程序填写，被手工改为“{_plain(new)}”（原为“{_plain(old)}”）。",
                "程序会改回应有的值；事实有误请改灰色以外的列。",
                matter.number,
            )


def _restamped(matter: Matter, name: str, old: str, new: str | None) -> Finding:
    return hint(
        matter.place.at(name),
        "deadline_edited",
        "",
        f"「{MATTERS.heading(name)}」盖定后被手工改动：原为 {old}，现为 {new or '空'}。",
        "时限按交办时间和批准的延期推算，改动不起作用。请改回原值，或在「延期申请」登记后重新盖时限。",
        matter.number,
    )


def _gone(number: str, seen: Seen, fresh: Mapping[str, Matter]) -> Finding:
    renamed = fresh.get(seen.identity)
    if renamed and not renamed.number:
        return error(
            renamed.place.at("number"),
            "number_erased",
            "",
            f"这一行的事项编号 {number} 被清空了，不再提醒。",
            "请点“编号盖时限”，会补回原来的编号。",
            number,
        )
    if renamed:
        return error(
            renamed.place.at("number"),
            "number_changed",
            "",
            f"事项编号由 {number} 被改为 {renamed.number}。",
            "编号是提醒和积分的依据，请改回原编号。",
            renamed.number,
        )
    return error(
        Place(MATTERS.key, None, "number"),
        "matter_vanished",
        "",
        f"上次还在的事项 {number} 不见了，不再提醒。",
        "误删的请从备份恢复；确需取消的应登记撤销，不要删行。",
        number,
    )


def _plain(value: object) -> str:
    return "" if value is None else str(value)
