"""统计: 季度评分, by the same engine as ``duban score``. Looking changes nothing; publishing fixes the scores."""

from collections.abc import Iterator, Sequence

from addin.dialogs import forms
from addin.excel import AddinError
from addin.session import Session
from engine.facts.points import Quarter
from engine.ledger.columns import POINT_ENTRIES, QUARTER_SCORES
from engine.published_sheets import clue_rows, quarter_rows
from engine.publishing import Past, published_quarters
from engine.rules.accountability import clues
from engine.scorebook import Scorebook, scorebook
from engine.scoring import UnitScore, quarter_scores

_HEADINGS = ("名次", "单位", "得分", "加减分", "日期", "事由", "条款", "依据")


def score_quarter(session: Session) -> None:
    """季度评分: every unit's score with its entries; published, if asked for, into 积分明细 and 季度积分."""
    past = _past(session)
    values = session.desk.ask(forms.score_form(past, session.now))
    if values is None:
        return
    quarter = Quarter.parse(str(values["quarter"]))
    book = scorebook(session.ledger, session.policies, session.now, past)
    scores = quarter_scores(book.entries, book.account.units, book.account.policy, quarter)
    if values["purpose"] == forms.PUBLISH:
        _publish(session, book, quarter, scores, str(values["scorer"]))
    else:
        _show(session, book, quarter, scores)


def _past(session: Session) -> Past:
    """The published quarters. Raises AddinError where one of their sheets is gone: they must not be forgotten."""
    for columns in (POINT_ENTRIES, QUARTER_SCORES):
        if not session.live.holds(columns):
            raise AddinError(
                f"没有工作表「{columns.name}」。请从备份恢复；从未有过的，从台账模板复制过来，再点“季度评分”。"
            )
    return published_quarters(session.live.rows(POINT_ENTRIES), session.live.rows(QUARTER_SCORES))


def _publish(session: Session, book: Scorebook, quarter: Quarter, scores: Sequence[UnitScore], scorer: str) -> None:
    found = [clue for clue in clues(book.account) if clue.at.date() <= quarter.last]
    rows = [*quarter_rows(book, quarter, scores, scorer, session.now), *clue_rows(found)]
    session.write("季度评分", [], rows, [])
    told = f"已通报{quarter}：{len(scores)}个单位，{len(book.of(quarter))}笔加减分，得分固定，台账已保存。"
    session.tell(f"{told}{_left_out(book)}")


def _show(session: Session, book: Scorebook, quarter: Quarter, scores: Sequence[UnitScore]) -> None:
    done = book.past.get(quarter)
    state = f"已通报，评分人 {done.scorer}" if done else "试算，未通报，台账没有改动"
    intro = f"{quarter} 积分（{state}）。{_left_out(book)}"
    session.desk.show_table("季度评分", intro, _HEADINGS, list(_lines(book, quarter, scores)))


def _lines(book: Scorebook, quarter: Quarter, scores: Sequence[UnitScore]) -> Iterator[tuple[str, ...]]:
    """A line for each unit, and below it one for each of its entries."""
    entries = book.of(quarter)
    for one in scores:
        yield str(one.rank), one.unit, f"{one.score:g}", f"{one.total:+g}", "", "", "", f"共{one.entries}笔"
        for entry in entries:
            if entry.unit == one.unit:
                points = f"{entry.points:+g}"
                yield "", "", "", points, f"{entry.date}", entry.kind.value, entry.clause, entry.evidence


def _left_out(book: Scorebook) -> str:
    return f"积分登记有{len(book.findings)}处问题，有的没有计分，请点“校验”查看。" if book.findings else ""
