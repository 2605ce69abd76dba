"""登记: 校验, 编号盖时限."""

from collections.abc import Iterable

from addin.session import Session
from engine.facts.change import Value
from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.guards.tampering import UNCLEAR, unclear_number
from engine.ledger.headings.columns import BY_KEY, CHECK_RESULTS, MATTERS
from engine.review.check import check
from engine.review.stamp import stamp

_ALL_STAMPED = "所有已审批的事项都已编号盖时限。"


def check_ledger(session: Session) -> None:
    """校验: every finding into 校验结果."""
    findings = check(session.ledger, session.policies, session.now)
    session.book.rewrite(CHECK_RESULTS, [_row(finding, session.ledger) for finding in findings])
    if findings:
        session.book.show(CHECK_RESULTS)
    session.book.save_unattended()
    errors = sum(finding.is_error for finding in findings)
    if not findings:
        session.inform("校验完毕，没有发现问题。")
        return
    session.inform(f"校验完毕：错误{errors}条，提示{len(findings) - errors}条。请看「校验结果」，按“处理”一列改正。")


def _row(finding: Finding, ledger: Ledger) -> dict[str, Value]:
    place = finding.place
    sheet = BY_KEY.get(place.sheet)
    letter = ledger.letters.get((place.sheet, place.field), "") if place.field else ""
    column = f"{letter} {sheet.heading(place.field)}".strip() if sheet and place.field else None
    return {
        "severity": finding.severity.value,
        "sheet": sheet.name if sheet else place.sheet,
        "row": place.row,
        "column": column,
        "clause": finding.clause or None,
        "problem": finding.problem,
        "remedy": finding.remedy,
    }


def stamp_matters(session: Session) -> None:
    """编号盖时限: all approved rows without an error; a number that was erased is not made anew."""
    lost_number = unclear_number(session.ledger, session.known_numbers)
    stamping = stamp(session.ledger, session.policies, session.now, lost_number)
    unclear = [f"第{one.place.row}行：{one.problem}{one.remedy}" for one in stamping.findings if one.rule == UNCLEAR]
    faulty = _faulty_rows(one for one in stamping.findings if one.rule != UNCLEAR)
    if not stamping.changes:
        why = f"有{len(faulty)}行还有错误，请先点“校验”改正。" if faulty else "" if unclear else _ALL_STAMPED
        session.inform("\n".join([f"没有需要编号盖时限的事项。{why}", *unclear]))
        return
    numbers = [change.new for change in stamping.changes if change.field == "number"]
    rows_stamped = {change.place.row for change in stamping.changes if change.place.sheet == MATTERS.key}
    known = [matter.number for matter in session.ledger.matters if matter.number and matter.place.row in rows_stamped]
    session.write("编号盖时限", stamping.changes, stamping.rows, [*known, *map(str, numbers)])
    text = f"已为{len(rows_stamped)}行盖时限"
    if numbers:
        text += f"，新编号{len(numbers)}个（{numbers[0]} 起）"
    left = f"另有{len(faulty)}行有错误，没有编号，请点“校验”查看。" if faulty else ""
    session.inform("\n".join([f"{text}。{left}", *unclear]))


def _faulty_rows(findings: Iterable[Finding]) -> set[int | None]:
    return {finding.place.row for finding in findings if finding.is_error and finding.place.sheet == MATTERS.key}
