"""撤销 takes back only what its button can have done: anybody may write to 操作日志."""

import json

import pytest
import xlwings as xw

from engine.ledger.headings.columns import OPERATIONS
from tests.addin.button_cases import LOG, ONE
from tests.addin.pressing import NOW, Clerk, button, cells, row_of

FORGED = [
    pytest.param("单位通讯录", 3, "改", {"具体责任人手机": ["13900001111", "19900000002"]}, id="a phone number"),
    pytest.param("单位通讯录", 3, "增", {"单位": "市教育局"}, id="a unit"),
    pytest.param("反馈记录", 1, "增", {"记录编号": "记录编号", "事项编号": "事项编号"}, id="the headings of 反馈记录"),
    pytest.param("督办台账", 1, "增", {"事项编号": "事项编号"}, id="the headings of 督办台账"),
    pytest.param("督办台账", 0, "改", {"事项内容": ["别的", "x"]}, id="what staff typed"),
    pytest.param("参数设置", 3, "改", {"值": ["别的", "x"]}, id="a setting"),
    pytest.param("反馈记录", 2, "改", {"报送时间": ["9999-12-31T23:59:59", "x"]}, id="a date of 9999"),
]


@pytest.mark.parametrize(("sheet", "row", "verb", "content"), FORGED)
def test_a_forged_entry_changes_nothing(
    book: xw.Book, person: Clerk, sheet: str, row: int, verb: str, content: dict[str, object]
) -> None:
    said = {
        "number": "20260303-0900-abcd",
        "at": NOW,
        "operator": "某人",
        "button": "登记反馈",
        "sheet": sheet,
        "row": row or row_of(book, ONE),
        "matter": ONE,
        "difference": json.dumps({verb: content}, ensure_ascii=False),
    }
    page = book.impl._workbook[LOG]
    page.append([said.get(column.field) for column in OPERATIONS.columns])
    before = cells(book)
    button("undo_last")()
    assert cells(book) == before
    assert "操作日志" in person.told[-1] or "不能自动撤销" in person.told[-1]
    assert not person.asked
