"""核验提示: what is wrong with a row, in the row itself."""

from collections import defaultdict
from collections.abc import Iterable

from engine.facts.finding import Finding
from engine.facts.ledger import Ledger
from engine.ledger.headings.columns import BY_KEY, MATTERS, Owner

MOST_LINES = 6
_MACHINE = frozenset(column.field for column in MATTERS.columns if column.owner is Owner.MACHINE)


def notes(ledger: Ledger, findings: Iterable[Finding]) -> dict[int, str]:
    """The text of each row of 督办台账 that has findings: errors first, a line each.

    An error in a record is reported in the row of its matter, with its sheet and row. What stands in 机 cells is left
    out: the same pass corrects them.
    """
    row_of = {matter.number: matter.place.row for matter in ledger.matters if matter.number}
    lines: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    for finding in findings:
        place = finding.place
        if place.sheet == MATTERS.key:
            row = None if place.field in _MACHINE else place.row
        else:
            row = row_of.get(finding.matter or "") if finding.is_error else None
        if row is not None:
            line = _line(finding)
            lines[row][line] = finding.is_error or lines[row].get(line, False)
    return {row: _text(texts) for row, texts in lines.items()}


def _line(finding: Finding) -> str:
    place = finding.place
    where = ""
    if place.sheet != MATTERS.key:
        name = BY_KEY[place.sheet].name if place.sheet in BY_KEY else place.sheet
        where = f"「{name}」第{place.row}行：" if place.row else f"「{name}」："
    return f"{where}{finding.problem}{finding.remedy}"


def _text(texts: dict[str, bool]) -> str:
    ordered = sorted(texts, key=lambda line: not texts[line])
    more = len(ordered) - MOST_LINES
    if more > 0:
        ordered = [*ordered[:MOST_LINES], f"另有{more}条，请看「校验结果」。"]
    return "\n".join(ordered)
