"""Every single thing that a patch refuses, one at a time: where two guards stand in a row, each is met alone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.facts.change import NewRow
from engine.ledger.package import addresses, faults, masking, small_xml
from engine.ledger.package.zip_archive import ZipArchive
from engine.ledger.patching import codec, decision, refusals, splice, values
from tests.ledger.corpus.hand_made import LOG_SHEET, SHEET
from tests.ledger.refusal_makers import (
    BIG,
    BOOK,
    END,
    ENTRY,
    LOCAL,
    RELS,
    TABLE,
    book,
    broken_stream,
    call,
    counts,
    cut_directory,
    end_of_zip64,
    endless_head,
    endless_rows,
    endless_stream,
    endless_string,
    last_row,
    local,
    longer_than_announced,
    more_than_announced,
    much_in_two_parts,
    nameless_column,
    nested_without_end,
    number,
    out_of_the_package,
    part,
    raw,
    record_of_zip64,
    row4,
    self_extracting,
    signed_by_relation,
    slashes_that_lean,
    small_limit,
    sub,
    too_large_to_read,
    true_zip64,
    utf16,
    with_limit,
)


@dataclass(frozen=True)
class Scene:
    """Something to be refused with this error; ``words`` are found in its sentence. ``act`` does it in a folder."""

    error: type[Exception]
    words: str
    act: Callable[[Path], object]


DAMAGED, ODD, XML = faults.DamagedError, faults.UnsupportedZipError, faults.UnsupportedXmlError
LARGE, MISSING, VALUE = faults.TooLargeError, faults.MissingPartError, refusals.ValueRefusedError

SCENES: dict[str, Scene] = {
    # the zip file
    "no_bytes": Scene(DAMAGED, "0 字节", lambda folder: ZipArchive(b"")),
    "slashes_that_lean": Scene(refusals.UnpatchableZipError, "反斜杠", book(slashes_that_lean)),
    "out_of_the_package": Scene(ODD, "越界", book(out_of_the_package)),
    "too_many_parts": Scene(LARGE, "过大", with_limit("MOST_PARTS", 3)),
    "too_much_in_all": Scene(LARGE, "过大", with_limit("MOST_BYTES", 1000)),
    "zip64_as_large_libraries_write_it": Scene(refusals.UnpatchableZipError, "zip64", book(true_zip64)),
    "record_of_zip64": Scene(ODD, "zip64", book(record_of_zip64)),
    "end_of_zip64": Scene(ODD, "zip64", book(end_of_zip64)),
    "more_than_announced": Scene(DAMAGED, "与其目录不符", book(more_than_announced)),
    "self_extracting": Scene(DAMAGED, "不是 Excel", book(self_extracting)),
    "no_end": Scene(DAMAGED, "不完整", raw(lambda data: data.__delitem__(slice(-400, None)))),
    "half_an_end": Scene(DAMAGED, "不完整", raw(lambda data: data.__delitem__(slice(-10, None)))),
    "count_of_zip64": Scene(ODD, "zip64", number(END, 8, "<H", lambda _: 0xFFFF)),
    "offset_of_zip64": Scene(ODD, "zip64", number(END, 16, "<I", lambda _: 0xFFFFFFFF)),
    "member_of_zip64": Scene(ODD, "zip64", number(ENTRY, 20, "<I", lambda _: 0xFFFFFFFF)),
    "second_disk": Scene(ODD, "目录", number(END, 4, "<H", lambda _: 1)),
    "first_disk": Scene(ODD, "目录", number(END, 6, "<H", lambda _: 1)),
    "two_counts": Scene(ODD, "目录", number(END, 8, "<H", lambda count: count - 1)),
    "directory_cut": Scene(DAMAGED, "压缩目录已损坏", raw(cut_directory)),
    "directory_without_sign": Scene(DAMAGED, "压缩目录已损坏", number(ENTRY, 0, "<H", lambda _: 0)),
    "more_than_counted": Scene(DAMAGED, "压缩目录已损坏", counts(-1)),
    "local_sign": Scene(DAMAGED, "目录与内容不符", number(LOCAL, 0, "<H", lambda _: 0)),
    "local_name": Scene(DAMAGED, "目录与内容不符", local(30)),
    "local_method": Scene(DAMAGED, "目录与内容不符", local(8)),
    "beyond_the_file": Scene(DAMAGED, "不完整", number(ENTRY, 42, "<I", lambda _: 0x7FFFFFFF)),
    "into_the_directory": Scene(ODD, "互相重叠", number(ENTRY, 20, "<I", lambda packed: packed + 4)),
    "broken_stream": Scene(DAMAGED, "内容已损坏", book(broken_stream)),
    "endless_stream": Scene(DAMAGED, "内容已损坏", endless_stream),
    "longer_than_announced": Scene(DAMAGED, "内容已损坏", book(longer_than_announced)),
    "too_large_to_read": Scene(LARGE, "庞大", too_large_to_read),
    "file_past_the_limit": Scene(LARGE, "4 GB", small_limit(200, b"a")),
    "member_past_the_limit": Scene(LARGE, "4 GB", small_limit(20_000, bytes(30_000))),
    # the package
    "foreign_workbook": Scene(
        faults.ForeignWorkbookError, "不是 Excel 工作簿", sub(BOOK, "spreadsheetml/2006/main", "other")
    ),
    "no_workbook": Scene(MISSING, "缺少部件", sub(RELS, 'officeDocument"', 'other"')),
    "workbook_elsewhere": Scene(MISSING, "缺少部件", sub(RELS, "xl/workbook.xml", "xl/book.xml")),
    "signed_by_relation": Scene(refusals.SignedError, "签名", part(RELS, signed_by_relation)),
    "much_in_two_parts": Scene(LARGE, "异常庞大", book(much_in_two_parts)),
    "nested_without_end": Scene(XML, "异常庞大", part(BOOK, nested_without_end)),
    "no_sums": Scene(XML, "表格定义有误", sub(TABLE, 'totalsRowShown="0"', 'totalsRowCount="x"')),
    "range_of_nothing": Scene(XML, "单元格范围", call("parse_range", addresses, "1:2", "part")),
    # XML
    "encoding_of_a_table": Scene(XML, "UTF-8", sub(TABLE, 'encoding="UTF-8"', 'encoding="latin-1"')),
    "encoding_of_a_sheet": Scene(XML, "UTF-8", sub(SHEET, 'encoding="UTF-8"', 'encoding="latin-1"')),
    "utf16_without_a_word": Scene(XML, "UTF-8", part(TABLE, utf16)),
    "nothing_in_a_text": Scene(XML, "UTF-8", part(SHEET, lambda data: data.replace(b"<v>46083", b"<v>\x004608", 1))),
    "comment_without_end": Scene(XML, "结构有误", part(SHEET, lambda data: data + b"<!-- ")),
    "tag_without_end": Scene(XML, "结构有误", call("tag_end", small_xml, b"<a", 0, "part")),
    "entity_amid_rows": Scene(
        faults.EntityError, "实体", part(SHEET, lambda data: data.replace(b"<row", b"<!DOCTYPE a><row", 2))
    ),
    # the sheet
    "other_root": Scene(XML, "不是工作表", part(SHEET, lambda data: data.replace(b"worksheet", b"dialogsheet"))),
    "other_space": Scene(XML, "不是工作表", sub(SHEET, "spreadsheetml/2006/main", "other")),
    "no_rows": Scene(XML, "缺少数据区", sub(SHEET, "<sheetData>.*</sheetData>", "")),
    "endless_head": Scene(XML, "缺少数据区", endless_head),
    "endless_rows": Scene(XML, "异常庞大", endless_rows),
    "endless_string": Scene(XML, "异常庞大", endless_string),
    "row_without_quotes": Scene(XML, "第 4 行", part(SHEET, lambda data: data.replace(b'<row r="4"', b"<row r=4"))),
    "cells_out_of_order": Scene(XML, "第 4 行", row4('<c r="B4"', '<c r="A4"')),
    "cell_of_another_row": Scene(XML, "第 4 行", row4('<c r="B4"', '<c r="B5"')),
    "address_with_a_sign": Scene(XML, "第 4 行", row4('<c r="K4"', '<c r="K$4"')),
    "address_of_another_row": Scene(XML, "第 4 行", row4('<c r="K4" s="1"', '<c s="1" r="K5"')),
    "something_among_cells": Scene(XML, "第 4 行", row4('<c r="B4"', '<other/><c r="B4"')),
    "something_among_rows": Scene(XML, "第 4 行", row4('</row>(?=<row r="5")', "</row><other/>")),
    "letters_for_a_number": Scene(XML, "第 4 行", sub(SHEET, '<c r="I4" s="2"/>', '<c r="I4"><v>x</v></c>')),
    "endless_number": Scene(XML, "第 4 行", sub(SHEET, '<c r="I4" s="2"/>', '<c r="I4"><v>1e999</v></c>')),
    "string_before_the_first": Scene(XML, "第 4 行", sub(SHEET, '(<c r="F4" t="s"><v>)15', r"\g<1>-1")),
    "sheet_full": Scene(refusals.NoRoomError, "写满", book(last_row)),
    "column_missing": Scene(MISSING, "序次", book(nameless_column)),
    "merged_where_rows_go": Scene(
        refusals.MergedError,
        "合并",
        sub(LOG_SHEET, "<pageMargins", '<mergeCells count="1"><mergeCell ref="A3:B3"/></mergeCells><pageMargins'),
    ),
    "rows_by_another_name": Scene(
        ValueError, "named by", call("key_field_of", decision, "matters", [NewRow("matters", {}, "content")])
    ),
    # values
    "long_text": Scene(VALUE, "32767", call("as_text", values, "字" * 32_768)),
    "long_text_of_pairs": Scene(VALUE, "32767", call("as_text", values, "𠮷" * 16_384)),
    "time_of_a_zone": Scene(VALUE, "时区", call("serial", values, datetime(2026, 3, 9, tzinfo=UTC), False)),
    "day_before_excel": Scene(VALUE, "早于", call("serial", values, date(1900, 2, 28), False)),
    "day_before_1904": Scene(VALUE, "早于", call("serial", values, date(1903, 12, 31), True)),
    "no_number": Scene(VALUE, "有限数", call("as_number", values, float("nan"), False)),
    "number_past_exactness": Scene(VALUE, "有限数", call("as_number", values, 2**53 + 1, False)),
    # programming
    "level_past_the_top": Scene(ValueError, "level", call("Codec", codec, "isal", 4)),
    "no_threads": Scene(ValueError, "thread", call("Codec", codec, "zlib", 6, 0)),
    "edits_overlap": Scene(
        ValueError,
        "overlap",
        lambda folder: [*splice.splice([b"0123"], [splice.Edit(0, 2, b""), splice.Edit(1, 3, b"")])],
    ),
    "edit_past_the_end": Scene(ValueError, "past", lambda folder: [*splice.splice([b"0"], [splice.Edit(2, 2, b"x")])]),
    "comment_past_the_limit": Scene(
        XML, "注释", lambda folder: [*masking.masked([b"<a><!--", *([BIG] * 2), b"--></a>"], "")]
    ),
}


def play(name: str, folder: Path) -> None:
    """Act the scene; it must be refused in its words."""
    scene = SCENES[name]
    with pytest.raises(scene.error, match=scene.words) as refusal:
        scene.act(folder)
    assert type(refusal.value) is scene.error
