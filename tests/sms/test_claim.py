"""Claiming: one transaction, keys once and for ever, watermarks forward only."""

from dataclasses import replace
from datetime import timedelta
from multiprocessing.pool import ThreadPool

import pytest
from sqlalchemy.exc import IntegrityError

from sms.outbox import Outbox
from sms.store.model import Key, MissedCover, State
from sms.store.tables import SETTLEMENTS
from tests.postgresql import Stores
from tests.sms.conftest import LEDGER, START, Clock, Line, always, cover, outgoing


def test_the_same_obligation_makes_no_second_sms(outbox: Outbox) -> None:
    first = outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    again = outbox.claim(LEDGER, [outgoing(1)], [], {}, START + timedelta(hours=1))
    assert len(first) == 1
    assert again == []


@pytest.mark.parametrize("changed", [{"mobile": "+8613900139000"}, {"name": "李某"}, {"kind": "汇总"}])
def test_another_number_name_or_merge_sends_nothing_again(outbox: Outbox, changed: dict[str, str]) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    assert outbox.claim(LEDGER, [replace(outgoing(1), **changed)], [], {}, START) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("matter", "2026-日-0002"),
        ("duty", "3天"),
        ("period", "2026-03"),
        ("ordinal", 2),
        ("due", START),
        ("slot", "+6h"),
        ("unit", "市住建局"),
        ("role", "第一责任人"),
    ],
)
def test_every_part_of_the_key_makes_another_obligation(outbox: Outbox, field: str, value: object) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    known = cover(1)
    other = replace(known, key=known.key._replace(**{field: value}))
    assert len(outbox.claim(LEDGER, [replace(outgoing(1), covers=(other,))], [], {}, START)) == 1


def test_known_obligations_of_a_merged_sms_are_left_out(outbox: Outbox) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    ids = outbox.claim(LEDGER, [outgoing(9, matters=(1, 2, 3))], [], {}, START)
    message = outbox.message(ids[0])
    assert message is not None
    assert {one.key.matter for one in message.covers} == {"2026-日-0002", "2026-日-0003"}


def test_doubled_obligations_of_one_claim_count_once(outbox: Outbox) -> None:
    assert len(outbox.claim(LEDGER, [outgoing(1), outgoing(1)], [], {}, START)) == 1


def test_missed_obligations_are_never_sent(outbox: Outbox) -> None:
    outbox.claim(LEDGER, [], [MissedCover(cover(1), "停机期间错过")], {}, START)
    assert outbox.claim(LEDGER, [outgoing(1)], [], {}, START) == []
    assert tuple(cover(1).key[1:]) in outbox.history(LEDGER)


def test_settlements_only_move_forward(outbox: Outbox) -> None:
    duty = cover(1).duty
    for through in (START, START - timedelta(hours=1), START + timedelta(hours=2)):
        outbox.claim(LEDGER, [], [], {duty: through}, START)
        expected = max(START, through)
        assert outbox.history(LEDGER).settled_through(tuple(duty[1:])) == expected


def test_a_claim_is_whole_or_not_at_all(outbox: Outbox) -> None:
    duty = cover(1).duty
    broken = replace(cover(2), at=None)
    with pytest.raises(IntegrityError):
        outbox.claim(LEDGER, [outgoing(1), replace(outgoing(2), covers=(broken,))], [], {duty: START}, START)
    history = outbox.history(LEDGER)
    assert tuple(cover(1).key[1:]) not in history
    assert history.settled_through(tuple(duty[1:])) is None
    assert list(outbox.messages(LEDGER)) == []


def test_a_text_without_its_token_is_refused(outbox: Outbox) -> None:
    with pytest.raises(ValueError, match="没有它的编号"):
        outbox.claim(LEDGER, [replace(outgoing(1), text="请报送")], [], {}, START)


def test_keys_of_another_ledger_are_refused(outbox: Outbox) -> None:
    with pytest.raises(ValueError, match="另一本台账"):
        outbox.claim("台账乙", [outgoing(1)], [], {}, START)


def test_two_ledgers_do_not_touch(outbox: Outbox, clock: Clock, local: Line) -> None:
    outbox.claim(LEDGER, [outgoing(1)], [], {}, START)
    outbox.claim("台账乙", [outgoing(1, ledger="台账乙")], [], {}, START)
    outbox.send(LEDGER, clock, [local.gateway], always)
    assert [one.state for one in outbox.messages(LEDGER)] == [State.ACCEPTED]
    assert [one.state for one in outbox.messages("台账乙")] == [State.PENDING]
    assert outbox.history("台账乙").urgings("2026-日-0001") == 0


def test_of_two_processes_claiming_the_same_one_succeeds(stores: Stores) -> None:
    boxes = [Outbox(stores("duban")) for _ in range(4)]
    messages = [outgoing(n) for n in range(50)]
    with ThreadPool(4) as pool:
        made = pool.map(lambda box: box.claim(LEDGER, messages, [], {}, START), boxes)
    for box in boxes:
        box.close()
    assert sorted(map(len, made)) == [0, 0, 0, 50]


def test_the_number_follows_from_the_key_and_is_short(outbox: Outbox) -> None:
    numbers = {outbox.claim(LEDGER, [outgoing(n)], [], {}, START)[0] for n in range(200)}
    assert len(numbers) == 200
    assert all(number[0] == "S" and len(number) == 13 for number in numbers)


def test_settlements_and_keys_survive_a_restart(stores: Stores) -> None:
    for _ in range(2):
        box = Outbox(stores("duban"))
        box.claim(LEDGER, [outgoing(1)], [], {cover(1).duty: START}, START)
        with box.store.read() as connection:
            assert len(connection.execute(SETTLEMENTS.select()).all()) == 1
        box.close()


def test_the_key_is_the_engines_with_the_ledger_in_front() -> None:
    key = cover(1).key
    assert Key(LEDGER, *key[1:]) == key


def test_a_pass_with_nothing_to_record_begins_no_transaction(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(store: object) -> None:
        raise AssertionError

    monkeypatch.setattr(type(outbox.store), "write", refuse)
    assert outbox.claim(LEDGER, [], [], {}, START) == []
    outbox.confirm_log([])
