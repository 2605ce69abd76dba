"""What ``doctor`` says of a fleet: each worker, and the ledgers that need somebody. Read from the store alone."""

from collections.abc import Iterator
from datetime import datetime

from engine.fleet.pace import Pace
from engine.fleet.registry import FleetRegistry
from engine.fleet.status import fleet_status
from engine.service.host import Station
from sms.doctor import Check


def fleet_checks(station: Station, now: datetime, pace: Pace) -> Iterator[Check]:
    """One line a worker; one for the ledgers that are in order, and one for each that is not. Raises SmsError."""
    status = fleet_status(station, FleetRegistry(station.outbox.store), now, pace)
    if status.problem:
        yield Check("机群", False, status.problem, stops=True)
    for host in status.working:
        fault = status.fault_of(host)
        yield Check(f"主机 {host.host}", not fault, fault or f"在值，程序 {host.version}")
    unwell = [one for one in status.ledgers if one.problem]
    for one in unwell:
        yield Check(f"机群台账 {one.name}", False, one.problem)
    if len(unwell) < len(status.ledgers):
        yield Check("机群台账", True, f"{len(status.ledgers) - len(unwell)} 本正常")
