"""A ledger that is held for a person says so in the same words until he lets it go."""

import pytest

from engine.guards import breaker
from tests.service.office import DAY, HOUR, T0, ServedOffice, matter_row, write_book


def test_a_hold_that_stands_keeps_its_words(office: ServedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that grew by every pass would fill the log and call for a writing each time."""
    write_book(office.book, [matter_row("2026-日-0001", T0), matter_row("2026-日-0002", T0, lead_unit="市住建局")])
    office.adopt()
    office.pass_at(T0)
    monkeypatch.setattr(breaker, "MESSAGES_PER_PASS", 1)
    burst = office.pass_at(T0 + 19 * HOUR).obstacle
    assert "超过一轮 1 条的上限" in str(burst)
    monkeypatch.undo()
    assert {office.pass_at(T0 + turn * HOUR).obstacle for turn in (20, 21, 22)} == {burst}
    office.pass_at(T0 + 22 * HOUR, released=True)
    leapt = {office.pass_at(T0 + 9 * DAY + turn * HOUR, explicit_time=False).obstacle for turn in range(3)}
    assert len(leapt) == 1
    assert str(*leapt).endswith("中间没有运行。已暂停发送，核实后请运行 duban release 放行。")
