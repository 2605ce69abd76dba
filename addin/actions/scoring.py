"""统计: 季度评分, by the same engine as ``duban score``. Showing scores changes nothing; publishing fixes them."""

from collections.abc import Iterator, Mapping, Sequence

from addin.dialogs import quarter_forms
from addin.faults import AddinError
from addin.session import Session
from engine.facts.change import Change, Value
from engine.facts.message import ObligationKey
from engine.facts.points import Quarter
from engine.ledger.headings.board_sheets import CHART_SHEET
from engine.ledger.headings.columns import POINT_ENTRIES, QUARTER_SCORES
from engine.rules.points.accountability import clues
from engine.scores.chart_cells import Cells, quarter_chart, year_chart
from engine.scores.publishing import Past, published_quarters
from engine.scores.ranking_clues import ranking_clues
from engine.scores.scorebook import Scorebook, scorebook
from engine.scores.scoring import UnitScore, quarter_scores, ranked, without_work, year_scores
from engine.service.old_books import with_old_books
from engine.service.published_sheets import chart_changes, clue_rows, quarter_rows, year_rows
from engine.service.sms_faults import MARK, faults_on_record

_BUTTON = "季度评分"
_NO_WORK = "无事项"
"""In the place of a rank: the unit had no matter, and is compared with nobody."""
_READINGS = ("sum", "mean")
_YEAR_HEADINGS = ("名次", "单位", "全年得分", "一季度", "二季度", "三季度", "四季度", "全年加减分", "倒数后2位")
_HEADINGS = ("名次", "单位", "得分", "加减分", "日期", "事由", "条款", "依据")


def score_quarter(session: Session) -> None:
    """季度评分: every unit's score with its entries, or the year's ranking; published into the book, if chosen."""
    past = _past(session)
    values = session.desk.show_form(quarter_forms.score_form(past, session.now))
    if values is None:
        return
    ledger = with_old_books(session.ledger, session.path)
    book = scorebook(ledger, session.policies, session.now, past)
    span, scorer = str(values["span"]), values["scorer"] if values["purpose"] == quarter_forms.PUBLISH else None
    if span.endswith(quarter_forms.YEAR):
        _year(session, book, int(span.removesuffix(quarter_forms.YEAR)), scorer)
    else:
        _quarter(session, book, Quarter.parse(span), scorer)


def _quarter(session: Session, book: Scorebook, quarter: Quarter, scorer: Value) -> None:
    scores = quarter_scores(book.entries, book.account, quarter)
    if scorer is None:
        _show(session, book, quarter, scores)
        return
    found = [clue for clue in clues(book.account) if clue.at.date() <= quarter.last]
    rows = [*quarter_rows(book, quarter, scores, str(scorer), session.now), *clue_rows(found)]
    session.write(_BUTTON, _charted(session, quarter_chart(quarter, scores)), rows, [])
    published = f"已通报{quarter}：{len(scores)}个单位，{len(book.of(quarter))}笔加减分，得分固定，台账已保存。"
    session.inform(f"{published}{_left_out(book)}")


def _year(session: Session, book: Scorebook, year: int, scorer: Value) -> None:
    account = book.account
    by_reading = {way: year_scores(book.entries, account, year, session.now.date(), way) for way in _READINGS}
    if scorer is None:
        scores = by_reading[account.policy.points.year]
        rows = [
            (f"{one.rank}", one.unit, f"{one.score:g}", *_by_quarter(one), "是" * one.among_last)
            for one in ranked(scores)
        ]
        rows += [(_NO_WORK, unit, *[""] * (len(_YEAR_HEADINGS) - 2)) for unit in without_work(scores)]
        intro = f"{year}年 总评和排名（按现在的台账试算，台账没有改动）。{_left_out(book)}"
        session.desk.show_table(_BUTTON, intro, _YEAR_HEADINGS, rows)
        return
    found = [clue for clue in clues(account) if clue.at.year == year] + ranking_clues(book, year)
    charted = _charted(session, year_chart(year, by_reading[account.policy.points.year]))
    published = [*year_rows(book, year, by_reading, str(scorer), session.now), *clue_rows(found)]
    session.write(_BUTTON, charted, published, [])
    session.inform(f"已写入{year}年的总评和排名，台账已保存。{_left_out(book)}")


def _charted(session: Session, cells: Cells) -> list[Change]:
    """The charts' figures, where the book has them."""
    held = session.book.form(CHART_SHEET)
    return [] if held is None else chart_changes(held, cells)


def _by_quarter(score: UnitScore) -> list[str]:
    return [f"{points:+g}" if points else "0" for points in (*score.by_column.values(), score.total)]


def _past(session: Session) -> Past:
    """The published quarters. Raises AddinError where one of their sheets is gone: published scores must not be
    lost.
    """
    for columns in (POINT_ENTRIES, QUARTER_SCORES):
        if not session.book.holds(columns):
            raise AddinError(
                f"没有工作表「{columns.name}」。请从备份恢复；从未有过的，从台账模板复制过来，再点“季度评分”。"
            )
    return published_quarters(session.book.rows(POINT_ENTRIES), session.book.rows(QUARTER_SCORES))


def _show(session: Session, book: Scorebook, quarter: Quarter, scores: Sequence[UnitScore]) -> None:
    done = book.past.get(quarter)
    state = f"已通报，评分人 {done.scorer}" if done else "试算，未通报，台账没有改动"
    intro = f"{quarter} 积分（{state}）。{_left_out(book)}"
    session.desk.show_table(_BUTTON, intro, _HEADINGS, list(_lines(book, quarter, scores, session.sent.outcomes)))


def _lines(
    book: Scorebook, quarter: Quarter, scores: Sequence[UnitScore], outcomes: Mapping[ObligationKey, str]
) -> Iterator[tuple[str, ...]]:
    """A line for each unit, and below it one for each of its entries, with the failed SMS on record."""
    entries = book.of(quarter)
    faults = faults_on_record(entries, outcomes)
    for one in ranked(scores):
        yield str(one.rank), one.unit, f"{one.score:g}", f"{one.total:+g}", "", "", "", f"共{one.entries}笔"
        for entry in entries:
            if entry.unit == one.unit:
                evidence = f"{entry.evidence}【{MARK}】" if entry in faults else entry.evidence
                yield "", "", "", f"{entry.points:+g}", f"{entry.date}", entry.kind.value, entry.clause, evidence

    for unit in without_work(scores):
        yield _NO_WORK, unit, *[""] * (len(_HEADINGS) - 2)


def _left_out(book: Scorebook) -> str:
    return f"积分登记有{len(book.findings)}处问题，有的没有计分，请点“校验”查看。" if book.findings else ""
