"""Where a change says that its row stands only makes the search shorter: what is found and written is the same."""

import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from io import BytesIO

import pytest

from engine.facts.change import Change, NewRow
from engine.facts.finding import Place
from engine.ledger.package.faults import UnsupportedXmlError
from engine.ledger.package.row_hash import row_hash
from engine.ledger.patching.codec import Codec
from engine.ledger.patching.patch import PatchOptions, PatchReport, patch_into
from engine.ledger.patching.refusals import NoRoomError
from tests.ledger.patch_random import Spelling, render
from tests.ledger.patch_reference import FIELDS, PlainCell, PlainSheet, apply, heading, read_plain, telling

SHEET = "xl/worksheets/sheet1.xml"
PLAIN = Spelling("", addresses=True, inline=False, comments=False, spans=True, dimension=True, quote='"')
ROWS = 300
STEPS = (40, 5000, 1 << 16)
"""One row in a block, many, all."""


def number(row: int) -> str:
    return f"2026-日-{row:04}"


def sheet() -> PlainSheet:
    """A full table from A1, every second matter with an overdue time."""
    cells = {row: (number(row), "绿", float(row) if row % 2 else None, f"备注{row}") for row in range(2, ROWS + 2)}
    rows = {row: {at: PlainCell(value, "1") for at, value in enumerate(values, 1)} for row, values in cells.items()}
    heads = {at: PlainCell(heading(name), "2") for at, name in enumerate(FIELDS, 1)}
    return PlainSheet(1, 1, ROWS + 1, {1: heads, **rows})


CHANGES = [
    change
    for row in (2, 3, 77, 150, 151, ROWS + 1)
    for change in (
        Change(Place("matters", row), number(row), "light", "绿", "红"),
        Change(Place("matters", row), number(row), "overdue_hours", float(row) if row % 2 else None, 5.0),
    )
]
ADDED = [NewRow("matters", {"number": f"2027-日-{at}", "light": "黄"}, "number") for at in (1, 2, 3)]


def patched(book: bytes, changes: list[Change], step: int, rows: list[NewRow] = ADDED) -> tuple[bytes, PatchReport]:
    """The sheet part after the patch."""
    target = BytesIO()
    report = patch_into(book, target, changes, rows, PatchOptions(Codec("zlib", 1, 1), step=step))
    with zipfile.ZipFile(target if report.parts else BytesIO(book)) as archive:
        return archive.read(SHEET), report


def nowhere(change: Change) -> Change:
    return replace(change, place=Place("matters", None))


@pytest.mark.parametrize("step", STEPS)
def test_with_and_without_places_the_same_bytes_are_written(step: int) -> None:
    before, strings = render(sheet(), PLAIN)
    expected = deepcopy(sheet())
    apply(expected, CHANGES, ADDED)
    quick, report = patched(before, CHANGES, step)
    slow, other = patched(before, [nowhere(change) for change in CHANGES], step)
    assert read_plain(quick, strings) == telling(expected.rows)
    assert (quick, len(report.applied), report.appended) == (slow, len(other.applied), other.appended)
    assert len(report.applied) == len(CHANGES)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("first", "second"), [(2, 151), (150, 151), (77, ROWS + 1)])
def test_a_row_that_has_moved_is_found_all_the_same(step: int, first: int, second: int) -> None:
    book = sheet()
    book.rows[first], book.rows[second] = book.rows[second], book.rows[first]
    before, strings = render(book, PLAIN)
    after, report = patched(before, CHANGES, step)
    assert len(report.applied) == len(CHANGES)
    light = {cells[1].value: cells[2].value for cells in read_plain(after, strings).values()}
    assert {light[change.matter] for change in CHANGES} == {"红"}
    assert sum(value == "红" for value in light.values()) == len(CHANGES) // 2


@pytest.mark.parametrize("step", STEPS)
def test_a_row_that_has_moved_and_been_doubled_is_left_alone(step: int) -> None:
    """Row 2 is always looked at, row 200 only where keys are looked for everywhere."""
    book = sheet()
    for row, key in ((77, "2026-日-0999"), (2, number(77)), (200, number(77))):
        book.rows[row][1] = PlainCell(key, "1")
    change = Change(Place("matters", 77), number(77), "light", "绿", "红")
    _, report = patched(render(book, PLAIN)[0], [change], step)
    assert [dropped.change for dropped in report.dropped] == [change]


