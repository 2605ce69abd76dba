"""Random sheets as XML in many spellings, and random patches of them."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from engine.facts.change import Change, NewRow, Value
from engine.facts.finding import Place
from tests.ledger.patch_reference import FIELDS, PlainCell, PlainSheet, heading

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
BLANKS = (None, None, " ", "\u3000\n", "\u200b")
TEXTS = ("红", "绿", " ", "a&b", "<t>", "第一行\n第二行", "]]>", "x _x0041_ y", "𠮷", '"')
NUMBERS = tuple(f"2026-日-{at:04}" for at in range(1, 8))

texts = st.sampled_from(TEXTS)
numbers = st.sampled_from(NUMBERS)
values: st.SearchStrategy[Value] = st.one_of(st.none(), texts, st.integers(-5, 10**6).map(float))
styles = st.sampled_from([None, "1", "2"])


@dataclass(frozen=True)
class Spelling:
    """How the XML is written."""

    prefix: str
    addresses: bool
    inline: bool
    comments: bool
    spans: bool
    dimension: bool
    quote: str
    small: bool = False

    def address(self, column: int, row: int) -> str:
        """A1 or a1, which mean the same."""
        return (letters(column).lower() if self.small else letters(column)) + str(row)


spellings = st.builds(
    Spelling,
    st.sampled_from(["", "", "x:"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(['"', '"', "'"]),
    st.booleans(),
)


@st.composite
def sheets(draw: st.DrawFn) -> PlainSheet:
    """A sheet with a table somewhere on it; now and then something beside or below it."""
    top, left, length = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 8))
    sheet = PlainSheet(top, left, top + length)
    sheet.rows[top] = {left + at: PlainCell(heading(name), "2") for at, name in enumerate(FIELDS)}
    for number in range(top + 1, top + length + 1):
        sheet.rows[number] = row = {}
        if draw(st.integers(0, 4)):
            row[left] = PlainCell(draw(numbers), draw(styles))
            for at in range(1, len(FIELDS)):
                row[left + at] = PlainCell(draw(values), draw(styles))
        elif draw(st.booleans()):
            blanks = st.sampled_from(BLANKS)
            row.update({left + at: PlainCell(draw(blanks), draw(styles)) for at in range(len(FIELDS))})
        if not draw(st.integers(0, 5)):
            row[left + len(FIELDS) + 1] = PlainCell("旁注", None)
    typed_on = draw(st.sampled_from([0, 0, 1, 2]))  # rows right below the table, which has not grown
    for number in range(top + length + 1, top + length + 1 + typed_on):
        sheet.rows[number] = {left: PlainCell(draw(numbers), draw(styles)), left + 1: PlainCell(draw(values), None)}
    length += typed_on
    for number in range(top + length + 1, top + length + 1 + draw(st.integers(0, 3))):
        blank = {left + at: PlainCell(None, "1") for at in range(len(FIELDS))}
        beside = {left + len(FIELDS): PlainCell(1.0, None)} if draw(st.booleans()) else {}
        sheet.rows[number] = (blank if draw(st.booleans()) else {}) | beside
    if not draw(st.integers(0, 5)):
        sheet.rows[max(sheet.rows) + draw(st.integers(1, 3))] = {left: PlainCell("说明", None)}
    return sheet


@st.composite
def patches(draw: st.DrawFn, sheet: PlainSheet) -> tuple[list[Change], list[NewRow]]:
    """Changes, most of them with the value that the cell holds, one for a cell at most; rows to append."""
    held = {row.get(sheet.left, PlainCell()).value: number for number, row in sheet.rows.items() if number > sheet.top}
    changes: dict[tuple[str, str], Change] = {}
    for _ in range(draw(st.integers(0, 5))):
        number, name = draw(numbers), draw(st.sampled_from(FIELDS[1:]))
        row = held.get(number)
        cell = sheet.rows[row].get(sheet.left + FIELDS.index(name), PlainCell()) if row else PlainCell()
        old = cell.value if draw(st.integers(0, 3)) else draw(values)
        changes[number, name] = Change(Place("matters", row), number, name, old, draw(values))
    fresh = st.sampled_from([*NUMBERS, "2027-日-0001", "2027-日-0002"])
    others = st.fixed_dictionaries({"light": texts}, optional={"check_note": values})
    added = draw(st.lists(st.tuples(fresh, others), max_size=4, unique_by=lambda pair: pair[0]))
    rows = [NewRow("matters", {"number": number, **cells}, "number") for number, cells in added]
    return list(changes.values()), rows


def letters(column: int) -> str:
    """1 → A; enough for 26 columns."""
    return chr(64 + column)


def render(sheet: PlainSheet, spelling: Spelling) -> tuple[bytes, list[str]]:
    """The workbook as a zip file, and its shared strings."""
    strings: list[str] = []
    area = f"{spelling.address(sheet.left, sheet.top)}:{spelling.address(sheet.columns[-1], sheet.bottom)}"
    columns = "".join(f'<tableColumn id="{at}" name="{heading(name)}"/>' for at, name in enumerate(FIELDS, 1))
    parts = {
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="督办台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "strings.xml")
        ),
        "xl/worksheets/sheet1.xml": _sheet(sheet, spelling, strings),
        "xl/worksheets/_rels/sheet1.xml.rels": _relations(("table", "../tables/table1.xml")),
        "xl/tables/table1.xml": f'<table xmlns="{MAIN}" id="1" name="督办台账" displayName="督办台账" ref="{area}">'
        f'<autoFilter ref="{area}"/><tableColumns count="{len(FIELDS)}">{columns}</tableColumns></table>',
        "xl/strings.xml": f'<sst xmlns="{MAIN}">' + "".join(f"<si>{_text(text)}</si>" for text in strings) + "</sst>",
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue(), strings


def _relations(*targets: tuple[str, str]) -> str:
    each = (
        f'<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{"".join(each)}</Relationships>'


def _text(text: str) -> str:
    return f'<t xml:space="preserve">{escape(text.replace("_x", "_x005F_x"))}</t>'


def _sheet(sheet: PlainSheet, spelling: Spelling, strings: list[str]) -> str:
    body = []
    before = 0
    for number in sorted(sheet.rows):
        cells = _cells(sheet.rows[number], number, spelling, strings)
        attributes = f' r="{number}"' if spelling.addresses or number != before + 1 else ""
        attributes += ' spans="1:3"' if spelling.spans else ""
        noise = "<!-- <row r='1'></row> -->" if spelling.comments and number % 2 else ""
        body.append(f"{noise}<row{attributes}>{cells}</row>" if cells else f"{noise}<row{attributes}/>")
        before = number
    dimension = (
        f'<dimension ref="{spelling.address(1, 1)}:{spelling.address(9, before)}"/>' if spelling.dimension else ""
    )
    text = f"<worksheet>{dimension}<sheetData>{''.join(body)}</sheetData></worksheet>"
    if spelling.prefix:
        text = re.sub("<(/?)([a-zA-Z]+)(?=[ />])", rf"<\1{spelling.prefix}\2", text)
    name = f"xmlns:{spelling.prefix[:-1]}" if spelling.prefix else "xmlns"
    return text.replace("worksheet>", f'worksheet {name}="{MAIN}">', 1).replace('"', spelling.quote)


def _cells(row: dict[int, PlainCell], number: int, spelling: Spelling, strings: list[str]) -> str:
    found = []
    before = 0
    for column in sorted(row):
        cell = row[column]
        attributes = f' r="{spelling.address(column, number)}"' if spelling.addresses or column != before + 1 else ""
        attributes += f' s="{cell.style}"' if cell.style else ""
        before = column
        match cell.value:
            case None:
                found.append(f"<c{attributes}/>")
            case str() as text if spelling.inline and '"' not in text and "_x" not in text:
                found.append(f'<c{attributes} t="inlineStr"><is>{_text(text)}</is></c>')
            case str() as text:
                strings.append(text)
                found.append(f'<c{attributes} t="s"><v>{len(strings) - 1}</v></c>')
            case value:
                found.append(f"<c{attributes}><v>{value!r}</v></c>")
    return "".join(found)
