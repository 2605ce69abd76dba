"""After an upgrade the journal holds rows with other cells: they count as never seen, and nothing falls over."""

from pathlib import Path

import pytest

from engine.facts.matter import Flags, Stamps
from engine.facts.service import Seen
from engine.service.config import Config
from engine.service.host import Station


@pytest.mark.parametrize(
    ("stamps", "shown", "is_seen"),
    [("", "", True), ("\x1fNone", "", False), ("", "\x1fNone", False), ("\x1fNone", "\x1fNone", False)],
)
def test_a_row_of_another_length_counts_as_unseen(tmp_path: Path, stamps: str, shown: str, is_seen: bool) -> None:
    now = Seen.of("身份", Stamps(), Flags())
    station = Station.open(Config(state=tmp_path))
    try:
        row = Seen("身份", now.stamps_text + stamps, now.shown_text + shown)
        station.journal.remember("台账", {"2026-日-0001": row})
        assert station.journal.seen("台账") == ({"2026-日-0001": row} if is_seen else {})
    finally:
        station.close()
