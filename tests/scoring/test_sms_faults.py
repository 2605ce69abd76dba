"""A late report whose SMS provably did not arrive is marked; a person decides what follows."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from engine.facts.points import PointKind
from engine.service.sms_faults import sms_faults
from sms.outbox import Outbox
from sms.store.model import Cover, DutyRef, Key, Outgoing, State
from sms.store.tables import MESSAGES
from tests.clauses.builders import LEAD, NUMBER, at, matter
from tests.clauses.points import entries

DUE, SLOT = at("2026-03-03 09:30"), at("2026-03-03 12:30")


def claimed(folder: Path, state: State, node: str = "1天", unit: str = LEAD) -> Outbox:
    """An outbox that holds one urging of a node, in this state."""
    outbox = Outbox(folder / "duban.sqlite")
    duty = ("台账", NUMBER, node, "", 1, DUE)
    cover = Cover(Key(*duty, "+3h", unit, "具体责任人"), DutyRef(*duty, LEAD), "催办", "SZ1-14", SLOT, True)
    message = Outgoing(
        SLOT, "催办", unit, "具体责任人", "李某", "+8613800000000", "催办。编号K7Q2M9", "K7Q2M9", (cover,), {}, None
    )
    outbox.claim("台账", [message], [], {}, SLOT)
    with outbox.store.write() as connection:
        connection.execute(update(MESSAGES).values(state=state, changed_at=datetime(2026, 3, 4)))
    return outbox


@pytest.mark.parametrize(
    ("state", "node", "unit", "marked"),
    [
        (State.FAILED, "1天", LEAD, {"1天"}),
        (State.UNDELIVERED, "1天", LEAD, {"1天"}),
        (State.UNDELIVERED, "3天", LEAD, {"3天"}),
        (State.DELIVERED, "1天", LEAD, set()),
        (State.ACCEPTED, "1天", LEAD, set()),
        (State.FAILED, "7天", LEAD, set()),
        (State.FAILED, "1天", "秘书一科", set()),
    ],
)
def test_only_what_provably_failed_is_marked(
    tmp_path: Path, state: State, node: str, unit: str, marked: set[str]
) -> None:
    outbox = claimed(tmp_path, state, node, unit)
    late = entries(matter())
    found = sms_faults(late, outbox, "台账")
    outbox.close()
    assert {entry.cause.split()[0] for entry in found} == marked
    assert all(entry.kind is PointKind.LATE_REPORT and entry.points == -0.5 for entry in found)
