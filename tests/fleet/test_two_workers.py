"""Two workers, one ledger: one pass at a time, nothing twice."""

import socket
from collections import Counter
from itertools import pairwise
from pathlib import Path
from secrets import token_hex
from time import monotonic

import pytest

from engine.fleet import serving, work_queue
from tests.fleet.fleet_office import Fleet, Plant, until

_LOG = "passes.txt"


def noting_passes() -> None:
    """Every pass leaves its beginning, its end and its host in a file beside the ledger."""
    really = serving.pass_within

    def noted(path: Path, *given: object) -> object:
        begun = monotonic()
        try:
            return really(path, *given)
        finally:
            with path.with_name(_LOG).open("a") as log:
                log.write(f"{path.name} {begun} {monotonic()} {socket.gethostname()}\n")

    serving.pass_within = noted


def handing_jobs_out_twice() -> None:
    """procrastinate #1050: one job runs twice. Here none is kept from it, and each scan asks for more of them."""
    noting_passes()
    work_queue.name_of = lambda *_: token_hex()


def passes(fleet: Fleet) -> list[tuple[str, float, float, str]]:
    """Those that have ended, ledger by ledger in the order of their beginnings."""
    lines = fleet.folder.joinpath(_LOG).read_text().splitlines()
    return sorted((name, float(begun), float(ended), host) for name, begun, ended, host in map(str.split, lines))


@pytest.mark.parametrize("plant", [noting_passes, handing_jobs_out_twice])
def test_two_workers_pass_over_a_ledger_one_at_a_time_and_send_nothing_twice(fleet: Fleet, plant: Plant) -> None:
    books = [fleet.add_ledger("甲", 3), fleet.add_ledger("乙", 3)]
    fleet.begin()
    workers = [fleet.start("一号", plant), fleet.start("二号", plant)]
    until(lambda: len(fleet.phone()) >= 6 and all(fleet.ledger(book).passed_at for book in books))
    registry, ledgers = fleet.registry, [fleet.ledger(book).ledger for book in books]

    def both_have_passed() -> bool:
        """The ledgers are due again and again until each worker has had a few turns."""
        registry.make_due(ledgers, fleet.clock.now())
        hosts = Counter(host for *_, host in passes(fleet))
        return min(hosts["一号"], hosts["二号"]) >= 5

    until(both_have_passed)
    assert [fleet.stop(one) for one in workers] == [0, 0]
    assert Counter(one.text for one in fleet.phone()).most_common(1)[0][1] == 1
    assert len(fleet.phone()) == 6
    for (name, _, ended, _), (follower, begun, _, _) in pairwise(passes(fleet)):
        assert name != follower or ended <= begun
