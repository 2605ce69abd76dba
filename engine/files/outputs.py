"""Where a command or a button may write a file of its own: the only way that one reaches a disk.

An output is never an input, by whatever spelling, and never a file that somebody else made: a report written over the
ledger would be the end of the ledger.
"""

import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.facts.faults import DubanError
from engine.files.whole_file import replace_file

OUTPUT_MARK = "duban-output"
"""Stands in every zip of ours, as identifier of an Office file's core properties, else as the zip's comment; and in the
first line of a page."""
_PAGE = f"<!DOCTYPE html><!-- {OUTPUT_MARK} ".encode()
_CORE, _LARGEST_CORE = "docProps/core.xml", 1 << 20
_LONGEST_LINE = 1 << 16


class OutputRefused(DubanError):
    """The file may not be written there; the message states the reason and the remedy. Nothing was changed."""


class OutputExists(OutputRefused):
    """There is a file of that name already, and this kind of file is never replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"“{path.name}”已经存在，没有覆盖。请换一个名称，或先把旧文件移走。")
        self.path = path


@dataclass(frozen=True, slots=True)
class Outputs:
    """What one command or button may write. ``inputs`` are the files it must never touch: the ledger it reads, those of
    the config, the config itself. ``force``: other files are replaced as well, at a person's word.
    """

    inputs: tuple[Path, ...] = ()
    force: bool = False

    def guarding(self, more: Iterable[Path]) -> "Outputs":
        """The same, with more files that must not be touched."""
        return Outputs((*self.inputs, *more), self.force)

    def judged(self, path: Path, content: bytes | None = None) -> Path:
        """The true file behind ``path``, through links, if an output may stand there.

        An earlier output without a mark (CSV) is recognized by the headings of ``content``. Raises OutputRefused.
        """
        true = Path(os.path.realpath(path))
        if any(_is_same(true, one) for one in self.inputs):
            raise OutputRefused(f"“{path.name}”是台账或配置文件，不能作为输出文件。请换一个文件名。")
        try:
            found = true.stat()
        except FileNotFoundError:
            return true
        except OSError as fault:
            raise OutputRefused(f"“{path.name}”不能核对，没有写入。请检查文件夹和它的权限。") from fault
        if not stat.S_ISREG(found.st_mode):
            raise OutputRefused(f"“{path.name}”不是普通文件，不能作为输出文件。请换一个文件名。")
        if not self.force and not _is_earlier_output(true, content):
            raise OutputRefused(
                f"“{path.name}”已经存在，而且不是本程序以前导出的文件，没有覆盖。"
                "请换一个文件名；确要覆盖的，请加 --force。"
            )
        return true

    def replace(self, *contents: tuple[Path, bytes]) -> None:
        """Let each path hold its content, once all are judged; what stood there is whole until then.

        Raises OutputRefused; OSError where the disk refuses.
        """
        for path, content in [(self.judged(path, content), content) for path, content in contents]:
            replace_file(path, content)

    def create(self, path: Path, content: bytes) -> None:
        """Make a file that is not there yet. Raises OutputExists, OutputRefused, OSError; nothing is left then."""
        with self.create_all([(path, content)]):
            pass

    @contextmanager
    def create_all(self, contents: Sequence[tuple[Path, bytes]]) -> Iterator[tuple[Path, ...]]:
        """Make the files, all or none, and the folder around them; if the block raises, the files are gone again.

        Raises OutputExists, OutputRefused, OSError: no file was left, none was changed.
        """
        with ExitStack() as removal:
            for path, content in contents:
                path.parent.mkdir(exist_ok=True)
                if os.path.lexists(path):
                    raise OutputExists(path)
                self.judged(path)
                try:
                    file = path.open("xb")
                except FileExistsError as fault:
                    raise OutputExists(path) from fault
                removal.callback(path.unlink, missing_ok=True)
                with file:
                    file.write(content)
            yield tuple(path for path, _ in contents)
            removal.pop_all()


def _is_same(path: Path, other: Path) -> bool:
    """Whether two names lead to one file: by the disk's identity, and by spelling for one that is absent just now, as
    every workbook is for a moment while Excel saves it.
    """
    try:
        if path.samefile(other):
            return True
    except OSError:
        pass
    return _spelling(path) == _spelling(other)


def _spelling(path: Path) -> str:
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()


def _is_earlier_output(path: Path, content: bytes | None) -> bool:
    try:
        with path.open("rb") as file:
            if zipfile.is_zipfile(file):
                return _is_marked(path)
            file.seek(0)
            first = file.readline(_LONGEST_LINE)
    except OSError as fault:
        raise OutputRefused(f"“{path.name}”读不了，无法确认能否覆盖，没有写入。请换一个文件名。") from fault
    if first.startswith(_PAGE):
        return True
    return content is not None and first.startswith(b"\xef\xbb\xbf") and content.startswith(first.rstrip(b"\r\n"))


def _is_marked(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.comment == OUTPUT_MARK.encode():
                return True
            with archive.open(_CORE) as core:
                text = core.read(_LARGEST_CORE)
    except (KeyError, ValueError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile, zlib.error):
        return False  # whatever that is, it is none of ours
    return f">{OUTPUT_MARK}<".encode() in text
