"""The sheets of the review beside its rows: words, people, what is the same for all, columns, the 对账."""

from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.kinds import Role
from engine.facts.unit import Directory
from engine.ledger.headings.columns import MATTERS
from engine.moving.files import review_words as words
from engine.moving.proposals.model import Contact, Decision, Proposals, TableRead, Word, WordKind
from engine.moving.tables.mapping import BY_CONTENT

_BODY, _HEAD = Font(name="等线", size=10.5), Font(name="黑体", size=10.5)
_LINE = Border(*(Side("thin", color="BFBFBF"),) * 4)
_OPEN, _TITLE = (PatternFill("solid", fgColor=colour) for colour in ("FFE699", "DDEBF7"))
_LONGEST_LIST = 250
ROLES = {"head": Role.HEAD.value, "contact": Role.CONTACT.value}
Line = Sequence[str | int | None]


def write_words(sheet: Worksheet, asked: Sequence[Word], directory: Directory) -> None:
    """存疑词语: one row a word, to be decided."""
    headings = (words.KIND, words.TEXT, words.COUNT, words.PROPOSED, words.DECISION, words.CHANGED_TO, words.REASON)
    lines = [(word.kind.value, word.text, word.rows, word.proposed, None, None, word.why) for word in asked]
    _table(sheet, headings, lines, (8, 30, 8, 26, 10, 26, 50))
    _decisions(sheet, "E", len(lines))
    names = [name for name, unit in directory.units.items() if unit.active]
    for row, word in enumerate(asked, 2):
        choices = [*word.offers, *(name for name in names if name not in word.offers)]
        if word.kind is WordKind.UNIT and choices:
            _list(sheet, f"F{row}", _fitting(choices))
        elif word.kind is WordKind.DEADLINE:
            _list(sheet, f"F{row}", ("长期", "1天", "3天", "7天", "1个月", "12月31日"))


def write_contacts(sheet: Worksheet, contacts: Sequence[Contact], directory: Directory) -> None:
    """联系人: used only where the directory has nothing yet."""
    lines: list[Line] = []
    for contact in contacts:
        unit = directory.find(contact.unit)
        held = unit and (unit.head if contact.role == "head" else unit.contact)
        standing = held and (held.name or held.mobile)
        why = f"通讯录里已有{held.name if held else ''}，不改" if standing else contact.why
        decision = Decision.LEAVE if standing else None if contact.needs_decision else Decision.TAKE
        lines.append((contact.unit, ROLES[contact.role], contact.name, _typed(contact.mobile), decision, why))
    _table(
        sheet,
        (words.UNIT, words.ROLE, words.NAME, words.MOBILE, words.DECISION, words.WHY),
        lines,
        (26, 12, 12, 16, 10, 50),
    )
    _decisions(sheet, "E", len(lines))


def _typed(mobile: str | None) -> str | None:
    return mobile.removeprefix("+86") if mobile else None


def write_common(sheet: Worksheet) -> None:
    """统一填写: one row a field that old ledgers omit."""
    known = {column.field: column for column in MATTERS.columns}
    lines = [
        (known[field].heading, None, "留空的不填。只补各行空着的格，已有的不动。") for field in words.COMMON_FIELDS
    ]
    _table(sheet, (words.ITEM, words.VALUE, words.EXPLANATION), lines, (18, 30, 60))
    for row, field in enumerate(words.COMMON_FIELDS, 2):
        if known[field].choices:
            _list(sheet, f"B{row}", known[field].choices)


def write_columns(book: Workbook, tables: Sequence[TableRead], ours: Iterable[str]) -> None:
    """列对照: what each column was mapped to, and by what."""
    sheet = book.create_sheet(words.COLUMNS)
    lines = [
        (
            table.file,
            table.sheet,
            table.area,
            one.heading,
            words.becomes(one.ours),
            one.how,
            table.filled.get(one.at, 0),
        )
        for table in tables
        for one in table.columns
    ]
    headings = (
        words.FILE,
        words.SHEET,
        words.AREA,
        words.HEADING,
        words.BECOMES,
        words.HOW,
        words.FILLED,
        words.DECISION,
    )
    open_lines = [(*line, None if _inferred(str(line[5])) else Decision.TAKE) for line in lines]
    _table(sheet, headings, open_lines, (24, 16, 12, 24, 24, 12, 12, 10))
    _decisions(sheet, "H", len(lines))
    choices = sorted({words.becomes(one) for one in ours})
    hidden = book.create_sheet(words.CHOICES)
    hidden.sheet_state = "veryHidden"
    for row, choice in enumerate((*choices, words.TO_NOTE), 1):
        hidden.cell(row, 1, choice)
    rule = DataValidation("list", formula1=f"{words.CHOICES}!$A$1:$A${len(choices) + 1}", allow_blank=False)
    sheet.add_data_validation(rule)
    rule.add(f"E2:E{max(len(lines) + 1, 2)}")


