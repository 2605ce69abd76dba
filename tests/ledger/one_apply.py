"""One write into a workbook as a process of its own, for the test that kills it: ``python -m … BOOK MODE``."""

import sys
from datetime import datetime
from pathlib import Path

from engine.facts.change import Change, NewRow
from engine.facts.finding import Place
from engine.ledger.file.file_options import Collaborators, FileOptions
from engine.ledger.file.port import ApplyReport
from engine.ledger.file.workbook_file import WorkbookFile
from engine.ledger.patching.codec import Codec
from tests.ledger.neighbours import WatchedDisk

NOW = datetime(2026, 3, 3, 9, 0)
NUMBER = "2026-日-0001"


def write(book: Path, mode: str) -> ApplyReport:
    """The light of one matter, and one row of 短信记录."""
    options = FileOptions(codec=Codec(threads=1), backup_count=5)
    collaborators = Collaborators(disk=WatchedDisk(mode), sleep=lambda seconds: None)
    file = WorkbookFile(book, lambda: NOW, options, collaborators)
    change = Change(Place("matters", 2, "light"), NUMBER, "light", "绿", "红")
    row = NewRow("message_log", {"number": "S000001", "at": NOW, "matter": NUMBER}, "number")
    return file.apply([change], [row])


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2])
