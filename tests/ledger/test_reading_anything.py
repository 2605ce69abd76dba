"""Whatever stands in the cells: always a Ledger, and every finding is a sentence with an address."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.facts.ledger import Ledger
from engine.ledger.headings.column import SheetColumns
from engine.ledger.headings.columns import BY_KEY
from engine.ledger.headings.finding_text import finding_json, render
from engine.ledger.package.addresses import Range
from engine.ledger.package.tables import WorkbookTable
from engine.ledger.reading.formulas import Formula
from engine.ledger.reading.ledger import FACT_SHEETS, build_ledger
from engine.ledger.reading.sheet_cells import Cell, SheetCells
from tests.ledger.messy_books import MATTER, SETTINGS, UNITS

WORDS = st.sampled_from(
    [
        *(
            "2026-日-0001",
            "2026.3.5",
            "3月5日",
            "2月30日",
            "20260305",
            "月报",
            "2026-3",
            "整改",
            "市教育局",
            "教委、和顺县",
            "停",
        ),
        *(
            "短信发送",
            "演示",
            "启用时间",
            "是",
            "#N/A",
            "=1",
            "-",
            "13800000001",
            "1.38E+10",
            "3次",
            "😀",
            "\u200b",
            " ",
            "",
        ),
    ]
)
CELLS = st.one_of(
    WORDS,
    st.text(max_size=6),
    st.floats(),
    st.integers(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(timedelta(days=-9), timedelta(days=9)),
    st.none(),
)


def sheets_with(sheet: SheetColumns, rows: list[list[Cell]], formulas: dict[tuple[int, int], Formula]) -> Ledger:
    """A sound set of sheets, in which one holds these rows under its headings."""
    sound = {"matters": [MATTER], "units": UNITS, "settings": SETTINGS}
    found = {}
    for each in FACT_SHEETS:
        body: list[list[Cell]] = [[row.get(column.field) for column in each.columns] for row in sound.get(each.key, ())]
        block = [[column.heading for column in each.columns], *body, *(rows if each is sheet else [])]
        table = WorkbookTable("", each.name, Range(1, 1, len(block), len(each.columns)), 0, True, ())
        here = formulas if each is sheet else {}
        found[each.key] = SheetCells.from_rows(each.name, block, table=table, formulas=here)
    return build_ledger(found)


@given(st.data())
def test_any_cells_make_a_ledger(data: st.DataObject) -> None:
    sheet = data.draw(st.sampled_from(FACT_SHEETS))
    width = len(sheet.columns)
    row = st.lists(CELLS, min_size=width, max_size=width)
    rows = data.draw(st.lists(row, min_size=1, max_size=3))
    place = st.tuples(st.integers(2, 4), st.integers(0, width - 1))
    ledger = sheets_with(sheet, rows, data.draw(st.dictionaries(place, st.sampled_from(Formula), max_size=3)))
    assert ledger.matters[0].number == MATTER["number"]
    for finding in ledger.findings:
        sentence = render(finding, ledger.letters)
        assert sentence.endswith("。")
        assert sentence.startswith(BY_KEY[finding.place.sheet].name)
        assert finding_json(finding)["sheet"] == BY_KEY[finding.place.sheet].name
        assert "13800000001" not in sentence
        if finding.place.row and finding.place.field and finding.rule != "sms_switched_off":
            assert ledger.letters[finding.place.sheet, finding.place.field]
