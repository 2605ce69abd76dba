"""doctor holds a day's SMS against what a gateway allows: those that will really go out, to the numbers they go to."""

import pytest

from engine.review.simulate import simulate
from engine.service.doctor import _planned, examine
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, write_book


@pytest.mark.parametrize(
    ("switch", "numbers"),
    [("开", {"+8619900010001", "+8619900000001"}), ("试运行", {"+8619900009999"}), ("停", set())],
)
def test_a_days_sms_are_counted_under_the_setting(office: ServedOffice, switch: str, numbers: set[str]) -> None:
    settings = {"短信发送": switch, "试运行号码": "19900009999"}
    write_book(office.book, [matter_row("2026-日-0001", limit="1天")], settings)
    office.clock.at = T0 + DAY + 12 * HOUR
    ledger, now = office.station.book(office.book).read().ledger, office.clock.at
    plan = [*_planned(ledger, simulate(ledger, office.station.policies, now, now + DAY))]
    assert {one.mobile for one in plan} == numbers
    assert len(plan) > 4 or not numbers
    said = {one.subject: one.said for one in examine(office.station)}
    assert said["一天的短信量 local"] == f"{len(plan)}条，未超限"
