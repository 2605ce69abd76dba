"""`duban run` as a real process, killed with SIGKILL wherever it is, and started again: nothing lost, nothing twice.

What should go out is written down here once more, from the text of 第十三条 and 第十四条, without the engine.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from engine.facts.change import NewRow
from engine.ledger.patching.patch import patch
from sms.gateways.local import LocalGateway
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, report_row, write_book

SPAN = 4 * DAY
MIDNIGHT = time(0, 0)
LADDER = {"1天": (("1天", 1),), "3天": (("1天", 1), ("3天", 3))}
UNIT, OFFICE, SUPERVISORS = "市教育局", "秘书一科", "督查室"
CONTACT, HEAD = "具体责任人", "第一责任人"


class SmsSlot(NamedTuple):
    """One thing that one person must be told."""

    matter: str
    node: str
    slot: str
    unit: str
    role: str
    at: datetime


@dataclass(frozen=True)
class Reported:
    """A report on a node, handed in at ``at``; nothing where ``at`` is None."""

    matter: str
    node: str
    at: datetime


@dataclass(frozen=True)
class KillPlan:
    """Matters (start after T0, limit); stretches of running (calls until the kill, time down after it); when, after the
    first kill, a report on the first matter comes in.
    """

    matters: tuple[tuple[timedelta, str], ...]
    kills: tuple[tuple[int, timedelta], ...]
    report_after: timedelta | None


def of_node(matter: str, node: str, due: datetime) -> Iterator[SmsSlot]:
    """第十三条(一): 5 hours before; 5 hours, 1 day and 2 days after. 第十四条: every 3 hours, then every 2, then up."""
    unit = ((UNIT, CONTACT),)
    both = (*unit, (UNIT, HEAD))
    table = [("-5h", -5, unit), ("+5h", 5, unit), ("+1d", 24, both), ("+2d", 48, both)]
    table += [(f"+{hours}h", hours, unit) for hours in range(3, 25, 3)]
    table += [(f"+{hours}h", hours, both) for hours in range(26, 49, 2)]
    for name, hours, people in table:
        for whom, role in people:
            yield SmsSlot(matter, node, name, whom, role, due + hours * HOUR)
    yield SmsSlot(matter, node, "+48h", OFFICE, CONTACT, due + 48 * HOUR)
    yield SmsSlot(matter, node, "+72h", OFFICE, CONTACT, due + 72 * HOUR)
    yield SmsSlot(matter, node, "+72h", SUPERVISORS, CONTACT, due + 72 * HOUR)


def due_after(start: datetime, days: int) -> datetime:
    """The same clock days later; midnight is a bare date, due at close of office (reading 2)."""
    due = start + days * DAY
    return due if start.time() != MIDNIGHT else due.replace(hour=17, minute=30)


def called_for(plan: KillPlan, report: Reported | None, end: datetime) -> set[SmsSlot]:
    """Every slot of these matters through ``end``; a report ends its node and the earlier ones."""
    slots = set()
    for number, (start, limit) in enumerate(plan.matters, 1):
        matter = f"2026-日-{number:04}"
        for node, days in LADDER[limit]:
            for slot in of_node(matter, node, due_after(T0 + start, days)):
                told = report and report.matter == matter and report.at <= slot.at and node <= report.node
                if slot.at <= end and not told:
                    slots.add(slot)
    return slots


def run(folder: Path, end: datetime, calls: int | None = None) -> int:
    """``duban run`` until ``end``, or until it is killed; its exit code."""
    command = [sys.executable, "-m", "tests.service.driven_run", str(folder / "duban.toml"), str(folder / "clock")]
    done = subprocess.run(
        [*command, end.isoformat(), *([str(calls)] if calls else [])], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def now_in(folder: Path) -> datetime:
    return datetime.fromisoformat((folder / "clock").read_text())


def live_through(folder: Path, plan: KillPlan) -> Reported | None:
    """The whole story: run, be killed, stay down, perhaps receive a report, run again, until the end."""
    office = ServedOffice(folder)
    rows = [matter_row(f"2026-日-{n:04}", T0 + start, limit) for n, (start, limit) in enumerate(plan.matters, 1)]
    write_book(office.book, rows)
    office.adopt(T0 - HOUR)
    office.station.close()
    (folder / "duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    (folder / "clock").write_text((T0 - HOUR).isoformat())
    end, report = T0 + SPAN, None
    for calls, down in plan.kills:
        assert run(folder, end, calls) in (0, -9)
        at = min(now_in(folder) + down, end)
        if plan.report_after is not None and report is None:
            handed_in = min(now_in(folder) + plan.report_after, at)
            if handed_in.time() == MIDNIGHT:  # that would be a bare date, which counts from 17:30 only
                handed_in -= timedelta(minutes=1)
            report = Reported("2026-日-0001", plan.matters[0][1], handed_in)
            row = report_row(report.matter, report.node, report.at)
            assert patch(office.book, [], [NewRow("reports", row)]).appended == 1
        (folder / "clock").write_text(at.isoformat())
    (folder / "clock").write_text(min(now_in(folder), end - HOUR).isoformat())
    assert run(folder, end) == 0
    return report


@dataclass
class KilledOutcome:
    """What lies in the phone and in the outbox. ``sent_at``: the slots that were really sent, with the time."""

    phone: Counter
    sent_at: dict[SmsSlot, datetime]
    missed: set[SmsSlot]


def outcome(folder: Path) -> KilledOutcome:
    phone = LocalGateway(folder / "state" / "phone.sqlite")
    rows = phone._phone.execute("SELECT out_id, at FROM sms").fetchall()
    phone.close()
    arrived = {out_id: datetime.fromisoformat(at) for out_id, at in rows}
    office = ServedOffice(folder)
    chosen = (
        "SELECT matter, duty, slot, unit, role, at, message_id FROM obligations"
        " WHERE matter != '' AND kind IN ('提醒', '催办', '升级')"
    )
    with office.station.outbox.store.read() as connection:
        obligations = connection.execute(text(chosen)).all()
    office.station.close()
    sent, missed = {}, set()
    for *names, at, message in obligations:
        slot = SmsSlot(*names, datetime.fromisoformat(str(at)))
        if message in arrived:
            sent[slot] = arrived[message]
        else:
            missed.add(slot)
    return KilledOutcome(Counter(out_id for out_id, _ in rows), sent, missed)


def check(plan: KillPlan) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name) / "办公厅"
        report = live_through(folder, plan)
        found = outcome(folder)
    wanted = called_for(plan, report, T0 + SPAN)
    story = json.dumps([str(plan), str(report)], ensure_ascii=False)
    assert max(found.phone.values()) == 1, story
    assert found.sent_at.keys() | found.missed == wanted, story
    if not plan.kills:
        assert found.missed == set(), story
    ends = {(one.matter, one.node): one.at + 5 * HOUR for one in wanted if one.slot == "-5h"}
    for slot, at in found.sent_at.items():
        assert at >= slot.at, story
        assert slot.slot != "-5h" or at < ends[slot.matter, slot.node], story
        assert slot.unit != UNIT or at - slot.at <= DAY, story


half_hours = st.integers(0, 80).map(lambda count: count * timedelta(minutes=30))
plans = st.builds(
    KillPlan,
    matters=st.lists(st.tuples(half_hours, st.sampled_from(tuple(LADDER))), min_size=1, max_size=3).map(tuple),
    kills=st.lists(st.tuples(st.integers(1_000, 2_000_000), half_hours), min_size=1, max_size=3).map(tuple),
    report_after=st.one_of(st.none(), half_hours),
)


def test_an_undisturbed_run_sends_what_the_law_demands() -> None:
    check(KillPlan(((timedelta(0), "3天"), (timedelta(hours=4), "1天")), (), None))


def test_killed_anywhere_nothing_is_lost_or_doubled(sample: Callable[[int, int], int]) -> None:
    @settings(max_examples=sample(3, 200), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(plans)
    def lives(plan: KillPlan) -> None:
        check(plan)

    lives()


def test_an_assignment_at_midnight_is_a_date_due_at_close() -> None:
    """Found by the long run: a start at midnight is a bare date."""
    check(KillPlan(((timedelta(days=1, hours=14, minutes=30), "1天"),), (), None))
