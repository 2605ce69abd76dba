"""Parsing in another process: it ends at the first workbook that is too much for it, and the next one begins anew."""

import time
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from threading import Lock
from types import TracebackType

from engine.ledger.headings.column import SheetColumns
from engine.ledger.package import faults
from engine.ledger.package.faults import UnreadableWorkbook
from engine.service.logging_setup import LOGGER
from engine.service.parsing.frames import Frame
from engine.service.parsing.worker import Bounds, Worker

A_LIFE = 200
"""Requests, after which another process takes over: what has gathered in the libraries goes with this one."""
MOST_REMEMBERED = 100
_REMAINS = "已停止读取，别的台账不受影响。请核对文件来源，删去多余的内容，或换用最近的备份。"
_KINDS = {
    kind.__name__: kind
    for kind in vars(faults).values()
    if isinstance(kind, type) and issubclass(kind, UnreadableWorkbook)
}


class TooMuchToRead(UnreadableWorkbook):
    """The process that read the workbook died of it, or had to be ended."""


class ParsingProcess:
    """Parses sheets (see ``Parse``) in a process that is started when first needed. Close it when done.

    ``entry`` is the module whose ``main(memory, seconds)`` it runs.
    """

    def __init__(self, bounds: Bounds | None = None, entry: str = "engine.service.parsing.child") -> None:
        self._bounds, self._entry = bounds or Bounds(), entry
        self._worker: Worker | None = None
        self._lock = Lock()
        self._fatal: dict[bytes, tuple[float, str]] = {}

    def __enter__(self) -> "ParsingProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def __call__(self, data: bytes, wanted: Sequence[SheetColumns]) -> Mapping[str, bytes]:
        """The cells of the wanted sheets, packed.

        Raises:
            UnreadableWorkbook: a fault of the file.
            TooMuchToRead: the process died of it, now or not long ago.
            NoParser: there is no process to ask.
        """
        mark = blake2b(data).digest()
        with self._lock:
            until, sentence = self._fatal.get(mark, (0.0, ""))
            if time.monotonic() < until:
                raise TooMuchToRead(sentence)
            try:
                head, blocks = self._answer(data, [sheet.key for sheet in wanted])
            except TooMuchToRead as fault:
                self._remember(mark, fault.sentence)
                raise
        if refused := head.get("refused"):
            raise _KINDS[refused[0]](*refused[1:])
        if internal := head.get("internal"):
            raise RuntimeError(f"in the parsing process: {internal}")
        return dict(zip(head["sheets"], blocks, strict=True))

    def _answer(self, data: bytes, sheets: list[str]) -> Frame:
        """Ask the process; if it has failed and had parsed other workbooks before, it may have been by those."""
        if self._worker and self._worker.asked >= A_LIFE:
            self._end()
        is_new = self._worker is None
        answer, took = self._ask(data, sheets)
        if answer is None and not is_new and took < self._bounds.seconds:
            answer, took = self._ask(data, sheets)
        if answer is not None:
            return answer
        if took >= self._bounds.seconds:
            raise TooMuchToRead(f"这本台账读了 {self._bounds.seconds:.0f} 秒还没有读完，{_REMAINS}")
        most = self._bounds.memory >> 20
        raise TooMuchToRead(f"读这本台账要用的内存太多（上限 {most} MB），或读到中途崩溃，{_REMAINS}")

    def _ask(self, data: bytes, sheets: list[str]) -> tuple[Frame | None, float]:
        """The answer, ``None`` where the process failed and is no more, and the seconds that it took."""
        worker = self._worker = self._worker or Worker(self._entry, self._bounds)
        answer, took = worker.ask({"sheets": sheets}, [data])
        if answer is not None and not answer[0].get("hungry"):
            return answer, took
        self._end()
        LOGGER.warning("读取台账的进程没有读成，返回码 %s", worker.returncode)
        return None, took

    def _end(self) -> None:
        if self._worker:
            self._worker.end()
        self._worker = None

    def _remember(self, mark: bytes, sentence: str) -> None:
        while len(self._fatal) >= MOST_REMEMBERED:
            self._fatal.pop(next(iter(self._fatal)))
        self._fatal[mark] = (time.monotonic() + self._bounds.again, sentence)
