"""Cells and rows written into a workbook without touching anything else in it.

Either a patch succeeds whole, or it raises a :class:`RefusedError` and not one byte has been written.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from engine.facts.change import Change, NewRow
from engine.ledger.package.faults import RefusedError
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.patching.calculation import recalculated
from engine.ledger.patching.codec import Codec
from engine.ledger.patching.open_workbook import OpenWorkbook
from engine.ledger.patching.refusals import CellRefusedError
from engine.ledger.patching.report import Dropped, PatchOptions, PatchReport
from engine.ledger.patching.sheet_plan import SheetPlan, plan_sheet
from engine.ledger.patching.sheet_view import view_sheet
from engine.ledger.patching.splice import splice
from engine.ledger.patching.zip_target import write_archive

__all__ = [
    "CellRefusedError",
    "Codec",
    "Dropped",
    "PatchOptions",
    "PatchReport",
    "RefusedError",
    "patch",
    "patch_into",
]

DEFAULTS = PatchOptions()


def patch_into(
    source: bytes | memoryview | BinaryIO,
    target: BinaryIO,
    changes: Sequence[Change],
    rows: Sequence[NewRow],
    options: PatchOptions = DEFAULTS,
) -> PatchReport:
    """Write the patched workbook to ``target``, which is empty and seekable. Nothing is written where nothing differs
    (``report.parts`` is empty then).

    ``source`` is the workbook, open for reading in binary or slurped. Raises a RefusedError before the first byte is
    written, except for a workbook whose content turns out past 4 GB.
    """
    archive = ZipArchive(source)
    book = OpenWorkbook.of(archive, options)
    sheets = _by_sheet(changes, rows)
    asked = recalculated(book.parts)
    look_for_formulas = asked is not None and not book.parts.calculation_chain
    replaced: dict[str, Iterable[bytes]] = {}
    plans: list[SheetPlan] = []
    formulas = asked is not None and book.parts.calculation_chain
    read: list[str] = []
    for key, (own_changes, own_rows) in sheets.items():
        view = view_sheet(book, key, own_changes, own_rows, formulas=look_for_formulas)
        plan = plan_sheet(view, own_changes, own_rows, drop_refused=options.drop_refused)
        plans.append(plan)
        read.append(view.part)
        formulas = formulas or view.found.has_formulas
        if plan.edits:
            replaced[view.part] = splice(book.unpack(view.part), plan.edits)
        if plan.table is not None:
            replaced[view.table.part] = (plan.table,)
    if styles := book.formats.changed():
        replaced[book.formats.part] = (styles,)
    if replaced and asked is not None and (formulas or book.holds_formulas(read)):
        replaced[book.parts.workbook_part] = (asked,)
    if replaced:
        write_archive(archive, target, replaced, options.codec)
    return PatchReport(
        applied=tuple(change for plan in plans for change in plan.applied),
        dropped=tuple(dropped for plan in plans for dropped in plan.dropped),
        appended=sum(plan.appended for plan in plans),
        repeated=sum(plan.repeated for plan in plans),
        parts=tuple(replaced),
        written=tuple(change for plan in plans for change in plan.written),
        added=tuple(plan.added for plan in plans if plan.added.rows),
    )


def patch(
    path: Path, changes: Sequence[Change], appended_rows: Sequence[NewRow], *, options: PatchOptions = DEFAULTS
) -> PatchReport:
    """Patch a workbook that nobody else has open: the file is replaced whole, or a RefusedError is raised and the file
    is untouched. For a workbook that people share use ``engine.ledger.file.workbook_file``.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.patch")
    try:
        with path.open("rb") as source, temporary.open("x+b") as target:
            report = patch_into(source, target, changes, appended_rows, options)
            target.flush()
            os.fsync(target.fileno())
        if report.parts:
            temporary.chmod(path.stat().st_mode & 0o7777)
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return report


def _by_sheet(changes: Iterable[Change], rows: Iterable[NewRow]) -> dict[str, tuple[list[Change], list[NewRow]]]:
    sheets: dict[str, tuple[list[Change], list[NewRow]]] = defaultdict(lambda: ([], []))
    for change in changes:
        sheets[change.place.sheet][0].append(change)
    for row in rows:
        sheets[row.sheet][1].append(row)
    return sheets
