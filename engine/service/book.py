"""A workbook in service: the file adapter, the parsed sheets in the journal, and 短信记录 and 参数设置 as rows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from engine.facts.ledger import Ledger
from engine.facts.moment import as_written, to_minute
from engine.ledger.file.differences import ForeignDifferencesError, find
from engine.ledger.file.displaced_edits import lacking
from engine.ledger.file.file_options import Collaborators, FileOptions
from engine.ledger.file.port import ApplyReport
from engine.ledger.file.workbook_file import WorkbookFile
from engine.ledger.headings.board_sheets import FORMS
from engine.ledger.headings.columns import LATER_COLUMNS, MESSAGE_LOG, PIN_KEYS, SETTING_KEYS, SETTINGS
from engine.ledger.patching.patch import Codec
from engine.ledger.reading.cells import Parse, fields_missing, read_known
from engine.ledger.reading.forms import FormCells, form_cells
from engine.ledger.reading.known_rows import KnownRows
from engine.ledger.reading.ledger import read_ledger, read_rows
from engine.ledger.reading.sheet_cache import SheetCache
from engine.service.config import Config
from engine.service.journal import Journal
from engine.service.places import place_of

LogRow = Mapping[str, Value]
_CODECS = {"small": Codec("zlib", 6), "fast": Codec("isal", 2)}
_STATE_FIELDS = ("at", "state", "receipt_at", "explanation", "acknowledged_at")
"""What changes in a row of 短信记录 after it was appended."""
_LATER = LATER_COLUMNS[MESSAGE_LOG.key]


_READ_ONLY = "这是旧年度的台账，已经结转，只供查阅。请在新年度的台账里办理。"


@dataclass(frozen=True, slots=True)
class ReadingAids:
    """By what a workbook is read: its rows as they were last read, and the process that parses its sheets, if it is not
    this one.
    """

    known: KnownRows
    elsewhere: Parse | None = None


class ServedBook(WorkbookFile):
    """One workbook of this host, by its ``names``, the true path first, and read with the aids of ``reading``.
    ``forms`` holds the cells of 统计看板 and 今日待办 as last read, by the sheet's key, for those that the book has.
    """

    def __init__(
        self, names: Sequence[Path], journal: Journal, config: Config, now: Callable[[], datetime], reading: ReadingAids
    ) -> None:
        self._sheets, self._known = _Sheets(journal, place_of(names[0])), reading.known
        self._known_cells = partial(read_known, cache=self._sheets.cache, elsewhere=reading.elsewhere)
        self._cells = partial(read_known, cache=None, elsewhere=reading.elsewhere)
        self._data = b""
        self._carried_over: int | None = None
        self.forms: dict[str, FormCells] = {}
        options = FileOptions(names, _CODECS[config.compression], config.backups, journal.secret)
        compare = partial(lacking, cells_of=self._cells)
        super().__init__(names[0], now, options, Collaborators(parse=self._take_in, compare=compare))

    def _take_in(self, data: bytes) -> Ledger:
        self._data = data
        ledger = read_ledger(data, self._known, self._known_cells)
        found = self._known_cells(data, FORMS)
        self.forms = {key: form_cells(cells) for key, cells in found.items()}
        self._sheets.store()
        self._carried_over = ledger.settings.carried_over
        return ledger

    @property
    def data(self) -> bytes:
        """The workbook's bytes as last read."""
        return self._data

    def message_log(self) -> tuple[LogRow, ...]:
        """短信记录 as last read, a row each; empty for a workbook without rows."""
        return self.rows_of(MESSAGE_LOG.key)

    def rows_of(self, sheet: str) -> tuple[LogRow, ...]:
        """The rows of the sheet of this key as last read. Raises UnreadableWorkbook."""
        return read_rows(self._data, sheet, self._cells)

    def waiting_log(self, *, sealed: bool = True) -> tuple[LogRow, ...]:
        """Rows of 短信记录 that stand beside the book because it was open; none where that file is not ours.

        ``sealed``: only what this journal itself wrote; otherwise, for a journal that was lost, whatever has the form.
        """
        try:
            left = find(self._disk, self.path, self._ledger_id, self._secret if sealed else None)
        except (ForeignDifferencesError, OSError):
            return ()
        return tuple(row.values for row in left.rows) if left else ()

    def log_differences(
        self, rows: Sequence[Mapping[str, Value]], fresh: frozenset[str]
    ) -> tuple[list[Change], list[NewRow]]:
        """What must change for 短信记录 to hold ``rows``: new rows, and the state of those that stand there already.

        The sheet is read only if some of them are not ``fresh``: what this pass recorded cannot stand there yet.
        """
        older = any(row["number"] not in fresh for row in rows)
        standing = {row["number"]: row for row in self.message_log()} if older else {}
        absent = _LATER & {*fields_missing(self._data, MESSAGE_LOG)} if standing else frozenset()
        changes = [
            Change(Place(MESSAGE_LOG.key), str(row["number"]), field, old, new)
            for row in rows
            if row["number"] in standing
            for field in _STATE_FIELDS
            if field not in absent
            if (old := standing[row["number"]].get(field)) != (new := _shown(row[field]))
        ]
        return changes, [NewRow(MESSAGE_LOG.key, row, "number") for row in rows if row["number"] not in standing]

    def apply(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """As ``WorkbookFile.apply``. A heading that 短信记录 lacks, as in a book older than it, must not keep lights
        from the rows: the SMS are recorded without it, and that is reported.
        """
        if self._carried_over:
            return ApplyReport(pending=_READ_ONLY)
        log = any(row.sheet == MESSAGE_LOG.key for row in rows)
        missing = {*fields_missing(self._data, MESSAGE_LOG)} - {"number"} if log else set()
        if not missing:
            return super().apply(changes, rows)
        report = super().apply(changes, [_without(row, missing) for row in rows])
        if missing <= _LATER:
            return report  # a book older than this column is no worse for it
        headings = "、".join(column.heading for column in MESSAGE_LOG.columns if column.field in missing - _LATER)
        notice = f"「短信记录」缺少列“{headings}”，这几项没有记下，日志丢失时无法从台账恢复。请从台账模板补上这几列。"
        return replace(report, notices=(*report.notices, notice))

    def apply_whole(self, changes: Sequence[Change], rows: Sequence[NewRow]) -> ApplyReport:
        """As ``WorkbookFile.apply_whole``; never into a book of last year."""
        return ApplyReport(pending=_READ_ONLY) if self._carried_over else super().apply_whole(changes, rows)

    def setting_differences(self, wanted: Mapping[str, Value]) -> tuple[list[Change], list[NewRow]]:
        """What must change for 参数设置 to hold ``wanted``, by attribute of Settings.

        A time is written as text: the column holds words, and would show the number of its day.
        """
        wanted = {field: as_written(held) if isinstance(held, datetime) else held for field, held in wanted.items()}
        standing = {row["key"]: row["value"] for row in self.rows_of(SETTINGS.key)}
        changes: list[Change] = []
        rows: list[NewRow] = []
        for key, (field, explanation) in (*SETTING_KEYS.items(), *PIN_KEYS.items()):
            if field not in wanted:
                continue
            if key in standing:
                changes.append(Change(Place(SETTINGS.key), key, "value", _cell(standing[key]), wanted[field]))
            else:
                values = {"key": key, "value": wanted[field], "explanation": explanation}
                rows.append(NewRow(SETTINGS.key, values, "key"))
        return changes, rows


def _without(row: NewRow, missing: set[str]) -> NewRow:
    if row.sheet != MESSAGE_LOG.key:
        return row
    return replace(row, values={field: value for field, value in row.values.items() if field not in missing})


def _shown(value: Value) -> Value:
    """As the sheet returns it: whole minutes, and nothing for an empty text."""
    return to_minute(value) if isinstance(value, datetime) else value or None


def _cell(text: Value) -> Value:
    """What the cell holds: a time comes as Excel's number of days, read as text in a column of words."""
    try:
        return float(str(text))
    except ValueError:
        return text


class _Sheets:
    """Parsed sheets of one book in the journal: those in use stay, the others go."""

    def __init__(self, journal: Journal, place: str) -> None:
        self._journal, self._place = journal, place
        self._used: set[str] = set()
        self._fresh: dict[str, bytes] = {}
        self.cache = SheetCache(self._get, self._fresh.__setitem__)

    def _get(self, marks: Collection[str]) -> Mapping[str, bytes]:
        self._used.update(marks)
        return self._journal.sheets(self._place, marks)

    def store(self) -> None:
        """After a reading: keep what was parsed anew. Nothing is written where all came from the journal."""
        if self._fresh:
            self._journal.keep_sheets(self._place, self._fresh, self._used)
        self._fresh.clear()
        self._used.clear()
