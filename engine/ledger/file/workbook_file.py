"""The file adapter of the ledger port: one workbook on a disk or share, beside people who edit it."""

import contextlib
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from engine.facts.change import Change, NewRow
from engine.ledger.file import backups, conflicts, differences, swap
from engine.ledger.file.concurrent_access import (
    WorkbookBusyError,
    content_hash,
    reason,
    same_file,
    take,
    version_of,
)
from engine.ledger.file.file_options import Collaborators, FileOptions, Patch
from engine.ledger.file.owner_files import Holder, find_holder
from engine.ledger.file.port import ApplyReport, Snapshot
from engine.ledger.headings.columns import MESSAGE_LOG
from engine.ledger.package.faults import RefusedError, UnreadableWorkbook
from engine.ledger.patching.report import PatchOptions, PatchReport

_SAVED_MEANWHILE = "写入时恰有人保存或打开了工作簿，其内容已保留。"
_HARD_LINKED = (
    "台账文件另有一个名称（硬链接），写入后两个名称会成为两份文件，其中一份的改动从此看不到，所以没有写入。"
    "请只保留一个名称，把另一个删去或改为副本。"
)


class WorkbookFile:
    """One workbook, read at once and replaced whole.

    Only one process at a time may call ``settle`` and ``apply`` (the service's lock of the workbook sees to that);
    ``replace_whole`` may come at any time from anywhere, as a save of Excel may.
    ``now`` gives office time.
    """

    def __init__(
        self,
        path: Path,
        now: Callable[[], datetime],
        options: FileOptions | None = None,
        collaborators: Collaborators | None = None,
    ) -> None:
        chosen, others = options or FileOptions(), collaborators or Collaborators()
        self.path = Path(os.path.realpath(path))  # a new version in the place of a link would part it from its file
        self._names = tuple(dict.fromkeys((self.path, path, *chosen.names)))
        self._now, self._sleep, self._disk = now, others.sleep, others.disk
        self._parse, self._patch, self._compare = others.parse, others.patch, others.compare
        self._options = PatchOptions(chosen.codec, drop_refused=True)  # one formula must not stall the other rows
        self._backup_count, self._secret = chosen.backup_count, chosen.secret
        self._ledger_id = self._version = ""
        self.unmerged: tuple[str, ...] = ()
        """Sentences about displaced saves that the workbook lacked at the last check."""

    def read(self) -> Snapshot:
        """The ledger as it stands in the last save.

        Raises UnreadableWorkbook; its kind WorkbookBusyError while a save does not come to an end.
        """
        buffer = io.BytesIO()
        try:
            seen = take(self._disk, self.path, buffer, self._sleep)
        except OSError as problem:
            raise UnreadableWorkbook(f"工作簿读不了：{reason(problem)}") from problem
        ledger = self._parse(buffer.getvalue())
        self._ledger_id = ledger.settings.ledger_id
        self._version = seen.version
        return Snapshot(ledger, self._version)

    def holder(self) -> Holder | None:
        """Who has the workbook open, as far as can be seen."""
        try:
            return self._holder()
        except OSError:
            return None

    def _holder(self) -> Holder | None:
        return next((held for name in self._names if (held := find_holder(self._disk, name))), None)

    def last_written(self) -> datetime | None:
        """When it was last replaced by us, by the newest backup; ``None`` if that cannot be seen."""
        try:
            return backups.last_written(self._disk, self.path)
        except OSError:
            return None

    def settle(self) -> tuple[str, ...]:
        """Clear up after a crash; before the first read, so that a save that had been displaced is read again.

        Returns sentences for 督查室 about versions that a person must merge. Raises UnreadableWorkbook.
        """
        try:
            return self._settle()
        except OSError as problem:
            raise UnreadableWorkbook(f"工作簿读不了：{reason(problem)}") from problem

    def _settle(self) -> tuple[str, ...]:
        swap.settle(self._disk, self.path, self._settling())
        return self.conflicts(may_remove=self._holder() is None).notices

    def _settling(self, read: IO[bytes] | None = None) -> swap.Settling:
        return swap.Settling(self._now(), self._sleep, lambda: self._holder() is not None, read)

    def conflicts(self, *, may_remove: bool = False) -> conflicts.JudgedConflicts:
        """Saves that a version of ours displaced, and what the workbook lacks of them. Raises OSError."""
        found = conflicts.judge(self._disk, self.path, self._sleep, self._compare, self._now(), may_remove=may_remove)
        self.unmerged = found.notices
        return found

    def apply(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """Write all that can be written, or report why not; never while somebody has the workbook open.

        What cannot be written now stands beside the workbook for the add-in (``<name>.待同步.json``).
        """
        return self._apply(rows, lambda: self._write_with_conflicts(changes, rows))

    def apply_whole(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """As ``apply``; but where one change would have to be dropped, nothing is written, and ``pending`` is the
        reason.
        """
        return self._apply(rows, lambda: self._write(changes, rows, self._patch_whole))

    def _patch_whole(
        self,
        source: BinaryIO,
        target: BinaryIO,
        changes: Sequence[Change],
        rows: Sequence[NewRow],
        options: PatchOptions,
    ) -> PatchReport:
        report = self._patch(source, target, changes, rows, replace(options, drop_refused=False))
        if report.dropped:
            raise RefusedError(f"有单元格写不进去（{report.dropped[0].reason}），整批没有写入")
        return report

    def replace_whole(self, read: bytes, new: bytes) -> ApplyReport:
        """Put ``new`` in the place of the workbook, if it still is ``read`` and nobody has it open; else ``pending`` is
        the reason. For a program that is not the scheduler: what that left beside the workbook stays.
        """

        def put(
            source: BinaryIO, target: BinaryIO, _changes: object, _rows: object, _options: PatchOptions
        ) -> PatchReport:
            source.seek(0)
            if source.read() != read:
                raise RefusedError(_SAVED_MEANWHILE)
            target.write(new)
            return PatchReport(parts=(self.path.name,))

        return self._attempt(lambda: self._write((), (), put))

    def _apply(self, rows: Sequence[NewRow], write: Callable[[], ApplyReport]) -> ApplyReport:
        return self._leave_beside(rows, self._attempt(write))

    def _attempt(self, write: Callable[[], ApplyReport]) -> ApplyReport:
        try:
            notices = self._settle()
            holder = self._holder()
            if holder is None and backups.hard_links(self._disk, self.path):
                report = ApplyReport(pending=_HARD_LINKED)
            elif holder is None:
                report = write()
            else:
                report = ApplyReport(pending=f"工作簿由{holder}打开着。")
            return replace(report, notices=report.notices or notices)
        except RefusedError as refusal:
            return ApplyReport(pending=str(refusal))
        except WorkbookBusyError as busy:
            return ApplyReport(pending=str(busy))
        except OSError as problem:
            with contextlib.suppress(OSError):  # the first failure is the one to report; the next start tries again
                self._settle()
            return ApplyReport(pending=f"工作簿未能写入：{reason(problem)}")

    def postpone(self, rows: Sequence[NewRow]) -> None:
        """Leave 短信记录 rows beside the workbook without writing it. Raises OSError."""
        log = tuple(row for row in rows if row.sheet == MESSAGE_LOG.key)
        if self._ledger_id:
            left = differences.Differences(self._ledger_id, self._now(), log)
            differences.leave(self._disk, self.path, left, self._secret)

    def _leave_beside(self, rows: Sequence[NewRow], report: ApplyReport) -> ApplyReport:
        try:
            if report.pending:
                self.postpone(rows)
            else:
                differences.withdraw(self._disk, self.path)
        except OSError as problem:
            return replace(report, notices=(*report.notices, f"待同步文件未能更新：{reason(problem)}"))
        return report

    def _write_with_conflicts(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """Write what is wanted, and with it what the workbook lacks of a displaced save; report on the former."""
        found = self.conflicts()
        cells = {(one.place.sheet, one.matter, one.field) for one in changes}
        merged = [one for one in found.changes if (one.place.sheet, one.matter, one.field) not in cells]
        if not (changes or rows or merged or found.rows):
            return ApplyReport()
        report = self._write([*changes, *merged], [*rows, *found.rows], self._patch)
        return replace(
            report,
            applied=tuple(one for one in report.applied if one not in merged),
            dropped=tuple(one for one in report.dropped if one.change not in merged),
            appended=min(report.appended, len(rows)),
            version=None if merged or found.rows else report.version,
        )

    def _write(self, changes: Sequence[Change], rows: Sequence[NewRow], patch: Patch) -> ApplyReport:
        disk, book = self._disk, self.path
        part = swap.part_path(book)
        with TemporaryFile() as source:
            seen = take(disk, book, source, self._sleep)
            patched = self._make(part, lambda stream: patch(source, stream, changes, rows, self._options))
            with disk.open(part) as stream:
                read, ours, made = content_hash(source), content_hash(stream), version_of(stream)
            version = made if seen.version == self._version else None
            report = ApplyReport(patched.applied, patched.dropped, patched.appended)
            if not patched.parts:
                disk.remove(part)
                return report
            new = swap.new_path(book, read, ours)
            disk.overwrite(part, new)
            backups.prepare(disk, book)
            if not same_file(disk, book, seen) or self._holder() is not None:
                disk.remove(new)
                return ApplyReport(pending=_SAVED_MEANWHILE)
            stands = swap.replace_book(disk, book, new, ours, self._settling(source))
        if not stands:
            return ApplyReport(pending=_SAVED_MEANWHILE, notices=self.conflicts().notices)
        with contextlib.suppress(OSError):  # the book is written; old backups can go at the next turn
            backups.prune(disk, book, self._backup_count)
        return replace(report, version=version)

    def _make(self, part: Path, patched: Callable[[BinaryIO], PatchReport]) -> PatchReport:
        """Write the new version, on the medium before anybody may see it."""
        original = self._disk.stat(self.path)
        stream = self._disk.create(part)
        whole = False
        try:
            with stream:
                report = patched(stream)
                self._disk.keep_access(original, self.path, stream)
                self._disk.sync(stream)
            whole = True
        finally:
            if not whole:
                self._disk.remove(part)
        return report