def _inferred(how: str) -> bool:
    return how == BY_CONTENT


def write_account(sheet: Worksheet, proposals: Proposals) -> None:
    """对账: where every cell went, sheet by sheet; then every row and cell that was left out."""
    lines: list[Line] = []
    for one in proposals.accounts:
        lines.append((one.file, one.sheet, "有内容的单元格", one.content, "合计", sum(one.cells.values())))
        lines += [(one.file, one.sheet, f"单元格：{reason}", count, None, None) for reason, count in one.cells.items()]
        lines += [(one.file, one.sheet, f"行：{reason}", count, None, None) for reason, count in one.rows.items()]
    left = sum(one.decision is Decision.LEAVE for one in proposals.rows)
    undecided = sum(one.decision is None for one in proposals.rows)
    taken = len(proposals.rows) - left - undecided
    lines.append(
        ("全部", "", "读出的事项", len(proposals.rows), "拟导入＋不导入＋待定", f"{taken}＋{left}＋{undecided}")
    )
    _table(sheet, (words.FILE, words.SHEET, "项目", "数量", "核对", "核对数"), lines, (26, 18, 34, 12, 22, 14))
    start = len(lines) + 4
    sheet.cell(start - 1, 1, "没有作为事项导入的行和单元格，逐条列出：").font = _HEAD
    for across, heading in enumerate((words.FILE, words.SHEET, "位置", words.REASON, words.SAID), 1):
        cell = sheet.cell(start, across, heading)
        cell.font, cell.fill, cell.border = _HEAD, _TITLE, _LINE
    for row, gone in enumerate(proposals.left_out, start + 1):
        _line(sheet, row, (gone.source.file, gone.source.sheet, gone.source.row, gone.reason, gone.text))


def _table(sheet: Worksheet, headings: Sequence[str], lines: Iterable[Line], widths: Sequence[float]) -> None:
    for across, (heading, width) in enumerate(zip(headings, widths, strict=True), 1):
        cell = sheet.cell(1, across, heading)
        cell.font, cell.fill, cell.border = _HEAD, _TITLE, _LINE
        sheet.column_dimensions[get_column_letter(across)].width = width
    for row, line in enumerate(lines, 2):
        _line(sheet, row, line)
        if words.DECISION in headings:
            decision = sheet.cell(row, headings.index(words.DECISION) + 1)
            if decision.value is None:
                decision.fill = _OPEN
    sheet.freeze_panes = "A2"


def _line(sheet: Worksheet, row: int, line: Line) -> None:
    for across, value in enumerate(line, 1):
        cell = sheet.cell(row, across, value)
        if isinstance(value, str):
            cell.data_type = "s"  # never a formula, whatever it begins with
        cell.font, cell.border, cell.alignment = _BODY, _LINE, Alignment(wrap_text=True, vertical="top")


def _decisions(sheet: Worksheet, column: str, count: int) -> None:
    rule = DataValidation("list", formula1=f'"{",".join(Decision)}"', allow_blank=True, showErrorMessage=True)
    sheet.add_data_validation(rule)
    rule.add(f"{column}2:{column}{max(count + 1, 2)}")


def _list(sheet: Worksheet, area: str, choices: Iterable[str]) -> None:
    rule = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(rule)
    rule.add(area)


def _fitting(choices: Iterable[str]) -> list[str]:
    """As many as Excel takes in one list."""
    out: list[str] = []
    for choice in choices:
        if "," in choice or len(",".join((*out, choice))) > _LONGEST_LIST:
            continue
        out.append(choice)
    return out
