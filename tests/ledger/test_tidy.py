"""``tidy``: nothing that people added is lost, cell by cell and part by part; what cannot be moved is refused."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from engine.ledger.headings.columns import MATTERS
from engine.ledger.package.faults import RefusedError
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.patching.codec import Codec
from engine.ledger.patching.refusals import SignedError
from engine.ledger.patching.zip_target import write_archive
from engine.ledger.tidying.tidy import tidied
from tests.ledger.corpus.excel_made import excel_made
from tests.ledger.corpus.resaved import convert
from tests.ledger.corpus.zip_tools import Parts, edited, parts_of
from tests.ledger.patch_checks import calamine_cells, openpyxl_cells, plain
from tests.ledger.patch_programs import exceljs_values, open_xml_faults
from tests.ledger.refusal_makers import signed_by_relation
from tests.ledger.test_patch_corpus import BUILDERS, PATCHED
from tests.ledger.test_template import WORKBOOKS
from tests.ledger.tidy_books import OWN, ROWS, OwnBook

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
TITLE = "朔州市2026年督办台账"
REFUSED = "second_table"
ORDER = [column.heading for column in MATTERS.columns]
MOVED = re.compile(
    r"xl/(worksheets/sheet\d+|tables/table1|workbook|comments1|drawings/.*|charts/.*|calcChain)\.(xml|vml)"
)


def tidy(source: Path, target: Path) -> Path:
    data = source.read_bytes()
    parts = tidied(data, TITLE).parts
    with target.open("w+b") as stream:
        write_archive(ZipArchive(data), stream, {name: (part,) for name, part in parts.items()}, Codec())
    return target


def columns(path: Path) -> dict[str, Any]:
    """Heading → the cells below it: value, number format, colour, font, note, link."""
    sheet = openpyxl.load_workbook(path)[MATTERS.name]
    area = next(iter(sheet.tables.values())).ref
    rows = [*sheet[area]]
    return {
        heading.value: [
            (
                plain(cell.value) if cell.data_type != "f" else "formula",
                cell.number_format,
                cell.fill.fgColor.rgb,
                cell.font.b,
                cell.comment.text if cell.comment else None,
                cell.hyperlink.target if cell.hyperlink else None,
            )
            for cell in (row[at] for row in rows)
        ]
        for at, heading in enumerate(rows[0])
    }


def holds_all(before: Path, after: Path) -> None:
    old, new = columns(before), columns(after)
    assert {heading: new.get(heading) for heading in old} == old
    assert [heading for heading in new if heading in ORDER] == ORDER
    added = [new[heading] for heading in new if heading not in old]
    assert all(value is None for cells in added for value, *_ in cells[1:])


def filled(path: Path) -> dict[tuple[str, str, int], dict[int, object]]:
    """(Sheet, what its column is called, the turn of that name) → row → value. Letters in formulas do not count."""
    columns: dict[tuple[str, int], dict[int, object]] = defaultdict(dict)
    for (sheet, row, column), value in openpyxl_cells(path).items():
        columns[sheet, column][row] = "formula" if str(value).startswith(("=", "[('ref'")) else value
    turns: Counter[tuple[str, str]] = Counter()
    found = {}
    for (sheet, _), cells in sorted(columns.items()):
        named = sheet, next((str(value) for value in cells.values() if value in ORDER), str(min(cells.items())))
        turns[named] += 1
        found[*named, turns[named]] = cells
    return found


@pytest.fixture
def own(tmp_path: Path) -> tuple[OwnBook, Path, Path]:
    """A ledger with everything that people add, and what tidy makes of it."""
    book = OwnBook(seed=5, top=2, left=1)
    built = book.build(tmp_path / "base.xlsx")
    source = edited(built, tmp_path / "book.xlsx", filtered(book.headings.index("预警灯")))
    return book, source, tidy(source, tmp_path / "tidy.xlsx")


def filtered(index: int) -> Callable[[Parts], None]:
    """The rows whose light is not red are filtered away."""

    def edit(parts: Parts) -> None:
        chosen = f'<filterColumn colId="{index}"><filters><filter val="红"/></filters></filterColumn></autoFilter>'
        table = re.sub(rb'(<autoFilter ref="[^"]*")/>', rb"\1>@", parts["xl/tables/table1.xml"])
        parts["xl/tables/table1.xml"] = table.replace(b"@", chosen.encode())
        for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
            parts[name] = parts[name].replace(b"</f><v>0</v>", b"</f>")  # LibreOffice computes what has no value

    return edit


@pytest.mark.parametrize("seed", range(4))
def test_no_cell_colour_note_or_link_is_lost(seed: int, tmp_path: Path) -> None:
    book = OwnBook(seed, top=seed % 3, left=seed % 2, with_later=seed % 2 == 0)
    source = book.build(tmp_path / "book.xlsx")
    holds_all(source, tidy(source, tmp_path / "tidy.xlsx"))


def test_parts_that_name_no_cell_of_the_sheet_stay_byte_for_byte(own: tuple[OwnBook, Path, Path]) -> None:
    _, before, after = own
    old, new = parts_of(before), parts_of(after)
    assert list(old) == list(new)
    changed = {name for name in old if old[name] != new[name]}
    assert {name for name in changed if not MOVED.fullmatch(name)} == set()
    assert "xl/styles.xml" not in changed
    assert "xl/sharedStrings.xml" not in changed


def test_own_columns_stay_behind_their_neighbours_in_sight_or_come_last(own: tuple[OwnBook, Path, Path]) -> None:
    book, _, after = own
    shown = [*columns(after)]
    fields = {column.heading: column for column in MATTERS.columns}
    for heading in OWN:
        before = next((one for one in reversed(book.headings[: book.headings.index(heading)]) if one not in OWN), None)
        stays = before and not fields[before].group and before not in ("事项编号", "预警灯")
        expected = next(one for one in reversed(shown[: shown.index(heading)]) if one not in OWN)
        assert expected == (before if stays else ORDER[-1]), heading


def test_rules_validations_filter_and_names_follow_their_columns(own: tuple[OwnBook, Path, Path]) -> None:
    book, _, after = own
    workbook = openpyxl.load_workbook(after)
    sheet = workbook[MATTERS.name]
    letters = {cell.value: cell.column_letter for cell in sheet[book.top + 1]}
    light, first = letters["预警灯"], book.top + 2
    rules = {
        str(area.sqref): [one.formula for one in rules]
        for area, rules in sheet.conditional_formatting._cf_rules.items()
    }
    last_letter = max(letters.values(), key=lambda letter: (len(letter), letter))
    assert rules[f"B{first}:{last_letter}{first + 90}"] == [[f'${light}{first}="红"']]
    own = letters["内部备注"]
    assert rules[f"{own}{first}:{own}{first + ROWS - 1}"] == [[f"LEN({own}{first})>20"]]
    checks = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    leader, clerk = letters["分管领导意见"], letters["经办人"]
    assert checks[f"{leader}{first}:{leader}{first + ROWS - 1}"] == f"LEN({leader}{first})<9"
    assert checks[f"{clerk}{first}:{clerk}{first + ROWS - 1}"] == '"张某,李某"'
    table = next(iter(sheet.tables.values()))
    assert [one.colId for one in table.autoFilter.filterColumn] == [[*letters].index("预警灯") - book.left]
    assert workbook.defined_names["灯色"].attr_text == f"'{MATTERS.name}'!${light}${first}:${light}${first + ROWS - 1}"
    assert sheet.print_area == ""
    assert sheet.column_dimensions[own].width == pytest.approx(41.7, abs=0.1)
    assert sheet.column_dimensions[clerk].hidden


def test_every_program_counts_as_before(own: tuple[OwnBook, Path, Path], tmp_path: Path) -> None:
    book, before, after = own
    convert((before, after), tmp_path / "reread")
    old, new = (calamine_cells(tmp_path / "reread" / path.name) for path in (before, after))
    count = [old["我的统计", row, 1] for row in range(1, 6)]
    assert count == [6.0, 78.0, 6.0, 78.0, 36.0]
    assert [new["我的统计", row, 1] for row in range(1, 6)] == count
    own = [*columns(after)].index("计算列") + book.left + 1
    top = book.top + 1
    assert [new[MATTERS.name, top + row, own] for row in range(1, ROWS + 1)] == [
        row * 10 + row % 2 for row in range(1, ROWS + 1)
    ]
    assert open_xml_faults([before, after]) == {before: [], after: []}
    numbers = [(MATTERS.name, top + row, book.left + 1) for row in range(1, ROWS + 1)]
    assert exceljs_values({after: numbers})[after] == [f"2026-日-{row:04}" for row in range(1, ROWS + 1)]


def test_a_tidy_book_is_not_tidied_again(own: tuple[OwnBook, Path, Path]) -> None:
    _, _, after = own
    assert tidied(after.read_bytes(), TITLE).parts == {}


@pytest.mark.parametrize("name", ["台账模板.xlsx", "示例台账.xlsx", "示例台账-保山.xlsx"])
def test_a_new_book_changes_at_most_its_title(name: str) -> None:
    made = tidied((WORKBOOKS / name).read_bytes(), TITLE)
    assert [*made.moves] == []
    assert len(made.parts) == 1


def test_every_book_of_the_corpus_is_whole_after(tmp_path: Path, sample: Callable[[int, int], int]) -> None:
    for kind, name in PATCHED[:: sample(4, 1)]:
        if name == REFUSED:
            continue
        source = BUILDERS[kind](name, tmp_path)
        old, new = (filled(path) for path in (source, tidy(source, tmp_path / "tidy.xlsx")))
        assert {column: new.get(column) for column in old} == old, name


def test_a_second_table_beside_the_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="请先"):
        tidied(excel_made(REFUSED, tmp_path).read_bytes(), TITLE)


HOSTILE = {
    "merged cells": lambda sheet: sheet.merge_range("D40:F41", "并"),
    "a formula over several columns": lambda sheet: sheet.write_formula("A40", "=VLOOKUP(1,A2:H9,3,0)"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_depends_on_the_order_is_refused_and_the_book_left(what: str, tmp_path: Path) -> None:
    book = OwnBook(seed=3)
    elsewhere = book._elsewhere
    book._elsewhere = lambda workbook, other: (elsewhere(workbook, other), HOSTILE[what](workbook.worksheets()[0]))  # type: ignore[method-assign]
    source = book.build(tmp_path / "book.xlsx")
    before = source.read_bytes()
    with pytest.raises(RefusedError, match="先"):
        tidied(before, TITLE)
    assert source.read_bytes() == before


def test_a_signed_book_is_refused_and_a_part_that_nobody_knows_is_kept(tmp_path: Path) -> None:
    source = OwnBook(seed=4).build(tmp_path / "book.xlsx")

    def with_hidden_part(parts: Parts) -> None:
        parts["customXml/item7.xml"] = b"<kept xmlns='urn:office'>by another program</kept>"

    kept = edited(source, tmp_path / "kept.xlsx", with_hidden_part)
    tidied_book = tidy(kept, tmp_path / "tidy.xlsx")
    assert parts_of(tidied_book)["customXml/item7.xml"] == parts_of(kept)["customXml/item7.xml"]

    def signed(parts: Parts) -> None:
        parts["_rels/.rels"] = signed_by_relation(parts["_rels/.rels"])

    with pytest.raises(SignedError, match="签名"):
        tidied(edited(source, tmp_path / "signed.xlsx", signed).read_bytes(), TITLE)
