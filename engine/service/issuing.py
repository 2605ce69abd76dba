"""下发通知 (BS-5.2): Word files into a folder, number and time into the rows; both or neither.

The button and ``duban notice`` share the files and the changes; each writes through its own adapter of the ledger port.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from engine.facts.change import Change, inverse
from engine.facts.faults import DubanError
from engine.facts.ledger import Ledger
from engine.facts.matter import Matter
from engine.facts.settings import Settings
from engine.files.file_names import file_name
from engine.files.outputs import OutputExists, Outputs
from engine.ledger.file.port import ApplyReport, LedgerPort
from engine.papers.notice_document import Notice, Per, UnissuableError, notice_docx, plan
from engine.policy.governing import policy_of_ledger
from engine.policy.sections import NoticePaper

if TYPE_CHECKING:  # the button does without the journal and the gateways
    from engine.service.host import Station

FOLDER = "督办通知"


class NotIssuedError(DubanError):
    """No notice was issued; the message states the remedy in Chinese."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The notices with their files, in the order of the numbers, and the cells that were written."""

    notices: tuple[Notice, ...]
    files: tuple[Path, ...]
    changes: tuple[Change, ...]


def planned(ledger: Ledger, matters: Sequence[Matter], issued_at: datetime, per: Per) -> tuple[Notice, ...]:
    """The notices for these matters, numbered on from those of the ledger.

    Raises:
        NotIssuedError: the ledger does not name the office, or there is a matter for which none may be made.
    """
    settings = ledger.settings
    if not settings.office_name:
        raise NotIssuedError("「参数设置」里没有填“单位名称”，通知不能落款。请填写本单位全称，再下发。")
    numbers = (matter.notice_number for matter in ledger.matters)
    try:
        return plan(matters, numbers, issued_at, per, settings.document_code)
    except UnissuableError as refusal:
        raise NotIssuedError(str(refusal)) from refusal


def notice_changes(notices: Sequence[Notice]) -> list[Change]:
    """通知文号 and 通知下发时间 of each matter; both cells are empty, or there would be no notice."""
    return [
        Change(matter.place, matter.number, field, None, value)
        for notice in notices
        for matter in notice.matters
        for field, value in (("notice_number", notice.number), ("notice_issued_at", notice.issued_at))
    ]


@contextmanager
def notice_files(
    notices: Sequence[Notice], settings: Settings, wording: NoticePaper, folder: Path, outputs: Outputs
) -> Iterator[tuple[Path, ...]]:
    """The Word files of all notices while the block stamps them; if it raises, they are gone again.

    Raises:
        NotIssuedError: the folder takes no files, or holds a notice of the same number; no file was left.
    """
    made = [(folder / _file_name(notice), notice_docx(notice, settings, wording)) for notice in notices]
    with ExitStack() as stack:
        try:
            paths = stack.enter_context(outputs.create_all(made))
        except OutputExists as fault:
            raise NotIssuedError(f"“{folder.name}”文件夹里已有同号的通知。请核对并移走旧文件，再下发。") from fault
        except OSError as fault:
            raise NotIssuedError(f"“{folder.name}”文件夹写不进去。请检查网络和权限，再下发。") from fault
        yield paths


def _file_name(notice: Notice) -> str:
    return f"{file_name(notice.number)} {file_name(notice.recipients[0])}.docx"


def run_notice(
    path: Path, numbers: Sequence[str], per: Per, folder: Path | None, station: "Station", issued_at: datetime
) -> Issued:
    """Issue the notices of the matters with these numbers, into ``folder`` or beside the workbook.

    Raises: UnreadableWorkbook, WorkbookBusyError, BookBusy: nothing was done. NotIssuedError: nothing was done; or, as
    its message states, the workbook was opened in the middle of it.
    """
    with station.only_one(path) as path:
        book = station.book(path, lambda: issued_at)
        book.settle()
        ledger = book.read().ledger
        notices = planned(ledger, _matters(ledger, numbers), issued_at, per)
        if holder := book.holder():
            raise NotIssuedError(f"台账由{holder}打开着，没有下发。请关闭后再试。")
        outputs = station.config.outputs(path)
        wording = policy_of_ledger(ledger, station.policies_of(path), issued_at).notice
        with notice_files(notices, ledger.settings, wording, folder or path.parent / FOLDER, outputs) as files:
            report = book.apply(notice_changes(notices), ())
            if report.pending:
                raise NotIssuedError(f"没有下发，台账没有改动，请稍后重新下发。当时的情况：{report.pending}")
            if report.dropped and _taken_back(book, report):
                first = report.dropped[0]
                raise NotIssuedError(f"没有下发，台账没有改动。{first.change.matter}号事项写不进去：{first.reason}。")
    if report.dropped:
        stamped = "、".join(dict.fromkeys(change.matter for change in report.applied))
        raise NotIssuedError(f"只写入了一部分：{stamped}。通知文件都已留下，请打开台账核对通知文号和下发时间。")
    return Issued(notices, files, report.applied)


def _taken_back(book: LedgerPort, report: ApplyReport) -> bool:
    """Undo what a refused cell leaves half done. That fails where somebody opens the book just then."""
    back = book.apply([inverse(change) for change in report.applied], ())
    return back.pending is None and not back.dropped


def _matters(ledger: Ledger, numbers: Sequence[str]) -> list[Matter]:
    """In the order of the rows, as the button takes them."""
    wanted = {number.strip() for number in numbers}
    unknown = wanted - {matter.number for matter in ledger.matters}
    if unknown:
        raise NotIssuedError(f"台账中没有事项 {'、'.join(sorted(unknown))}。请核对编号。")
    return [matter for matter in ledger.matters if matter.number in wanted]
