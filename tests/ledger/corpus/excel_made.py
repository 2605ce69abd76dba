"""What Excel users put into workbooks, written by XlsxWriter the way Excel writes it."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from engine.ledger.headings.columns import MESSAGE_LOG
from tests.ledger.corpus.office_book import MATTER_FIELDS, OfficeBook

Decoration = Callable[[OfficeBook], None]


def png() -> BytesIO:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\xff\0\0")
    return BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""))


def _plain(book: OfficeBook) -> None:
    book.matters.freeze_panes(1, 1)


def _data_bars(book: OfficeBook) -> None:
    book.matters.conditional_format("I2:I50", {"type": "data_bar", "data_bar_2010": True, "bar_solid": True})
    book.matters.conditional_format("I2:I50", {"type": "icon_set", "icon_style": "3_flags"})


def _lights(book: OfficeBook) -> None:
    red = book.workbook.add_format({"bg_color": "#FF0000"})
    for word in "红黄绿":
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": red}
        book.matters.conditional_format("F2:F500", rule)


def _validations(book: OfficeBook) -> None:
    book.matters.data_validation("F2:F500", {"validate": "list", "source": ["红", "黄", "绿"]})
    book.matters.data_validation("D2:D500", {"validate": "list", "source": f"={book.settings.get_name()}!$A$2:$A$4"})


def _sparklines(book: OfficeBook) -> None:
    book.matters.add_sparkline("N2", {"range": "督办台账!I2:I9"})


def _charts(book: OfficeBook) -> None:
    chart = book.workbook.add_chart({"type": "column"})
    chart.add_series({"values": "=督办台账!$I$2:$I$9"})
    book.matters.insert_chart("N3", chart)
    sheet = book.workbook.add_chartsheet("图")
    other = book.workbook.add_chart({"type": "line"})
    other.add_series({"values": "=督办台账!$I$2:$I$9"})
    sheet.set_chart(other)


def _images(book: OfficeBook) -> None:
    book.matters.insert_image("N3", "红章.png", {"image_data": png()})
    book.matters.set_header("&C&G", {"image_center": "红章.png", "image_data_center": png()})


def _background(book: OfficeBook) -> None:
    book.matters.set_background(png())


def _text_boxes(book: OfficeBook) -> None:
    book.matters.insert_textbox("N3", "请勿改动灰色列")


def _notes(book: OfficeBook) -> None:
    book.matters.write_comment("F4", "督查室：请核", {"visible": True})
    book.matters.write_comment("A2", "第一项")


def _protection(book: OfficeBook) -> None:
    book.matters.protect("", {"autofilter": True})
    book.matters.unprotect_range("A2:D500", "登记区")


def _names(book: OfficeBook) -> None:
    book.workbook.define_name("灯", "=督办台账!$F$2:$F$9")
    book.workbook.define_name("督办台账!本页", "=督办台账!$A$1")
    book.matters.print_area("A1:K9")
    book.matters.repeat_rows(0)


def _formulas(book: OfficeBook) -> None:
    for row in range(2, 10):
        book.matters.write_formula(f"N{row}", f"=I{row}*2", None, 0)


def _arrays(book: OfficeBook) -> None:
    book.matters.write_array_formula("N2:N4", "{=I2:I4*2}", None, 0)
    book.matters.write_dynamic_array_formula("P2:P4", "=UNIQUE(D2:D9)", None, "市水利局")


def _rich_text(book: OfficeBook) -> None:
    bold = book.workbook.add_format({"bold": True})
    book.matters.write_rich_string("C3", "抓好", bold, "安全生产", " & <检查>")


def _links(book: OfficeBook) -> None:
    book.matters.write_url("N2", "https://example.invalid/督办", string="通知")
    book.matters.write_url("N3", "internal:'参数设置'!A1")


def _filtered(book: OfficeBook) -> None:
    book.matters.set_row(2, None, None, {"hidden": True})
    book.matters.set_row(4, 30, book.grey, {"level": 1})
    book.matters.set_column("K:K", 20, book.grey, {"hidden": True})


def _title(book: OfficeBook) -> None:
    book.matters.merge_range("B1:H1", "朔州市政府督办台账", book.grey)
    book.matters.write("B2", "单位：督查室")


def _buttons(book: OfficeBook) -> None:
    book.matters.insert_button("N3", {"caption": "同步", "macro": "Sync"})


def _checkboxes(book: OfficeBook) -> None:
    book.matters.insert_checkbox("N2", True)


def _picture_in_cell(book: OfficeBook) -> None:
    book.matters.embed_image("N2", "红章.png", {"image_data": png()})


def _other_sheets(book: OfficeBook) -> None:
    for name in ("统计看板", "使用说明", "a & b <c>"):
        book.workbook.add_worksheet(name).write("A1", "=SUM(督办台账!I2:I9)")
    book.workbook.worksheets()[-1].hide()
    book.workbook.set_custom_property("制度", "朔州")
    book.workbook.set_properties({"title": "督办台账", "author": "督查室"})


def _many_styles(book: OfficeBook) -> None:
    for at in range(60):
        style = book.workbook.add_format({"font_size": 8 + at % 9, "italic": at % 2, "border": at % 5})
        book.matters.write(20 + at, 20, at, style)


def _side_notes(book: OfficeBook) -> None:
    book.log.write("X5", "本表由程序追加")
    book.matters.ignore_errors({"number_stored_as_text": "A1:K50"})
    book.matters.set_landscape()
    book.matters.set_h_pagebreaks([20, 40])


def _second_table(book: OfficeBook) -> None:
    book.matters.add_table("R1:S3", {"name": "图例", "columns": [{"header": "灯"}, {"header": "含义"}]})


def _macros(book: OfficeBook) -> None:
    book.workbook.add_vba_project(BytesIO(b"not a real project"), is_stream=True)


def _column_formats(book: OfficeBook) -> None:
    book.log.set_column("B:B", 17, book.date)
    book.log.set_column("C:T", 12, book.grey)


def _date_column(book: OfficeBook) -> None:
    book.log.set_column("B:B", 17, book.date)
    bold = book.workbook.add_format({"bold": True})
    for at, column in enumerate(MESSAGE_LOG.columns):
        book.log.write(0, at, column.heading, bold)


_ALL = (_data_bars, _validations, _sparklines, _charts, _images, _text_boxes, _notes, _formulas, _names)
SHUFFLED = (*MATTER_FIELDS[5:], *MATTER_FIELDS[:5])

MAKERS: dict[str, dict[str, Any]] = {
    "plain": {"decorate": _plain},
    "data_bars_x14": {"decorate": _data_bars},
    "conditional_lights": {"decorate": _lights},
    "validations": {"decorate": _validations},
    "sparklines_x14": {"decorate": _sparklines},
    "charts": {"decorate": _charts},
    "images": {"decorate": _images},
    "background": {"decorate": _background},
    "text_boxes": {"decorate": _text_boxes},
    "notes": {"decorate": _notes},
    "protection": {"decorate": _protection},
    "defined_names": {"decorate": _names},
    "date1904": {"options": {"date_1904": True}},
    "formulas_beside": {"decorate": _formulas},
    "arrays_beside": {"decorate": _arrays},
    "rich_text": {"decorate": _rich_text},
    "links": {"decorate": _links},
    "filtered_rows": {"decorate": _filtered},
    "title_above": {"decorate": _title, "top": 2, "left": 1},
    "buttons": {"decorate": _buttons},
    "checkboxes": {"decorate": _checkboxes},
    "picture_in_cell": {"decorate": _picture_in_cell},
    "other_sheets": {"decorate": _other_sheets},
    "many_styles": {"decorate": _many_styles},
    "side_notes": {"decorate": _side_notes},
    "second_table": {"decorate": _second_table},
    "macros_xlsm": {"decorate": _macros},
    "column_formats": {"decorate": _column_formats},
    "empty_log": {"log_rows": 0, "decorate": _date_column},
    "empty_log_formatted": {"log_rows": 0, "decorate": lambda book: (_column_formats(book), _date_column(book))},
    "log_reserve": {"log_rows": 1, "log_reserve": 1},
    "log_reserve_enough": {"log_rows": 1, "log_reserve": 6},
    "columns_moved": {"matter_fields": SHUFFLED},
    "right_to_left": {"decorate": lambda book: book.matters.right_to_left()},
    "all_at_once": {
        "decorate": lambda book: [
            make(book)
            for make in (
                _data_bars,
                _validations,
                _sparklines,
                _charts,
                _images,
                _text_boxes,
                _notes,
                _formulas,
                _names,
            )
        ]
    },
}


def excel_made(name: str, folder: Path) -> Path:
    """The workbook of this name."""
    suffix = "xlsm" if name.endswith("xlsm") else "xlsx"
    return OfficeBook(folder / f"{name}.{suffix}", **MAKERS[name]).build()
