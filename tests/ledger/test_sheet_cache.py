"""A sheet whose parts have not changed is not parsed again, and says the same as if it had been."""

from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ledger.headings.inspection_columns import INSPECTORS, TASKS
from engine.ledger.reading import cells as cells_module
from engine.ledger.reading.cells import ReadCells, read_known
from engine.ledger.reading.formulas import Formula
from engine.ledger.reading.ledger import FACT_SHEETS, read_ledger
from engine.ledger.reading.sheet_cache import SheetCache, packed, unpacked
from engine.ledger.reading.sheet_cells import SheetCells
from tests.ledger.messy_books import MATTER, book_of, with_cell
from tests.ledger.test_container import repacked

CELLS = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=8),
    st.integers(-(2**31), 2**31),
    st.floats(allow_nan=False),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(timedelta(days=-999), timedelta(days=999)).map(lambda span: timedelta(seconds=span.seconds)),
    st.none(),
)

READ = (*FACT_SHEETS, INSPECTORS, TASKS)


class MemoryStore(dict[str, bytes]):
    @property
    def cells(self) -> ReadCells:
        return partial(read_known, cache=SheetCache.within(self))


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the sheets that are parsed from here on."""
    names: list[str] = []
    parse = cells_module._LazyBook.parse

    def noting(book: object, part: object, table: object) -> SheetCells:
        names.append(part.name)
        return parse(book, part, table)

    monkeypatch.setattr(cells_module._LazyBook, "parse", noting)
    return names


def test_an_unchanged_book_is_not_parsed_after_a_restart(parsed: list[str]) -> None:
    store, data = MemoryStore(), book_of()
    first = read_ledger(data, cells_of=store.cells)
    assert len(parsed) == len(READ)
    parsed.clear()
    assert read_ledger(data, cells_of=store.cells) == first == read_ledger(data)
    assert sorted(parsed) == sorted(sheet.name for sheet in READ)  # by the reading without a cache alone


def test_only_the_changed_sheet_is_parsed(parsed: list[str]) -> None:
    store = MemoryStore()
    read_ledger(book_of(), cells_of=store.cells)
    parsed.clear()
    changed = book_of(with_cell("content", "改了"))
    ledger = read_ledger(changed, cells_of=store.cells)
    assert parsed == ["督办台账"]
    assert ledger.matters[0].content == "改了"


def test_other_tables_count_as_a_change(parsed: list[str]) -> None:
    store = MemoryStore()
    read_ledger(book_of(matters=[MATTER]), cells_of=store.cells)
    parsed.clear()
    read_ledger(book_of(with_cell("content", "x"), tables=False), cells_of=store.cells)
    assert len(parsed) == len(READ)


@pytest.mark.parametrize("spoilt", [b"", b"x", b"duban-sheet-1\n", b"duban-sheet-1\nxyz", None])
def test_a_spoilt_cache_is_no_cache(spoilt: bytes | None) -> None:
    store, data = MemoryStore(), book_of()
    first = read_ledger(data, cells_of=store.cells)
    for mark, stored in list(store.items()):
        store[mark] = stored[:-9] if spoilt is None else spoilt
    assert read_ledger(data, cells_of=store.cells) == first


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6))
def test_every_cell_comes_back_as_it_was(rows: list[list[object]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    formulas = {(1, 2): Formula.VOLATILE}
    cells = SheetCells("表", list(range(1, len(rows) + 1)), columns, 3, formulas, None, True, ("A2:A3",))
    assert unpacked(packed(cells), "表", None) == cells


def test_equal_values_of_different_kinds_stay_apart() -> None:
    column = [datetime(2026, 3, 5), date(2026, 3, 5), time(), timedelta(), "2026-03-05", 0, "0", "", None]
    loaded = unpacked(packed(SheetCells("表", list(range(9)), [column])), "表", None)
    assert loaded is not None
    assert [(type(value), value) for value in loaded.columns[0]] == [(type(value), value) for value in column]


def test_other_styles_alone_count_as_a_change(parsed: list[str]) -> None:
    """A style decides whether a number is a date."""
    store = MemoryStore()
    read_ledger(book_of(), cells_of=store.cells)
    parsed.clear()

    def change(members: dict[str, bytes]) -> None:
        members["xl/styles.xml"] = members["xl/styles.xml"].replace(b"yyyy-mm-dd h:mm:ss", b"yyyy-mm-dd h:mm")

    read_ledger(repacked(change), cells_of=store.cells)
    assert len(parsed) == len(READ)
