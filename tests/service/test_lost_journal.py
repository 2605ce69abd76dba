"""重新接管时发送日志已不在：不重发，也说出哪些不再发。"""

from datetime import timedelta

from tests.service.office import HOUR, T0, ServedOffice, matter_row, write_book

MINUTE = timedelta(minutes=1)


def test_发送日志丢失_重新接管时说出不再发的(office: ServedOffice) -> None:
    write_book(office.book, [matter_row(f"2026-日-{number:04}") for number in range(1, 4)])
    assert office.adopt().unsent == ()
    office.lose_journal()
    later = T0 + 19 * HOUR + MINUTE
    done = office.adopt(later)
    assert [one.covers[0].key.slot for one in done.unsent] == ["-5h"] * 3
    office.pass_at(later)
    assert office.phone() == []
    assert office.adopt(later, start=T0).unsent == ()
    office.pass_at(later)
    assert len(office.phone()) == 3


def test_发过的不算不再发的(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001"), matter_row("2026-日-0002", lead_unit="市住建局")])
    office.adopt()
    office.pass_at(T0 + 19 * HOUR)
    office.lose_journal()
    assert office.adopt(T0 + 19 * HOUR + MINUTE).unsent == ()


def test_此刻才到点的_照发_不列(office: ServedOffice) -> None:
    write_book(office.book, [matter_row("2026-日-0001")])
    office.adopt()
    office.lose_journal()
    assert office.adopt(T0 + 19 * HOUR).unsent == ()
    office.pass_at(T0 + 19 * HOUR)
    assert len(office.phone()) == 1
