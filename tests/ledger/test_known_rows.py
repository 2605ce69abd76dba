"""A reading that knows the rows of the last one finds exactly what a first reading finds."""

from datetime import datetime
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from engine.ledger.headings.columns import MATTERS
from engine.ledger.reading.known_rows import KnownRows
from engine.ledger.reading.ledger import read_ledger
from tests.ledger.messy_books import MATTER, UNITS, book_of, with_cell

NUMBERS = ("2026-日-0001", "2026-日-0002", "2026-日-0003", "2026-日-0004")
SOUND = tuple(MATTER | {"number": number, "content": f"办好{number}"} for number in NUMBERS)
ODD = (
    None,
    "",
    " 　",
    "乱写",
    "2026.3.5",
    "3月5日 17:30",
    datetime(2026, 3, 5),
    46086.5,
    "市教育局、不存在局",
    "=1+1",
    "文旅局",
)
FIELDS = [column.field for column in MATTERS.columns]

edits = st.tuples(st.integers(0, len(SOUND) - 1), st.sampled_from(FIELDS), st.sampled_from(ODD))


@settings(max_examples=settings.default.max_examples // 4, deadline=None)
@given(st.lists(edits, max_size=6), st.permutations(range(len(SOUND))), st.booleans())
def test_changed_and_moved_rows_read_as_if_anew(
    steps: list[tuple[int, str, object]], order: list[int], gone: bool
) -> None:
    known, rows = KnownRows(), [dict(row) for row in SOUND]
    books = [book_of(matters=rows)]
    for at, field, value in steps:
        rows[at][field] = value
        books.append(book_of(matters=rows))
    books.append(book_of(matters=[rows[at] for at in order][gone:]))
    for data in books:
        assert read_ledger(data, known=known) == read_ledger(data)


def test_an_unchanged_row_is_the_very_same_matter() -> None:
    known = KnownRows()
    before = read_ledger(book_of(matters=SOUND), known=known).matters
    after = read_ledger(book_of(with_cell("content", "改了", row=3), matters=SOUND), known=known).matters
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False, True, True]


def test_another_alias_in_the_directory_reads_every_row_anew() -> None:
    known = KnownRows()
    rows = [MATTER | {"lead_unit": "教委"}]
    assert read_ledger(book_of(matters=rows), known=known).matters[0].lead_unit == "市教育局"
    units = [unit | {"aliases": "教委" if unit["name"] == "市财政（地税）局" else ""} for unit in UNITS]
    assert read_ledger(book_of(matters=rows, units=units), known=known).matters[0].lead_unit == "市财政（地税）局"


def test_a_value_that_became_a_formula_is_a_hint() -> None:
    known = KnownRows()
    read_ledger(book_of(matters=SOUND), known=known)
    book = load_workbook(BytesIO(book_of(matters=SOUND)))
    book[MATTERS.name].cell(2, FIELDS.index("content") + 1).value = '="办好"&"2026-日-0001"'
    buffer = BytesIO()
    book.save(buffer)
    assert "formula_uncached" in {finding.rule for finding in read_ledger(buffer.getvalue(), known=known).findings}


def test_a_row_that_is_unclear_is_told_every_time() -> None:
    known, data = KnownRows(), book_of(matters=[MATTER | {"fixed_due": "乱写"}])
    told = [[finding.rule for finding in read_ledger(data, known=known).findings] for _ in range(2)]
    assert told[0] == told[1] != []
