"""Workers, PostgreSQL and the carrier die at random for simulated days: 0 lost, 0 doubled, and everything that was owed
is sent within its lateness rule, or stands as 错过未发 with a reason that is true.

``--full`` plays an hour (10 days of office time); DUBAN_CHAOS_MINUTES for more or less, DUBAN_CHAOS_SEED for another
game. The seed draws the troubles and ledgers; when a process meets them is the machine's.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from engine.service.adoption import adopt
from sms.settlement import Settlement
from sms.store.model import State, StoredMessage
from tests.fleet.account import Account, Span, account, doubled
from tests.fleet.carrier import GRACE, READ_TIMEOUT, Carrier
from tests.fleet.chaos import Chaos
from tests.fleet.fleet_office import SLOT, Fleet, Plant, running_fleet
from tests.postgresql import QUICK, running_server
from tests.service.office import HOUR, matter_row, write_book

OPEN = (State.PENDING, State.SUBMITTING, State.UNKNOWN)
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Game:
    """How long it lasts in seconds, how fast office time runs, and who takes part."""

    seconds: float
    rate: float
    ledgers: int
    hosts: tuple[str, ...]
    matters_a_day: float
    seed: int

    @property
    def span(self) -> timedelta:
        """Of office time."""
        return timedelta(seconds=self.seconds * self.rate)


def resend_at_once(self: Settlement, message: StoredMessage, *_: object) -> None:
    """What a naive worker does with a request to which it has no answer."""
    self.to(message, State.PENDING, next_at=None, explanation="重新发送")


def naive_worker() -> None:
    Settlement.interrupted = Settlement._open = resend_at_once


@contextmanager
def chaos(folder: Path, game: Game, plant: Plant | None = None) -> Iterator[Chaos]:
    """A fleet with its ledgers, ready to be played with."""
    random = Random(game.seed)
    with (
        # By default a client that has connected and says nothing, as one that is frozen, delays a restart by a minute.
        running_server((*QUICK, "authentication_timeout=2s")) as server,
        running_fleet(folder, server, before=timedelta(), rate=game.rate) as fleet,
    ):
        carrier = Carrier(fleet.clock, random)
        carrier.start()
        fleet.gateway = carrier.table(GRACE * game.rate)
        for number in range(game.ledgers):
            _add_ledger(fleet, f"台账{number + 1}", game, random)
        yield Chaos(fleet, carrier, game.hosts, random, plant)
        fleet.end()
        carrier.stop()


def _add_ledger(fleet: Fleet, name: str, game: Game, random: Random) -> None:
    """Matters that began up to a day ago, or will begin: their slots are spread over the whole span. What was to be
    reported before the ledger came into service would be nobody's.
    """
    first, last = SLOT - timedelta(days=1), SLOT + game.span - 19 * HOUR
    count = round((last - first) / timedelta(days=1) * game.matters_a_day)
    starts = [first + HALF_HOUR * random.randrange(int((last - first) / HALF_HOUR)) for _ in range(count)]
    rows = [
        matter_row(
            f"2026-日-{number:04}",
            start + timedelta(minutes=7),  # never midnight, which is a bare date
            random.choice(("1天", "3天")),
            lead_unit=random.choice(("市教育局", "市住建局")),
        )
        for number, start in enumerate(sorted(starts), 1)
    ]
    book = write_book(
        fleet.folder / f"{name}.xlsx", rows, {"台账标识": f"11111111-2222-4333-8444-{len(fleet.books):012}"}
    )
    fleet.books.append(book)
    adopt(book, fleet.station, SLOT)


def play(folder: Path, game: Game) -> tuple[Account, Chaos, list[int | None]]:
    """The whole game, until everything has come to rest."""
    with chaos(folder, game) as played:
        fleet, end = played.fleet, SLOT + game.span
        before = {book: book.read_bytes() for book in fleet.books}
        fleet.begin()
        played.start()
        played.play(end)
        codes = played.calm(lambda: _is_at_rest(fleet, end))
        span = Span(SLOT, end, timedelta(seconds=2 * READ_TIMEOUT * game.rate))
        return account(fleet, before, [*played.carrier.phone.taken], span), played, codes


def _is_at_rest(fleet: Fleet, end: datetime) -> bool:
    """Whether a pass has been made over every ledger since, whole, and nothing from before is still open."""
    served = fleet.station.journal.all_served()
    if any(fleet.ledger(book).problem for book in fleet.books):
        return False
    return all(one.last_pass_at and one.last_pass_at >= end for one in served) and not any(
        message.state in OPEN and any(cover.at < end for cover in message.covers)  # claimed later, perhaps
        for one in served
        for message in fleet.station.outbox.messages(one.ledger)
    )


def test_nothing_is_lost_or_doubled_in_chaos(tmp_path: Path, sample: Callable[[int, int], int]) -> None:
    minutes = float(os.environ.get("DUBAN_CHAOS_MINUTES", "60"))
    game = sample(
        Game(20, 900, 2, ("一号", "二号"), 8, 7),
        Game(60 * minutes, 240, 3, ("一号", "二号", "三号"), 3, int(os.environ.get("DUBAN_CHAOS_SEED", "7"))),
    )
    found, played, codes = play(tmp_path, game)
    print(f"{game}: {found}; {dict(played.counts)}; ended by themselves: {dict(played.exits)}")
    assert (found.lost, found.doubled, found.faults) == ([], [], [])
    assert set(codes) <= {0, -signal.SIGTERM}  # one that had only just started minds no signal yet
    assert found.arrived
    assert played.counts.total() > 1


@pytest.mark.full  # the guard of the game itself
def test_a_worker_that_resends_what_it_does_not_know_about_is_caught(tmp_path: Path) -> None:
    game = Game(60, 900, 2, ("一号", "二号"), 12, 7)
    with chaos(tmp_path, game, naive_worker) as played:
        played.troubles = ("kill", "break_lines", "break_lines", "break_lines")
        played.fleet.begin()
        played.start()
        played.play(SLOT + game.span, lambda: bool(doubled(played.carrier.phone.taken)))
        assert doubled(played.carrier.phone.taken)
