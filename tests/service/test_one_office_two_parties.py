"""督查室 takes matters in itself: one office is then two parties of a slot, and one key must not be recorded twice."""

import pytest

from tests.service.office import DAY, T0, ServedOffice, matter_row, write_book

DUE = T0 + DAY


@pytest.mark.parametrize(
    "passes", [(DUE + 3 * DAY,), (DUE, DUE + 3 * DAY), (DUE + 5 * DAY,)], ids=["首轮就发", "到点发", "过时补发"]
)
def test_the_supervision_office_as_initiator_is_told_once_at_72_hours(office: ServedOffice, passes: tuple) -> None:
    ours = matter_row("2026-日-0001", limit="1天", initiating_office="督查室")
    write_book(office.book, [ours, matter_row("2026-日-0002", limit="1天")])
    office.adopt()
    results = [office.pass_at(at) for at in passes]
    told = [one for result in results for one in result.messages if one.message.kind == "升级"]
    covers = [(one.message.to.unit, cover.key.matter) for one in told for cover in one.message.covers]
    assert sorted(covers) == [("督查室", "2026-日-0001"), ("督查室", "2026-日-0002"), ("秘书一科", "2026-日-0002")]
    assert {one.state for one in told} == {"已提交"}


def test_a_lead_unit_that_initiates_is_recorded_once_a_slot(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001", limit="1天", lead_unit="秘书一科")])
    office.adopt()
    for at in (DUE + 2 * DAY, DUE + 3 * DAY):
        office.pass_at(at)
    assert office.phone()
