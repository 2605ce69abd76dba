"""One service, two ledgers, two regimes: each is judged by its own law."""

import shutil
from datetime import timedelta
from pathlib import Path

from engine.facts.kinds import MessageKind
from engine.guards.permission import Options
from engine.sample import DEMO_NOW
from engine.service.adoption import adopt
from engine.service.config import Config
from engine.service.host import Station
from engine.service.one_pass import run_pass

WORKBOOKS = Path(__file__).resolve().parents[2] / "workbook"
SAMPLES = {"SZ": "示例台账.xlsx", "BS": "示例台账-保山.xlsx"}


def test_both_regimes_in_one_service(tmp_path: Path) -> None:
    books = {law: Path(shutil.copy(WORKBOOKS / name, tmp_path)) for law, name in SAMPLES.items()}
    station = Station.open(Config(state=tmp_path / "state", ledgers=tuple(books.values())))
    try:
        clauses: dict[str, set[str]] = {law: set() for law in books}
        for book in books.values():
            adopt(book, station, DEMO_NOW)
        for hours in (11, 13):  # 07:00 and 09:00 of the next morning
            for law, book in books.items():
                done = run_pass(book, station, DEMO_NOW + timedelta(hours=hours), Options(explicit_time=True))
                messages = [one.message for one in done.messages if one.message.kind is not MessageKind.MORNING]
                clauses[law] |= {cover.clause.partition("-")[0] for message in messages for cover in message.covers}
    finally:
        station.close()
    assert {name[:2] for name in clauses["SZ"]} == {"SZ"}
    assert clauses["BS"] == {"BS"}
