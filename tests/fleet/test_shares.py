"""Shares: their queues, hosts that do not reach one, and one that hangs."""

from dataclasses import replace
from pathlib import Path
from threading import Event

from engine.fleet import serving, signatures, worker
from engine.fleet.shares import Share, queue_of, reaches, shares_of
from engine.fleet.worker import BROKEN
from tests.fleet.fleet_office import QUICK, Fleet, unseen, until


def test_a_ledger_belongs_to_the_innermost_named_folder_or_else_to_its_own() -> None:
    named = {"市直": Path("/srv"), "县区": Path("/srv/county")}
    ledgers = [Path("/srv/a.xlsx"), Path("/srv/county/b.xlsx"), Path("/home/c.xlsx"), Path("/home/d.xlsx")]
    found = {share.name: share.ledgers for share in shares_of([*ledgers, ledgers[0]], named)}
    assert found == {"市直": ledgers[:1], "县区": ledgers[1:2], "/home": ledgers[2:]}


def test_the_name_of_a_queue_fits_into_a_channel() -> None:
    assert len(f"procrastinate_queue_v1#{queue_of('很长的名称' * 40)}".encode()) <= 63


def test_hosts_with_the_same_ledgers_on_a_share_share_its_scans() -> None:
    ledgers = [Path("/srv/a.xlsx"), Path("/srv/b.xlsx")]
    one, same, other = (shares_of(listed, {})[0] for listed in (ledgers, ledgers[::-1], ledgers[:1]))
    assert one.queue == same.queue == other.queue
    assert one.scan_queue == same.scan_queue != other.scan_queue


def test_a_share_is_reached_when_one_of_its_ledgers_is_there(tmp_path: Path) -> None:
    share = Share("甲", tmp_path, [tmp_path / "a.xlsx", tmp_path / "b.xlsx"])
    assert not reaches(share)  # a share that is not mounted is an empty folder
    (tmp_path / "b.xlsx").touch()
    assert reaches(share)
    assert not reaches(replace(share, folder=tmp_path / "gone"))


def test_a_ledger_that_may_not_be_seen_puts_no_share_out_of_reach(tmp_path: Path) -> None:
    seen = tmp_path / "a.xlsx"
    seen.touch()
    assert not reaches(Share("甲", tmp_path, [unseen(tmp_path)]))
    assert reaches(Share("甲", tmp_path, [unseen(tmp_path), seen]))


def _for_ever(*_: object) -> None:
    Event().wait()


def every_file_of_the_second_share_hangs() -> None:
    """As ``stat`` does on a network share whose server is gone."""
    stat, probe = signatures.signature_of, worker.reaches
    signatures.signature_of = lambda names: _for_ever() if "二" in str(names[0]) else stat(names)
    worker.reaches = lambda share: _for_ever() if "二" in share.name else probe(share)


def passes_over_the_second_share_hang() -> None:
    """The share answers to ``stat``, and hangs when a file is read."""
    really = serving.pass_within
    serving.pass_within = lambda path, *given: _for_ever() if "二" in str(path) else really(path, *given)


def the_second_share_is_not_mounted() -> None:
    worker.reaches = lambda share: "二" not in share.name


def test_a_share_that_hangs_keeps_no_other_ledger_waiting(fleet: Fleet) -> None:
    first, second = fleet.add_ledger("甲", share="一"), fleet.add_ledger("乙", share="二")
    fleet.begin()
    process = fleet.start("一号", every_file_of_the_second_share_hangs)
    until(lambda: len(fleet.phone()) == 1)
    until(lambda: (host := fleet.host("一号")) and "够不着" in host.problem)
    until(lambda: fleet.ledger(first).passed_at)
    assert not fleet.ledger(second).passed_at
    assert fleet.stop(process) == 0


def test_a_pass_that_hangs_costs_its_process_after_the_other_ledgers_are_served(fleet: Fleet) -> None:
    first, second = fleet.add_ledger("甲", share="一"), fleet.add_ledger("乙", share="二")
    fleet.begin()
    process = fleet.start("一号", passes_over_the_second_share_hang, replace(QUICK, hung=4, farewell=1, patience=1))
    until(lambda: len(fleet.phone()) == 1)
    process.join(60)
    assert process.exitcode == BROKEN
    assert fleet.ledger(first).passed_at
    host = fleet.host("一号")
    assert host
    assert "乙.xlsx 超过" in host.problem
    with fleet.station.only_one(second):
        pass  # the end of the process has let go of it
    fleet.start("二号")
    until(lambda: len(fleet.phone()) == 2)


def test_a_host_that_does_not_reach_a_share_leaves_its_work_to_another(fleet: Fleet) -> None:
    first, second = fleet.add_ledger("甲", share="一"), fleet.add_ledger("乙", share="二")
    fleet.begin()
    fleet.start("一号", the_second_share_is_not_mounted)
    until(lambda: fleet.ledger(first).passed_at)
    until(lambda: len(fleet.phone()) == 1)
    assert not fleet.ledger(second).passed_at
    fleet.start("二号")
    until(lambda: len(fleet.phone()) == 2)
    until(lambda: fleet.ledger(second).host == "二号")
