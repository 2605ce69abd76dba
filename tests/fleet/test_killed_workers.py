"""A worker that is killed with SIGKILL anywhere: another one goes on, and nothing is lost or doubled."""

import os
import signal

import pytest

from engine.service import one_pass
from engine.service.desk import SendingDesk
from sms.gateways.local import LocalGateway
from tests.fleet.fleet_office import Fleet, Plant, until

WITHIN = 30
"""Seconds for takeover at the pace of these tests: a dead worker is noticed after 1.5 seconds instead of 30."""


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def between_claim_and_sending() -> None:
    SendingDesk.admit = _die


def after_the_submission_before_the_request() -> None:
    LocalGateway.send = _die


def after_the_request_before_its_answer() -> None:
    really = LocalGateway.send

    def send(self: LocalGateway, message: object) -> None:
        really(self, message)
        _die()

    LocalGateway.send = send


def before_the_workbook_is_written() -> None:
    one_pass.written = _die


@pytest.mark.parametrize(
    "plant",
    [
        between_claim_and_sending,
        after_the_submission_before_the_request,
        after_the_request_before_its_answer,
        before_the_workbook_is_written,
    ],
)
def test_a_worker_is_killed_and_another_goes_on(hasty_fleet: Fleet, plant: Plant) -> None:
    fleet = hasty_fleet
    book = fleet.add_ledger("甲", 2)
    fleet.begin()
    killed = fleet.start("一号", plant)
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    fleet.start("二号")
    until(lambda: len(fleet.phone()) >= 2 and fleet.ledger(book).host == "二号", WITHIN)
    until(lambda: {one.state for one in fleet.messages(book)} <= {"accepted", "delivered"})
    assert len(fleet.phone()) == len({one.text for one in fleet.phone()}) == 2
