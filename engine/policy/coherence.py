"""What is wrong with a policy although each value is well formed: words that name nothing, rungs that lead nowhere."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from engine.facts.duty_kinds import BY_REPORT_WORD, DutyKind
from engine.policy.policy import Policy
from engine.policy.rule_words import LABELS
from engine.policy.spans import parse_span


class PolicyFault(NamedTuple):
    """One fault: the dotted path of what is at fault, and what is wrong with it and what to do, in Chinese.

    ``cause``: the path of what brought it about, where the file does not state what is at fault (it is of its base).
    """

    path: str
    problem: str
    cause: str = ""


def incoherences(policy: Policy) -> Iterator[PolicyFault]:
    """Every fault of a policy that is well formed, in the order of the file."""
    yield from _of_boards(policy)
    yield from _of_ranks(policy)
    yield from _of_summaries(policy)
    yield from _of_recurring(policy)
    yield from _of_limits(policy)
    yield from _of_lights(policy)
    yield from _of_rungs(policy)
    yield from _of_clues(policy)
    yield from _of_papers(policy)
    yield from _of_schedule(policy)


def _of_boards(policy: Policy) -> Iterator[PolicyFault]:
    rules, known = policy.initiation, set(policy.boards)
    for board in policy.boards:
        if not rules.approvers.get(board):
            yield PolicyFault("initiation.approvers", f"版块“{board}”没有写明谁可以审批立项，请在 approvers 补写")
        if not rules.sources.get(board):
            yield PolicyFault("initiation.sources", f"版块“{board}”没有任务来源，请在 sources 补写")
    for mark, count in Counter(rules.board_marks.values()).items():
        if count > 1:
            yield PolicyFault("initiation.board_marks", f"有{count}个版块都用代字“{mark}”，编号会相同，请各用一个")
        if len(mark) != 1:
            yield PolicyFault("initiation.board_marks", f"版块代字“{mark}”应为一个字")
    named = {
        "initiation.sources": rules.sources,
        "initiation.approvers": rules.approvers,
        "initiation.assigned_boards": rules.assigned_boards,
        "long_running.weekly_boards": policy.long_running.weekly_boards,
        "long_running.year_end_boards": policy.long_running.year_end_boards,
        "close_out.grade_ranks": policy.close_out.grade_ranks,
        "year_grades.boards": policy.year_grades.boards,
        "citations_on": policy.citations_on,
    } | {f"summaries.{kind}.boards": summary.boards for kind, summary in policy.summaries.items()}
    for path, boards in named.items():
        for board in boards:
            if board not in known:
                yield PolicyFault(path, f"没有版块“{board}”，版块是：{'、'.join(policy.boards)}")


def _of_ranks(policy: Policy) -> Iterator[PolicyFault]:
    """A list that names a rank of another county lets nobody approve: each has to be stated anew."""
    rules, known = policy.initiation, policy.initiation.ranks
    allowed = {
        "initiation.mayor_ranks": rules.mayor_ranks,
        "initiation.deputy_mayor_ranks": rules.deputy_mayor_ranks,
        "initiation.other_office_ranks": rules.other_office_ranks,
        "close_out.review_ranks": policy.close_out.review_ranks,
        "close_out.final_ranks": policy.close_out.final_ranks,
        "long_running.new_deadline_ranks": policy.long_running.new_deadline_ranks,
        "supervision.circular_ranks": policy.supervision.circular_ranks,
    }
    for table, of_boards in (
        ("initiation.approvers", rules.approvers),
        ("close_out.grade_ranks", policy.close_out.grade_ranks),
        ("supervision.coordination_ranks", policy.supervision.coordination_ranks),
    ):
        allowed |= {f"{table}.{board}": ranks for board, ranks in of_boards.items()}
    for path, ranks in allowed.items():
        if unknown := [rank for rank in ranks if rank not in known]:
            section, _, key = path.partition(".")
            meaning = LABELS.get(path) or LABELS[path.rpartition(".")[0]]
            problem = f"{meaning}：职务“{'”“'.join(unknown)}”不在职务表 ranks（{'、'.join(known)}）里"
            yield PolicyFault(path, f"{problem}，请在 [{section}] 写明 {key}", "initiation.ranks")


def _of_summaries(policy: Policy) -> Iterator[PolicyFault]:
    for kind in policy.summaries:
        if kind.summary_form is None:
            known = "、".join(kind for kind in DutyKind if kind.summary_form)
            yield PolicyFault(f"summaries.{kind}", f"“{kind}”不是书面小结，书面小结是：{known}")


def _of_recurring(policy: Policy) -> Iterator[PolicyFault]:
    taken = {*policy.limit_words, *policy.papers, *BY_REPORT_WORD}
    for name, rule in policy.recurring.items():
        path = f"recurring.{name}"
        if name in taken:
            yield PolicyFault(path, f"定期报告“{name}”的名称已有别的用处，请改名")
        for board in rule.boards:
            if board not in policy.boards:
                yield PolicyFault(f"{path}.boards", f"没有版块“{board}”，版块是：{'、'.join(policy.boards)}")
    owed = any(DutyKind.RECURRING_REPORT in row.duty for row in policy.schedule)
    if policy.recurring and not owed:
        yield PolicyFault("recurring", '定期报告没有提醒，请写一条 duty = "定期报告" 的 [[schedule]]')


def _of_limits(policy: Policy) -> Iterator[PolicyFault]:
    stated = [(f"limits.{word}", text) for word, text in policy.limits.items()]
    for path, text in stated:
        try:
            parse_span(text)
        except ValueError as fault:
            yield PolicyFault(path, str(fault))
    for word in policy.nodes.ladder:
        if word not in policy.limits:
            yield PolicyFault("nodes.ladder", f"节点“{word}”不是办理时限里的词，请在 [limits] 写明它有多长")
    for word in policy.long_running.apply_before:
        if word not in policy.limit_words:
            yield PolicyFault("long_running.apply_before", f"没有办理时限“{word}”")
    for index, row in enumerate(policy.default_limit):
        for word in (row.limit, *row.allowed):
            if word not in policy.limits:
                yield PolicyFault(f"default_limit.{index}", f"没有办理时限“{word}”，请在 [limits] 写明它有多长")
        known = {source for sources in policy.initiation.sources.values() for source in sources}
        for what, words, there in (("版块", row.boards, policy.boards), ("来源", row.sources, known)):
            for word in words:
                if word not in there:
                    yield PolicyFault(f"default_limit.{index}", f"不填时限时的{what}“{word}”没有，请核对 [initiation]")


def _of_lights(policy: Policy) -> Iterator[PolicyFault]:
    closed = [band for band in policy.light if band.closed]
    if len(closed) != 1:
        yield PolicyFault("light", f"办结后的灯（closed = true）应当有一个，现有{len(closed)}个")
    hours = [band.from_hours for band in policy.lights if band.from_hours is not None]
    if not policy.lights or policy.lights[0].from_hours is not None or len(hours) != len(policy.lights) - 1:
        yield PolicyFault("light", "第一个灯不写 from_hours，其余的都要写")
    elif any(later <= earlier for earlier, later in pairwise(hours)):
        yield PolicyFault("light", "各灯的 from_hours 应由小到大")
    for word, count in Counter(band.word for band in policy.light).items():
        if count > 1:
            yield PolicyFault("light", f"预警灯“{word}”写了{count}次")


def _of_rungs(policy: Policy) -> Iterator[PolicyFault]:
    flags = {row.flag for row in policy.schedule if row.flag}
    for mark, count in Counter(policy.marks).items():
        if count > 1:
            yield PolicyFault("rung", f"升级标记“{mark}”写了{count}次，各级请用不同的名称")
    for index, rung in enumerate(policy.rung):
        if not rung.act and rung.mark not in flags:
            problem = f"升级标记“{rung.mark}”到不了：没有提醒（flag）升到这一级，也没有写由哪个方式（act）开始"
            yield PolicyFault(f"rung.{index}", problem)
        if rung.asks_for and rung.asks_for not in policy.marks:
            problem = f"升级标记“{rung.mark}”要报批的“{rung.asks_for}”（asks_for）不是升级标记，升级标记是："
            yield PolicyFault(f"rung.{index}", f"{problem}{'、'.join(policy.marks)}")


def _of_clues(policy: Policy) -> Iterator[PolicyFault]:
    rules = policy.clues
    if rules.mark and rules.mark not in policy.marks:
        yield PolicyFault("clues.mark", f"没有升级标记“{rules.mark}”")
    if not rules.in_a_row:
        return
    rung = policy.rungs.get(rules.in_a_row_mark)
    if rung is None or not rung.act:
        named = f"“{rules.in_a_row_mark}”不是经批准开始的升级标记" if rules.in_a_row_mark else "没有写升到哪一级"
        yield PolicyFault("clues.in_a_row", f"连续几件升级的线索：{named}，请在 in_a_row_mark 写一个有 act 的 [[rung]]")
    if not rules.in_a_row_measure:
        yield PolicyFault("clues.in_a_row", "连续几件升级的线索：没有写建议，请在 in_a_row_measure 写明，如 约谈")


def _of_papers(policy: Policy) -> Iterator[PolicyFault]:
    for mark, paper in policy.papers.items():
        path, rung = f"papers.{mark}", policy.rungs.get(mark)
        if rung is None:
            yield PolicyFault(path, f"督查单“{mark}”不是升级标记，请在 [[rung]] 写上这一级")
        elif not rung.act:
            yield PolicyFault(path, f"督查单“{mark}”没有写由哪个方式发出，请在它的 [[rung]] 写 act")
        if mark in policy.limit_words:
            yield PolicyFault(path, f"督查单“{mark}”与一个办理时限同名，报送时分不清，请改名")
        try:
            parse_span(paper.within)
        except ValueError as fault:
            yield PolicyFault(f"{path}.within", str(fault))
    owed = any(DutyKind.SUPERVISION_PAPER in row.duty for row in policy.schedule)
    if policy.papers and not owed:
        yield PolicyFault("papers", '督查单有期限，却没有提醒，请写一条 duty = "督查单" 的 [[schedule]]')


def _of_schedule(policy: Policy) -> Iterator[PolicyFault]:
    for index, row in enumerate(policy.schedule):
        kinds = "、".join(row.duty)
        if row.flag and row.flag not in policy.marks:
            yield PolicyFault(f"schedule.{index}", f"{kinds}的提醒升到“{row.flag}”，请在 [[rung]] 写上这一级", "rung")
        for name in row.names:
            if name not in policy.own_names:
                problem = f"没有督查单或定期报告“{name}”，请在 [papers] 或 [recurring] 写明它的期限"
                yield PolicyFault(f"schedule.{index}", problem)
        for board in (*row.boards, *row.clause_on):
            if board not in policy.boards:
                yield PolicyFault(
                    f"schedule.{index}", f"{kinds}的提醒：没有版块“{board}”，版块是：{'、'.join(policy.boards)}"
                )
        if row.text not in policy.texts:
            yield PolicyFault(f"schedule.{index}", f"{kinds}的提醒缺少短信模板：{row.text}，请在 [texts] 补写")
