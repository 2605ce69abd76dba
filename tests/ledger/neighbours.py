"""The people and accidents around a workbook: staff who save as Excel does, a disk that fails, a machine that dies."""

import json
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import IO, Any, BinaryIO

from engine.facts.change import Change, NewRow
from engine.facts.finding import Place
from engine.facts.ledger import Ledger
from engine.facts.settings import Settings
from engine.facts.unit import Directory
from engine.ledger.file import workbook_file
from engine.ledger.file.disk import Disk, UnsupportedError
from engine.ledger.file.displaced_edits import Lacking
from engine.ledger.file.file_options import Collaborators, FileOptions
from engine.ledger.patching.report import Dropped, PatchOptions, PatchReport

LEDGER_ID = "3f2b9c1e-0000-4000-8000-000000000001"
START = datetime(2026, 3, 3, 9, 0)


def tiny_book(cells: dict[str, Any]) -> bytes:
    """A zip with one part: enough of a workbook for everything but the patch."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("cells.json"), json.dumps(cells, sort_keys=True))
    return out.getvalue()


def cells_of(data: bytes | Path) -> dict[str, Any]:
    raw = data.read_bytes() if isinstance(data, Path) else data
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        found: dict[str, Any] = json.loads(archive.read("cells.json"))
    return found


def tiny_parse(data: bytes) -> Ledger:
    cells_of(data)
    return Ledger(Settings(ledger_id=LEDGER_ID), Directory({}), ())


def tiny_patch(
    source: BinaryIO, target: BinaryIO, changes: Sequence[Change], rows: Sequence[NewRow], options: PatchOptions
) -> PatchReport:
    """Cells and rows go in by key, as in the real patch; the rest of the content is kept."""
    source.seek(0)
    cells = cells_of(source.read())
    applied, dropped = [], []
    for change in changes:
        if cells.get(change.field) == change.old:
            cells[change.field] = change.new
            applied.append(change)
        else:
            dropped.append(Dropped(change, "已被改动"))
    new: list[Any] = []
    for row in rows:
        held = cells.setdefault("edits" if row.sheet == "edits" else "rows", [])
        if row.values["number"] not in held:
            held.append(row.values["number"])
            new.append(row)
    target.write(tiny_book(cells))
    parts = ("cells.json",) if applied or new else ()
    return PatchReport(tuple(applied), tuple(dropped), len(new), len(rows) - len(new), parts)


def tiny_compare(before: bytes, displaced: bytes, present: bytes) -> Lacking:
    """Edits with an even number can be merged by key, the others are for people."""
    known = {*cells_of(before).get("edits", []), *cells_of(present).get("edits", [])}
    lacks = [edit for edit in cells_of(displaced).get("edits", []) if edit not in known]
    merged, left = ([edit for edit in lacks if edit % 2 == odd] for odd in (0, 1))
    rows = [NewRow("edits", {"number": edit}, "number") for edit in merged]
    return Lacking(tuple(map(str, merged)), tuple(map(str, left)), (), tuple(rows))


def tiny_file(
    book: Path, clock: "SteppedClock", disk: Disk | None = None, options: FileOptions | None = None, **others: Any
) -> workbook_file.WorkbookFile:
    means: dict[str, Any] = {"parse": tiny_parse, "patch": tiny_patch, "compare": tiny_compare, **others}
    collaborators = Collaborators(disk=disk or Disk(), sleep=clock.sleep, **means)
    return workbook_file.WorkbookFile(book, clock.now, options, collaborators)


def change(old: Any, new: Any, field: str = "light") -> Change:
    return Change(Place("matters", 2, field), "2026-日-0001", field, old, new)


def log_row(number: str, **values: Any) -> NewRow:
    return NewRow("message_log", {"number": number, **values}, "number")


class SteppedClock:
    """Time that passes only when somebody waits; ``while_waiting`` is what others do meanwhile."""

    def __init__(self, now: datetime = START) -> None:
        self.time = now
        self.while_waiting: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.while_waiting()


class Crash(BaseException):
    """The process is gone: nothing of it runs any more."""


CALLS = frozenset(name for name in vars(Disk) if not name.startswith("_"))


class WatchedDisk(Disk):
    """A real disk that tells every call before it is made (``before(name, args)`` may raise) and keeps a list of them.

    ``mode`` chooses what the file system can do: ``exchange``; ``replace`` (ReplaceFileW, imitated by two renames);
    ``aside`` (nothing but renames that do not replace); ``links`` (as ``aside``, and those only by links).
    """

    def __init__(self, mode: str = "exchange", before: Callable[[str, tuple[Any, ...]], None] | None = None) -> None:
        self.mode = mode
        self.calls: list[str] = []
        self.before = before or (lambda name, args: None)

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in CALLS:
            return found

        def call(*args: Any) -> Any:
            self.before(name, args)
            self.calls.append(name)
            return found(*args)

        return call

    def exchange(self, first: Path, second: Path) -> None:
        if self.mode != "exchange":
            raise UnsupportedError(22, "exchange")
        super().exchange(first, second)

    def replace_keeping(self, new: Path, book: Path, old: Path) -> None:
        if self.mode != "replace":
            raise UnsupportedError(22, "replace")
        new.stat()
        book.rename(old)
        new.rename(book)

    def rename(self, source: Path, target: Path) -> None:
        if self.mode == "links":
            self.link(source, target)
            self.remove(source)
        else:
            super().rename(source, target)


class MortalDisk(WatchedDisk):
    """A disk whose process dies before its ``dies_at``-th call; a power cut takes what was not synced with it."""

    def __init__(self, mode: str, dies_at: int | None, power_cut: bool = False) -> None:
        super().__init__(mode)
        self.dies_at, self.power_cut = dies_at, power_cut
        self.dead = False
        self.meanwhile: Callable[[str, tuple[Any, ...]], None] = lambda name, args: None
        self.before = self._before
        self._synced: dict[int, bytes] = {}
        self._held: list[int] = []  # so that no inode number is given to somebody else's file
        self._folders: set[Path] = set()

    def _before(self, name: str, args: tuple[Any, ...]) -> None:
        if self.dead:
            raise Crash
        if self.dies_at is not None and len(self.calls) >= self.dies_at:
            self.dead = True
            if self.power_cut:
                self.cut_power()
            raise Crash
        self.meanwhile(name, args)

    def create(self, path: Path) -> BinaryIO:
        stream = super().create(path)
        self._synced[os.fstat(stream.fileno()).st_ino] = b"lost"
        self._held.append(os.open(path, os.O_RDONLY))
        self._folders |= {path.parent, path.parent / "备份"}
        return stream

    def sync(self, stream: IO[bytes]) -> None:
        stream.flush()  # a real fsync would only make the model slow
        stream.seek(0)
        self._synced[os.fstat(stream.fileno()).st_ino] = stream.read()

    def sync_folder(self, folder: Path) -> None:
        pass

    def release(self) -> None:
        """The process and its memory are gone for good."""
        while self._held:
            os.close(self._held.pop())

    def cut_power(self) -> None:
        """What was written and not synced is gone, whatever name it has by now."""
        for folder in self._folders:
            for path in folder.iterdir() if folder.exists() else ():
                if path.is_file() and (kept := self._synced.get(path.stat().st_ino)) is not None:
                    path.write_bytes(kept)


class Staff:
    """One person at a time, working as Excel does: whole in memory, saved by temp file, delete, rename.

    ``saved`` are the edits of all people whose save came to its end, ``numbers`` gives each edit its own.
    """

    def __init__(self, book: Path, saved: set[int] | None = None, numbers: Iterator[int] | None = None) -> None:
        self.book = book
        self.memory: dict[str, Any] | None = None
        self.saved: set[int] = set() if saved is None else saved
        self.numbers = numbers or count(1)
        self.pending: list[Callable[[], None]] = []
        self.owner = book.with_name(f"~${book.name}")

    @property
    def is_open(self) -> bool:
        return self.memory is not None

    def open(self, leaves_owner: bool = True) -> None:
        """Take the whole book into memory; the owner file comes after that, if it can be seen at all."""
        if self.book.exists():
            self.memory = cells_of(self.book)
            if leaves_owner:
                self.show()

    def show(self) -> None:
        """The owner file of whoever has it open."""
        if self.memory is not None:
            self.owner.write_bytes(owner_file("张三"))

    def edit(self) -> None:
        assert self.memory is not None
        self.memory["edits"] = [*self.memory.get("edits", []), next(self.numbers)]

    def start_save(self) -> None:
        """Queue the three steps; others may act between them."""
        assert self.memory is not None
        content = dict(self.memory)
        temp = self.book.with_name("1A2B3C4D")

        def write() -> None:
            temp.write_bytes(tiny_book(content))

        def delete() -> None:
            with suppress(FileNotFoundError):
                self.book.unlink()

        def rename() -> None:
            temp.replace(self.book)
            self.saved |= set(content.get("edits", []))

        self.pending = [write, delete, rename]

    def step(self) -> None:
        """The next step of a save under way."""
        if self.pending:
            self.pending.pop(0)()

    def finish_save(self) -> None:
        while self.pending:
            self.step()

    def close(self, leaves_stale: bool = False) -> None:
        self.finish_save()
        self.memory = None
        if not leaves_stale:
            self.owner.unlink(missing_ok=True)


def owner_file(name: str) -> bytes:
    """The 165 bytes that Excel writes."""
    ansi = name.encode("gb18030")
    wide = name.encode("utf-16-le")
    return bytes([len(ansi)]) + ansi.ljust(54, b" ") + len(name).to_bytes(2, "little") + wide.ljust(108, b" ")


def our_leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(".~duban-"))
