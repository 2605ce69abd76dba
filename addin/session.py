"""One press of a button: the open book read once, decided upon, written, logged, and its flags brought up to date."""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from addin import registering
from addin.desk import Desk
from addin.faults import AddinError
from addin.logged import LoggedSent
from addin.session_book import SessionBook
from addin.taken_in import credible
from engine.board.waiting import Unsettled
from engine.facts.change import Change, NewRow, Value, inverse
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.ledger.file.conflicts import judge
from engine.ledger.file.differences import Differences, ForeignDifferencesError, find
from engine.ledger.file.disk import Disk
from engine.ledger.file.displaced_edits import lacking
from engine.ledger.file.operation_log import Appended, entry
from engine.ledger.file.owner_files import find_holder
from engine.ledger.file.port import ApplyReport
from engine.ledger.headings.columns import (
    MATTERS,
    MESSAGE_LOG,
    OPERATIONS,
)
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.patching.report import Dropped
from engine.policy.governing import must_be_pinned, policy_of_ledger
from engine.policy.loading import Policies
from engine.policy.policy import Policy
from engine.review.ledger_review import Review, review
from engine.service.policies import policies_for

SILENCE = timedelta(minutes=30)
NEEDS_PERSON = "待人工"


class Session:
    """The context of every button, wherever its book is: open in Excel, or a saved file."""

    def __init__(self, book: SessionBook, now: datetime, desk: Desk) -> None:
        self.book, self.now, self.desk = book, now, desk
        self.ledger: Ledger = book.read().ledger
        self.path = book.path
        self.policies: Policies = policies_for(self.path)
        must_be_pinned(self.ledger, self.policies)
        self._file = Path(os.path.realpath(self.path))
        self.notes: list[str] = []
        self._log: tuple[Mapping[str, Value], ...] = self.book.rows(MESSAGE_LOG)
        self.notes += self._displaced_saves()
        self.left = self._left_beside()
        if self.left:
            self._take_in(self.left)
        self.sent = LoggedSent(self._log)

    @property
    def policy(self) -> Policy:
        """The policy in force today for the ledger."""
        return policy_of_ledger(self.ledger, self.policies, self.now)

    @property
    def message_log(self) -> tuple[Mapping[str, Value], ...]:
        """短信记录, with what the scheduler had left beside the book."""
        return self._log

    def known_numbers(self) -> set[str]:
        """The numbers of matters of which the book has a trace: an SMS or a button."""
        rows = (*self._log, *self.book.rows(OPERATIONS))
        return {str(row["matter"]) for row in rows if row.get("matter")}

    def service_state(self) -> str:
        """Whether the scheduler is at work, as a sentence; empty where that is not known.

        It leaves a sign of life beside every open ledger that is in service: none since the book was opened is silence.
        """
        if self.left:
            last = self.left.heartbeat
        else:
            holder = find_holder(Disk(), self.path) if self.ledger.settings.host else None
            if holder is None or self.now - holder.since <= SILENCE:
                return ""
            last = holder.since
        if self.now - last <= SILENCE:
            return f"后台正常（{last:%H:%M}）。"
        return f"注意：后台自{last:%m月%d日 %H:%M}起没有动静，短信可能没有发出，请告知管理员。"

    def _displaced_saves(self) -> tuple[str, ...]:
        """Edits that were saved while the scheduler wrote and that the book lacks: nothing else shows them."""
        with suppress(OSError, UnreadableWorkbook):  # the book may lie where no disk can be read
            return judge(Disk(), self._file, time.sleep, lacking, self.now, may_remove=False).notices
        return ()

    def _left_beside(self) -> Differences | None:
        """What the scheduler left beside the open book; a forged or foreign file is refused and reported."""
        try:
            return find(Disk(), self._file, self.ledger.settings.ledger_id)
        except ForeignDifferencesError as refusal:
            self.notes.append(str(refusal))
        except OSError:
            self.notes.append("台账旁边的待同步文件读不出来，后台留下的短信记录还没有取回。")
        return None

    def _take_in(self, left: Differences) -> None:
        present = {row["number"] for row in self._log}
        rows, forged = credible(left, self.now)
        if forged:
            self.notes.append(f"待同步文件里有{forged}行不是值班程序所写，没有采用。请告知管理员。")
        fresh = [row for row in rows if row.values["number"] not in present]
        if not fresh:
            return
        try:
            self.book.apply([], fresh)
        except AddinError as refusal:
            self.notes.append(f"后台留下的短信记录还没有取回。{refusal}")
            return
        self._log = (*self._log, *({name: row.values.get(name) for name in _LOG_FIELDS} for row in fresh))

    def selected(self, *, to_change: bool = True, numbered: bool = True) -> list[Matter]:
        """The selected matters, ``numbered`` ones only. Raises AddinError, stating how to select, or, before a form is
        filled in in vain, why they cannot be changed: a filter may hide rows among the selected ones.
        """
        if to_change:
            self.book.check_writable(MATTERS)
        rows = self.book.selected_rows(MATTERS)
        chosen = [matter for matter in self.ledger.matters if matter.place.row in rows]
        if not chosen:
            raise AddinError("选中的行里没有事项。请在「督办台账」里选中要办理的行，再点这个按钮。")
        for matter in chosen:
            if numbered and not matter.number:
                raise AddinError(f"第{matter.place.row}行还没有编号。请先点“编号盖时限”，或不选这一行。")
        return chosen

    def write(
        self,
        button: str,
        changes: Sequence[Change],
        rows: Sequence[NewRow],
        about: Iterable[str],
        marks: Sequence[str] = (),
    ) -> tuple[Change, ...]:
        """Write an action and what follows from it, log it, save. ``about`` are the numbers of its matters; where there
        are none, no flag is compared. ``marks``: of the source rows that an import takes over, as its matters stand.

        Returns what followed: the 钮 cells that its records called for. Raises AddinError, with the book as it was,
        when a cell is not what it was read as.
        """
        own = frozenset(about)
        for columns in (OPERATIONS, MATTERS) if own else (OPERATIONS,):
            self.book.check_writable(columns)
        written: list[_Written] = []
        is_whole = False
        try:
            replaced, appended, followed = self._write_all(changes, rows, own, written)
            self.book.make_log()
            self._step([], entry(button, self.now, replaced, appended, marks), written)
            is_whole = True
        finally:
            if not is_whole:
                self._take_back(written)
        self.book.save()
        return followed

    def _write_all(
        self,
        changes: Sequence[Change],
        rows: Sequence[NewRow],
        own: frozenset[str],
        written: list["_Written"],
    ) -> tuple[tuple[Change, ...], tuple[Appended, ...], tuple[Change, ...]]:
        """The cells that were replaced, the rows that were added, and what followed of itself."""
        report = self._step(changes, rows, written)
        if report.dropped:
            raise AddinError(f"没有写入：{report.dropped[0].reason}。请再点一次这个按钮。")
        appended, replaced = self.book.appended, self.book.replaced
        followed: tuple[Change, ...] = ()
        if own:
            followed = self._follow_up(
                {item.place.sheet for item in changes} | {row.sheet for row in rows}, own, written
            )
            replaced += tuple(change for change in self.book.replaced if change.matter in own)
        return replaced, appended, followed

    def _follow_up(self, touched: Iterable[str], own: frozenset[str], written: list["_Written"]) -> tuple[Change, ...]:
        """Read again what was touched; bring the 钮 cells of these matters and the flags of all up to it."""
        self.ledger = self.book.reread(touched).ledger
        after = registering.follow_ups(self.ledger, own, self.policies, self.now)
        self.ledger = registering.with_follow_ups(self.ledger, after)
        report = self._step([*after, *self.flag_changes()], [], written)
        return self._followed(after, report.dropped)

    def _step(self, changes: Sequence[Change], rows: Sequence[NewRow], written: list["_Written"]) -> ApplyReport:
        """Write, and note what was written, even where Excel fails after it."""
        try:
            return self.book.apply(changes, rows)
        finally:
            written.append(_Written(self.book.replaced, self.book.appended))

    def _followed(self, after: Sequence[Change], dropped: Sequence[Dropped]) -> tuple[Change, ...]:
        """The follow-ups that were written; a sentence about a cell that could not be written."""
        refused = [one for one in dropped if one.change in after]
        if refused:
            first = refused[0]
            heading = MATTERS.heading(first.change.field)
            self.notes.append(f"{first.change.matter}号事项的“{heading}”没有写入：{first.reason}。请核对后手工填写。")
        missed = [one.change for one in refused]
        return tuple(change for change in after if change not in missed)

    def _take_back(self, written: Sequence["_Written"]) -> None:
        for step in reversed(written):
            self.book.apply([inverse(change) for change in step.replaced], [])
            for block in step.appended:
                self.book.remove(block.columns, block.first_row, len(block.rows))

    def review(self) -> Review:
        """The review of the book as it was last read."""
        return review(self.ledger, self.sent, self.policies, self.now, self.ledger.settings.enabled_from)

    def flag_changes(self, reviewed: Review | None = None) -> tuple[Change, ...]:
        """The 机 cells that differ from the rules' present result."""
        changes = (reviewed or self.review()).changes
        return tuple(change for change in changes if not _forgets(change))

    def unsettled(self) -> list[Unsettled]:
        """The SMS of state 待人工, which a person must settle."""
        return [
            Unsettled(str(row.get("number")), str(row.get("matter") or ""))
            for row in self._log
            if row.get("state") == NEEDS_PERSON
        ]

    def inform(self, text: str) -> None:
        """Report the outcome, with the notices gathered on the way."""
        self.desk.inform("\n".join([text, *self.notes]))


class _Written(NamedTuple):
    """What one step of a button did to the book."""

    replaced: tuple[Change, ...]
    appended: tuple[Appended, ...]


def _forgets(change: Change) -> bool:
    """Whether a count of SMS would go back: rows that were moved to a yearly file count in the scheduler's journal."""
    if change.field == "urging_count":
        return isinstance(change.old, int) and (change.new if isinstance(change.new, int) else 0) < change.old
    if change.field in ("last_sent_at", "acknowledged_at"):
        return isinstance(change.old, datetime) and (not isinstance(change.new, datetime) or change.new < change.old)
    return False


_LOG_FIELDS = tuple(column.field for column in MESSAGE_LOG.columns)
