"""What a review wants changed in the 机 cells, and which old value it names: edited by hand, they are rewritten."""

from engine.review.ledger_review import review
from engine.sample.words import TimeLimit
from tests.clauses.builders import NothingSent, at, ledger, matter, policies

ROW = 5


def changes(**more: object) -> dict[str, tuple[object, object]]:
    book = ledger(matter(time_limit=TimeLimit.ONE_DAY), **more)
    found = review(book, NothingSent(), policies(), at("2026-03-03 12:00"), at("2026-03-03 12:00"))
    return {change.field: (change.old, change.new) for change in found.changes}


def test_空白的机器列按应显示的填() -> None:
    found = changes()
    assert found["light"] == (None, "红")
    assert found["synced_at"] == (None, at("2026-03-03 12:00"))


def test_手工改成看不懂的词_以格内原文为旧值_改得回来() -> None:
    assert changes(unread={(ROW, "light"): "橙"})["light"] == ("橙", "红")


def test_手工写了看不懂的词而本应为空_也改回空白() -> None:
    assert changes(unread={(ROW, "escalation"): "严重"})["escalation"] == ("严重", None)


def test_没有手工改动的孪生案例_应为空的不动() -> None:
    assert "escalation" not in changes()
