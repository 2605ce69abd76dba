"""Whatever legal history a matter has: what must hold for every one of them."""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.facts.duty import DutyKey
from engine.facts.kinds import MessageKind
from engine.facts.ledger import Ledger
from engine.facts.message import Message, ObligationKey
from engine.policy.limits import CLOCK_TOLERANCE
from engine.policy.workdays import Workdays
from engine.review.check import check
from engine.review.ledger_review import review
from engine.review.simulate import simulate
from engine.rules.duties import standing
from engine.rules.duties.paragraphs import duties_of, open_case
from engine.rules.points.account import Account
from engine.sample.words import Regime
from tests.clauses.builders import NUMBER, ledger, policies, policy
from tests.clauses.histories import START, MatterHistory, histories

AFTER = timedelta(days=40)
MINUTE = timedelta(minutes=1)
CLAUSES = {Regime.SHUOZHOU: re.compile(r"SZ[1-3]-\d+(\.\d+)?"), Regime.BAOSHAN: re.compile(r"BS-\d+(\.\d+)?")}


class HistoryJournal:
    """What was sent, rebuilt from the messages of the log."""

    def __init__(self, messages: list[Message]) -> None:
        covers = [(sms.at, cover) for sms in messages for cover in sms.covers]
        self._keys = {cover.key for _, cover in covers}
        self._urgings = sum(cover.kind in (MessageKind.URGING, MessageKind.MONTHLY_URGING) for _, cover in covers)
        self._last = max((at for at, _ in covers), default=None)

    def __contains__(self, key: ObligationKey) -> bool:
        return key in self._keys

    def settled_through(self, duty: DutyKey) -> datetime | None:
        return datetime(1900, 1, 1)

    def is_acknowledged(self, key) -> bool:
        return False

    def urgings(self, matter: str) -> int:
        return self._urgings

    def acknowledged_at(self, matter: str) -> datetime | None:
        return None

    def last_sent_at(self, matter: str) -> datetime | None:
        return self._last


def book(history: MatterHistory) -> Ledger:
    return ledger(history.row, *history.records, regime=history.regime)


def many(test):
    """60 histories in CI; ``--full`` asks Hypothesis for its own number."""
    return test if settings.default.max_examples > 100 else settings(max_examples=60)(test)


@many
@given(histories())
def test_合规的经过_没有对不上的地方(history: MatterHistory) -> None:
    found = check(book(history), policies(), history.now)
    assert [f.problem for f in found if f.is_error] == []


@many
@given(histories(), st.data())
def test_没有一项期限既已办又逾期未办_也没有两项相同(history: MatterHistory, data: st.DataObject) -> None:
    minutes = int((history.now + AFTER - START) / MINUTE)
    moment = START + data.draw(st.integers(0, minutes)) * MINUTE
    records = book(history).records_of(NUMBER)
    owed = duties_of(open_case(history.row, records, policy(history.regime), Workdays(), moment))
    assert all(count == 1 for count in Counter(duty.key for duty in owed).values())
    for duty in owed:
        assert duty.fulfilled_at is None or duty.fulfilled_at <= moment
        assert not (duty.fulfilled_at and duty.is_overdue(moment))
        assert duty.fulfilled_at is None or duty.ended_at is None
    ordinals = [back.ordinal for back in standing.returns(records, policy(history.regime))]
    assert ordinals == list(range(1, len(ordinals) + 1))


@many
@given(histories())
def test_每条短信都有条款_同一时点不发两次_收信人在通讯录里(history: MatterHistory) -> None:
    sent = list(simulate(book(history), policies(), START, history.now + AFTER))
    covers = [cover for sms in sent for cover in sms.covers]
    assert all(CLAUSES[history.regime].fullmatch(cover.clause) for cover in covers)
    assert max(Counter(cover.key for cover in covers).values(), default=1) == 1
    assert all(sms.to.mobile for sms in sent)


@many
@given(histories())
def test_一件事不记两次分(history: MatterHistory) -> None:
    entries = Account(book(history), policies(), history.now + AFTER).entries
    assert max(Counter(entry.key for entry in entries).values(), default=1) == 1
    assert all(entry.clause for entry in entries)


@many
@given(histories())
def test_已结束的事项什么也不发(history: MatterHistory) -> None:
    facts = book(history)
    folded = open_case(history.row, facts.records_of(NUMBER), policy(history.regime), Workdays(), history.now).standing
    if folded.ended_at:
        later = simulate(facts, policies(), folded.ended_at + MINUTE, history.now + timedelta(days=400))
        assert list(later) == []


@many
@given(histories(), st.data())
def test_重放日志_标记相同_以后的记录不影响现在(history: MatterHistory, data: st.DataObject) -> None:
    minutes = int((history.now + AFTER - START) / MINUTE)
    moment = START + data.draw(st.integers(0, minutes)) * MINUTE
    facts = book(history)
    sent = list(simulate(facts, policies(), START, moment + MINUTE))
    whole = review(facts, HistoryJournal(sent), policies(), moment).shown
    shuffled = data.draw(st.permutations(sent)) if len(sent) < 30 else sent[::-1]
    assert review(facts, HistoryJournal(shuffled), policies(), moment).shown == whole
    until = moment + CLOCK_TOLERANCE
    known = standing.known_at(facts.records_of(NUMBER), until, policy(history.regime))
    ended = history.row.withdrawn_at
    row = replace(history.row, withdrawn_at=ended if ended and ended <= until else None)
    then = replace(facts, matters=(row,), records={NUMBER: known})
    assert review(then, HistoryJournal(sent), policies(), moment).shown == whole


def test_历史里什么都出现过() -> None:
    """The generator reaches what it is meant to reach."""
    seen: set[str] = set()

    @settings(max_examples=150, database=None, derandomize=True)
    @given(histories())
    def look(history: MatterHistory) -> None:
        seen.update((history.status().value, history.regime.value))
        seen.update(type(one).__name__ for one in history.records)
        seen.update(str(one.result) for one in history.records if getattr(one, "result", None))

    look()
    assert {"已办结", "已撤销", "持续推进", "待审定", "办理中", "退回", "办结", "同意"} <= seen
    assert {"朔州", "保山"} <= seen
    assert {"Report", "Extension", "Completion", "Supervision"} <= seen
