"""最新进展: what the newest report says, in one line of the row; a book without the heading is left alone."""

import pytest

from engine.facts.kinds import ReviewResult
from engine.ledger.headings.columns import LATER_COLUMNS, MATTERS
from engine.review.ledger_review import review
from engine.rules.messages.progress import LONGEST
from tests.clauses.builders import NothingSent, at, ledger, matter, policies, report

NOW = "2026-03-04 12:00"


def shown(*reports: object, **more: object) -> str | None:
    book = ledger(matter(cooperating_units=("市住建局",)), *reports, **more)
    found = review(book, NothingSent(), policies(), at(NOW), at(NOW))
    return next((str(change.new) for change in found.changes if change.field == "latest_progress"), None)


def test_没有报送的为空() -> None:
    assert shown() is None


def test_写最近一次报送的日期和内容_换行并为一行() -> None:
    reports = (
        report("1天", "2026-03-03 09:00", content="已安排"),
        report("3天", "2026-03-04 10:00", content="已\n完成"),
    )
    assert shown(*reports) == "3月4日 已 完成"


def test_将来的报送还不算() -> None:
    reports = (report("1天", "2026-03-03 09:00", content="已安排"), report("3天", "2026-03-05 10:00", content="完成"))
    assert shown(*reports) == "3月3日 已安排"


def test_配合单位的写明单位_没有内容的写明节点_退回的写明退回() -> None:
    assert shown(report("协办意见", "2026-03-03 09:00", unit="市住建局", content="同意")) == "3月3日 市住建局：同意"
    assert shown(report("1天", "2026-03-03 09:00", result=ReviewResult.SENT_BACK)) == "3月3日 已报送（1天）（已退回）"


@pytest.mark.parametrize(("length", "kept"), [(LONGEST - 1, LONGEST - 1), (LONGEST, LONGEST), (LONGEST + 1, LONGEST)])
def test_太长的截短(length: int, kept: int) -> None:
    text = (shown(report("1天", "2026-03-03 09:00", content="长" * length)) or "").removeprefix("3月3日 ")
    assert (len(text), text.endswith("…")) == (kept, length > LONGEST)


def test_旧台账没有这一列_不写它_也不当作改动() -> None:
    headings = {(MATTERS.key, column.field): "A" for column in MATTERS.columns}
    older = {key: letter for key, letter in headings.items() if key[1] not in LATER_COLUMNS[MATTERS.key]}
    told = report("1天", "2026-03-03 09:00", content="已安排")
    assert shown(told, letters=headings) == "3月3日 已安排"
    assert shown(told, letters=older) is None
