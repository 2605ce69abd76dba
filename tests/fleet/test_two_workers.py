"""Two workers, one ledger: one pass at a time, nothing twice."""

from collections import Counter
from pathlib import Path
from time import monotonic

from engine.fleet import serving
from tests.fleet.fleet_office import Fleet, until

_LOG = "passes.txt"


def noting_passes() -> None:
    """Every pass leaves its beginning and its end in a file beside the ledger."""
    really = serving.pass_within

    def noted(path: Path, *given: object) -> object:
        begun = monotonic()
        try:
            return really(path, *given)
        finally:
            with path.with_name(_LOG).open("a") as log:
                log.write(f"{path.name} {begun} {monotonic()}\n")

    serving.pass_within = noted


def test_two_workers_serve_two_ledgers_one_pass_at_a_time_and_send_nothing_twice(fleet: Fleet) -> None:
    books = [fleet.add_ledger("甲", 3), fleet.add_ledger("乙", 3)]
    fleet.begin()
    workers = [fleet.start("一号", noting_passes), fleet.start("二号", noting_passes)]
    until(lambda: len(fleet.phone()) >= 6 and all(fleet.ledger(book).passed_at for book in books))
    assert [fleet.stop(one) for one in workers] == [0, 0]
    assert Counter(one.text for one in fleet.phone()).most_common(1)[0][1] == 1
    assert len(fleet.phone()) == 6
    spans = sorted(line.split() for line in fleet.folder.joinpath(_LOG).read_text().splitlines())
    for (name, _, ended), (follower, begun, _) in zip(spans, spans[1:], strict=False):
        assert name != follower or float(ended) <= float(begun)