def spelled(how: str) -> Callable[[bytes, int], bytes]:
    """A maker of the key cell of row 150, holding the key that is to be added, in another spelling."""
    cells = {
        "inline": '<c r="A150" t="inlineStr"><is><t>2027-日-2</t></is></c>',
        "formula": '<c r="A150" t="str"><f>B150</f><v>2027-日-2</v></c>',
        "number": '<c r="A150"><v>20272</v></c>',
    }
    return lambda part, start: part[:start] + cells[how].encode() + part[part.index(b"</c>", start) + 4 :]


def edited(book: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    """The book with its sheet part edited."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, edit(data) if info.filename == SHEET else data)
    return target.getvalue()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", ["shared", "inline", "formula", "number"])
def test_a_row_that_is_there_already_is_seen_in_whatever_spelling(step: int, how: str) -> None:
    key = "20272" if how == "number" else "2027-日-2"
    rows = [replace(row, values={**row.values, "number": key}) if row is ADDED[1] else row for row in ADDED]
    book = sheet()
    if how == "shared":
        book.rows[150][1] = PlainCell(key, "1")
    before, _ = render(book, PLAIN)
    if how != "shared":
        before = edited(before, lambda part: spelled(how)(part, part.index(b'<c r="A150"')))
    _, report = patched(before, [change for change in CHANGES if change.place.row != 150], step, rows)
    assert (report.appended, report.repeated) == (2, 1)


def without(part: bytes, tag: bytes) -> bytes:
    start = part.index(tag)
    end = part.index(b"</row>", start) + len(b"</row>")
    return part[:start] + part[end:]


@pytest.mark.parametrize("step", STEPS)
def test_a_missing_row_or_one_without_a_number_does_not_shift_the_others(step: int) -> None:
    before, strings = render(sheet(), PLAIN)
    gap, _ = patched(edited(before, lambda part: without(part, b'<row r="100"')), CHANGES, step)
    bare, _ = patched(edited(before, lambda part: part.replace(b'<row r="150"', b"<row")), CHANGES, step)
    expected = deepcopy(sheet())
    apply(expected, CHANGES, ADDED)
    assert read_plain(bare, strings) == telling(expected.rows)
    expected.rows.pop(100)
    assert read_plain(gap, strings) == telling(expected.rows)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("tag", "wrong", "everywhere"),
    [(ROWS + 1, 120, False), (ROWS + 1, 120, True), (151, 60, False), (151, 60, True), (90, 60, True)],
)
def test_rows_out_of_order_are_refused(step: int, tag: int, wrong: int, everywhere: bool) -> None:
    """But for those amid a block of rows that nobody asks for: nothing is placed by them."""
    before, _ = render(sheet(), PLAIN)
    book = edited(before, lambda part: part.replace(b'<row r="%d"' % tag, b'<row r="%d"' % wrong))
    with pytest.raises(UnsupportedXmlError):
        patched(book, [nowhere(change) if everywhere else change for change in CHANGES], step)


def test_a_block_out_of_order_is_refused() -> None:
    book = edited(render(sheet(), PLAIN)[0], lambda part: part.replace(b'<row r="300"', b'<row r="120"'))
    with pytest.raises(UnsupportedXmlError):
        patched(book, CHANGES, min(STEPS))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("everywhere", [False, True])
def test_a_row_too_many_is_refused(step: int, everywhere: bool) -> None:
    def double(data: bytes) -> bytes:
        start, at = data.index(b'<row r="60"'), data.index(b'<row r="90"')
        return data[:at] + data[start : data.index(b'<row r="61"')] + data[at:]

    book = edited(render(sheet(), PLAIN)[0], double)
    with pytest.raises(UnsupportedXmlError):
        patched(book, [nowhere(change) if everywhere else change for change in CHANGES], step)


@pytest.mark.parametrize("step", STEPS)
def test_a_row_with_neither_number_is_found_by_place_and_content(step: int) -> None:
    book = sheet()
    book.rows[150][1] = PlainCell(None, "1")
    before, strings = render(book, PLAIN)
    change = Change(Place("matters", 150), "", "light", "绿", "红", (), row_hash({}))
    after, report = patched(edited(before, lambda data: data.replace(b'<row r="150"', b"<row")), [change], step, [])
    assert report.applied == (change,)
    book.rows[150][2] = PlainCell("红", "1")
    assert read_plain(after, strings) == telling(book.rows)


@pytest.mark.parametrize("step", STEPS)
def test_blank_rows_at_the_end_are_filled_and_notes_below_refused(step: int) -> None:
    book = sheet()
    for row in (ROWS, ROWS + 1):
        book.rows[row] = {at: PlainCell(None, "1") for at in range(1, 5)}
    before, strings = render(book, PLAIN)
    expected = deepcopy(book)
    apply(expected, CHANGES[:-2], ADDED)
    after, report = patched(before, CHANGES[:-2], step)
    assert (read_plain(after, strings), report.appended) == (telling(expected.rows), 3)
    book.rows[ROWS + 2] = {1: PlainCell("说明", None)}
    with pytest.raises(NoRoomError):
        patched(render(book, PLAIN)[0], CHANGES[:-2], step)


def typed_on(gap: int = 0) -> PlainSheet:
    """Two matters typed right below the table, which did not grow; or a blank row further down."""
    book = sheet()
    for row in (ROWS + 2 + gap, ROWS + 3 + gap):
        book.rows[row] = {at: PlainCell(value, None) for at, value in enumerate((number(row), "绿", None, None), 1)}
    return book


def change_at(row: int) -> Change:
    return Change(Place("matters", row), number(row), "light", "绿", "红")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("last", [ROWS + 2, ROWS + 3])
def test_rows_right_below_the_table_belong_to_it_as_far_as_they_are_written(step: int, last: int) -> None:
    book = typed_on()
    before, strings = render(book, PLAIN)
    target = BytesIO()
    options = PatchOptions(Codec("zlib", 1, 1), step=step)
    report = patch_into(before, target, [CHANGES[0], change_at(last)], [], options)
    assert (len(report.applied), report.dropped) == (2, ())
    with zipfile.ZipFile(target) as archive:
        table, part = archive.read("xl/tables/table1.xml"), archive.read(SHEET)
    assert table.count(b'ref="A1:D%d"' % last) == 2, "the table and its filter"
    book.rows[2][2] = book.rows[last][2] = PlainCell("红", "1")
    assert read_plain(part, strings)[last][2].value == "红"


@pytest.mark.parametrize("step", STEPS)
def test_rows_below_a_gap_are_left_alone(step: int) -> None:
    before, _ = render(typed_on(gap=1), PLAIN)
    _, report = patched(before, [change_at(ROWS + 3)], step, [])
    assert ([dropped.reason[:3] for dropped in report.dropped], report.parts) == (["找不到"], ())


def test_new_rows_come_after_those_typed_on() -> None:
    before, strings = render(typed_on(), PLAIN)
    after, report = patched(before, [change_at(ROWS + 3)], STEPS[0])
    assert (report.appended, read_plain(after, strings)[ROWS + 4][1].value) == (3, "2027-日-1")


@pytest.mark.parametrize("merged", ["A{}:B{}", "C{}:Z{}"])
def test_merged_cells_keep_rows_out_of_the_table(merged: str) -> None:
    cells = merged.format(ROWS + 2, ROWS + 2)
    tail = f'</sheetData><mergeCells count="1"><mergeCell ref="{cells}"/></mergeCells>'.encode()
    book = edited(render(typed_on(), PLAIN)[0], lambda data: data.replace(b"</sheetData>", tail))
    report = patch_into(book, BytesIO(), [change_at(ROWS + 3)], [], PatchOptions(drop_refused=True))
    assert "合并" in report.dropped[0].reason


def test_rows_below_a_totals_row_are_not_its_tables() -> None:
    book, _ = render(typed_on(), PLAIN)
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, data.replace(b'name="', b'totalsRowCount="1" name="', 1) if "table1" in name else data)
    _, report = patched(target.getvalue(), [change_at(ROWS + 2)], STEPS[0], [])
    assert (report.applied, len(report.dropped)) == ((), 1)


def test_another_table_below_is_not_swallowed() -> None:
    book, _ = render(typed_on(), PLAIN)
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("sheet1.xml.rels"):
                own = data[data.index(b"<Relationship ") : data.index(b"</Relationships>")]
                other = own.replace(b"table1", b"table2").replace(b"rId1", b"rId2")
                data = data.replace(own, own + other)
            if name.endswith("table1.xml"):
                other = data.replace(b"\xe7\x9d\xa3\xe5\x8a\x9e\xe5\x8f\xb0\xe8\xb4\xa6", b"Other", 2)
                out.writestr("xl/tables/table2.xml", other.replace(b"A1:D301", b"A302:D303"))
            out.writestr(name, data)
    _, report = patched(target.getvalue(), [change_at(ROWS + 3)], STEPS[0], [])
    assert (report.applied, len(report.dropped)) == ((), 1)
