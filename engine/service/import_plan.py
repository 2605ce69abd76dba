"""What a reviewed import writes, decided before anything is: the same for the file and for the open book."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.facts.change import Change, NewRow, Value
from engine.facts.faults import DubanError
from engine.facts.kinds import ReviewResult
from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import MATTERS, REPORTS
from engine.ledger.reading.ledger import without_collections
from engine.moving.dictionaries.loading import shipped_dictionaries
from engine.moving.proposals.decided import Decided, DecidedMatter, ReviewFault, decide
from engine.moving.proposals.reviewed import ReviewedWorkbook
from engine.policy.governing import policy_of_ledger
from engine.policy.loading import Policies
from engine.review.numbering import RunningNumbers, last_report_number, report_number

BUTTON = "导入旧台账"


class NotImported(DubanError):
    """Nothing was written; the message states the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: matters, numbers given, reports, units, people; ``known`` rows were there already, ``left``
    a person left out. With ``faults`` nothing was written.
    """

    matters: int = 0
    numbered: int = 0
    reports: int = 0
    units: int = 0
    people: int = 0
    known: int = 0
    left: int = 0
    faults: Sequence[ReviewFault] = ()
    notices: Sequence[str] = ()

    @property
    def counts(self) -> str:
        """The figures in words."""
        return (
            f"{self.matters} 个事项（编号 {self.numbered} 个），反馈记录 {self.reports} 条，新增单位 {self.units} 个，"
            f"补联系人 {self.people} 个单位；不导入 {self.left} 行，以前已导入 {self.known} 行。"
        )


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """What an import needs of the book besides its facts: the marks of source rows that stand imported in it, and the
    fields of 督办台账 for which it has no column.
    """

    imported: Collection[str]
    missing: Collection[str]


@dataclass(frozen=True, slots=True)
class ImportWrites:
    """All that one import writes but its entry in 操作日志. ``marks`` are those of the matters, in their order."""

    changes: tuple[Change, ...]
    rows: tuple[NewRow, ...]
    marks: tuple[str, ...]
    done: Imported

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return not (self.changes or self.rows)


@without_collections()
def plan_import(
    target: ImportTarget, ledger: Ledger, reviewed: ReviewedWorkbook, policies: Policies, now: datetime
) -> ImportWrites:
    """What the reviewed import writes; nothing where there are ``done.faults``."""
    boards = policy_of_ledger(ledger, policies, now).initiation.board_marks
    decided = decide(reviewed, ledger, shipped_dictionaries(), now.year, boards, target.imported.__contains__)
    if decided.faults:
        return ImportWrites((), (), (), Imported(faults=decided.faults, known=decided.known, left=decided.left))
    return _Plan(target, ledger, boards, now).of(decided)


class _Plan:
    """Numbers the matters and makes their reports."""

    def __init__(self, target: ImportTarget, ledger: Ledger, boards: Mapping[str, str], now: datetime) -> None:
        self.missing, self.boards, self.now = target.missing, boards, now
        self.numbers = RunningNumbers(ledger)
        self.report = last_report_number(ledger, now.year)

    def of(self, decided: Decided) -> ImportWrites:
        matters, reports = [], []
        for one in decided.matters:
            values = self._numbered(one)
            matters.append(NewRow(MATTERS.key, values))
            if "number" in values and one.progress and one.progress.reported_at:
                reports.append(self._report(one, values))
        done = Imported(
            len(matters),
            sum("number" in row.values for row in matters),
            len(reports),
            len(decided.units),
            len({change.matter for change in decided.changes}),
            decided.known,
            decided.left,
        )
        if not matters and not decided.units and not decided.changes:
            return ImportWrites((), (), (), done)
        water, settings = self.numbers.high_water()
        rows = (*matters, *reports, *decided.units, *settings)
        return ImportWrites((*decided.changes, *water), rows, tuple(one.mark for one in decided.matters), done)

    def _numbered(self, one: DecidedMatter) -> dict[str, Value]:
        """The cells of a matter, with its number where its board is known. A heading that an older ledger lacks goes
        into 备注.
        """
        values = dict(one.values)
        lacking = [name for name in values if name in self.missing]
        for name in lacking:
            values["note"] = f"{values.get('note') or ''}\n{MATTERS.heading(name)}：{values.pop(name)}".strip()
        board = values.get("board")
        mark = next((mark for name, mark in self.boards.items() if name == board), "")
        if mark:
            values["number"] = self.numbers.next(mark, self.now.year)
        if one.progress and (not mark or one.progress.reported_at is None):
            progress = f"进展：{one.progress.text}"
            if progress not in str(values.get("note") or ""):
                values["note"] = f"{values.get('note') or ''}\n{progress}".strip()
        return values

    def _report(self, one: DecidedMatter, values: dict[str, Value]) -> NewRow:
        self.report += 1
        progress = one.progress
        cells: dict[str, Value] = {
            "number": report_number(self.now.year, self.report),
            "matter": values["number"],
            "unit": values.get("lead_unit"),
            "reported_at": progress.reported_at if progress else None,
            "content": progress.text if progress else None,
            "result": ReviewResult.ACCEPTED.value,
            "reviewed_at": progress.reported_at if progress else None,
            "registrar": BUTTON,
        }
        return NewRow(REPORTS.key, cells, "number")
