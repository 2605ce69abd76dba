"""Ledgers as offices have made them their own: columns moved and added, coloured, noted, filtered, counted."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from engine.ledger.headings.columns import LATER_COLUMNS, MATTERS
from engine.ledger.package.addresses import column_letters

OWN = ("分管领导意见", "经办人", "计算列", "内部备注")
"""Columns that people have added. 计算列 counts, by letters."""
ROWS = 12
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf00000003010100c9fe92ef"
    "0000000049454e44ae426082"
)


@dataclass
class OwnBook:
    """One such ledger. ``seed`` decides the order of its columns; ``top`` and ``left`` are blank rows and columns."""

    seed: int
    top: int = 0
    left: int = 0
    with_later: bool = False
    headings: list[str] = field(default_factory=list)

    def build(self, path: Path) -> Path:
        """Write the file."""
        later = frozenset() if self.with_later else LATER_COLUMNS[MATTERS.key]
        known = [column.heading for column in MATTERS.columns if column.field not in later]
        rng = random.Random(self.seed)
        self.headings = [*known, *OWN]
        rng.shuffle(self.headings)
        book = xlsxwriter.Workbook(str(path))
        self._formats(book)
        sheet = book.add_worksheet(MATTERS.name)
        other = book.add_worksheet("我的统计")
        self._cells(sheet, rng)
        self._marks(book, sheet)
        self._elsewhere(book, other)
        book.close()
        return path

    def letter(self, heading: str) -> str:
        """The column of this heading, in letters."""
        return column_letters(self.left + self.headings.index(heading) + 1)

    def area(self, heading: str) -> str:
        """Its cells below the heading."""
        letter = self.letter(heading)
        return f"{letter}{self.top + 2}:{letter}{self.top + 1 + ROWS}"

    def _formats(self, book: Any) -> None:
        self.date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.colours = [book.add_format({"bg_color": colour, "bold": True}) for colour in ("#FFCC00", "#CCFFCC")]
        self.pale = book.add_format({"bg_color": "#FFEEEE"})

    def _cells(self, sheet: Any, rng: random.Random) -> None:
        columns = []
        for heading in self.headings:
            columns.append({"header": heading})
        last = self.left + len(self.headings) - 1
        sheet.add_table(self.top, self.left, self.top + ROWS, last, {"name": MATTERS.name, "columns": columns})
        for row in range(self.top + 1, self.top + 1 + ROWS):
            for column, heading in enumerate(self.headings, self.left):
                self._cell(sheet, row, column, heading, rng)
            if row % 5 == 0:
                sheet.set_row(row, 48)
        sheet.set_column(f"{self.letter('内部备注')}:{self.letter('内部备注')}", 41)
        sheet.set_column(f"{self.letter('经办人')}:{self.letter('经办人')}", 7, None, {"hidden": True})

    def _cell(self, sheet: Any, row: int, column: int, heading: str, rng: random.Random) -> None:
        kind = rng.randrange(7)
        dress = rng.choice([None, *self.colours])
        number = row - self.top
        if heading == "事项编号":
            sheet.write_string(row, column, f"2026-日-{number:04}", dress)
        elif heading == "计算列":
            light, hours = self.letter("预警灯"), self.letter("逾期次数")
            sheet.write_formula(row, column, f'=IF({light}{row + 1}="红",1,0)+${hours}{row + 1}*10', dress, 0)
        elif heading in ("逾期次数", "催办次数"):
            sheet.write_number(row, column, number, dress)
        elif heading == "预警灯":
            sheet.write_string(row, column, "红" if number % 2 else "绿", dress)
        elif kind == 0:
            sheet.write_datetime(row, column, datetime(2026, 3, number, 9, 30), self.date)
        elif kind < 5:
            sheet.write_string(row, column, f"{heading}第{number}行\n<&> 二行", dress)
        elif dress:
            sheet.write_blank(row, column, None, dress)

    def _marks(self, book: Any, sheet: Any) -> None:
        first, light = self.top + 2, self.letter("预警灯")
        sheet.write_comment(f"{self.letter('内部备注')}{first}", "张某：先问清楚", {"author": "张某"})
        sheet.write_comment(f"{self.letter('牵头单位')}{first + 1}", "改过一次")
        sheet.data_validation(self.area("经办人"), {"validate": "list", "source": ["张某", "李某"]})
        sheet.data_validation(
            self.area("分管领导意见"), {"validate": "custom", "value": f"=LEN({self.letter('分管领导意见')}{first})<9"}
        )
        whole = f"{column_letters(self.left + 1)}{first}:{column_letters(self.left + len(self.headings))}{first + 90}"
        sheet.conditional_format(whole, {"type": "formula", "criteria": f'=${light}{first}="红"', "format": self.pale})
        own = self.letter("内部备注")
        sheet.conditional_format(
            self.area("内部备注"), {"type": "formula", "criteria": f"=LEN({own}{first})>20", "format": self.pale}
        )
        sheet.conditional_format(self.area("逾期次数"), {"type": "data_bar"})

        sheet.write_url(f"{self.letter('备注')}{first + 2}", "https://example.com/文件", string="文件")
        sheet.insert_image(f"{self.letter('内部备注')}{first + 4}", "章.png", {"image_data": BytesIO(PNG)})
        sheet.freeze_panes(self.top + 1, self.left + 1)
        sheet.print_area(self.top, self.left, self.top + ROWS, self.left + 9)
        book.define_name("灯色", f"='{MATTERS.name}'!${light}${first}:${light}${first + ROWS - 1}")

    def _elsewhere(self, book: Any, other: Any) -> None:
        count, light = self.letter("逾期次数"), self.letter("预警灯")
        first, last = self.top + 2, self.top + 1 + ROWS
        other.write_formula("A1", f'=COUNTIF(督办台账!${light}${first}:${light}${last},"红")')
        other.write_formula("A2", f"=SUM(督办台账!{count}:{count})")
        other.write_formula("A3", '=COUNTIF(灯色,"红")')
        other.write_formula("A4", "=SUM(督办台账[逾期次数])")
        counted, lit = (f"督办台账!{letter}{first}:{letter}{last}" for letter in (count, light))
        other.write_formula("A5", f'=SUMIFS({counted},{lit},"红")')
        chart = book.add_chart({"type": "column"})
        named = f"=督办台账!${count}${first - 1}"
        chart.add_series({"values": f"=督办台账!${count}${first}:${count}${last}", "name": named})
        other.insert_chart("C3", chart)
