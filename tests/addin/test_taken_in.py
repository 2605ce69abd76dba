"""What the add-in takes in from a share that anybody may write to: 待同步, 操作日志."""

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from addin.taken_in import credible
from engine.ledger.file.differences import Differences, differences_path, encode
from engine.ledger.headings.columns import OPERATIONS
from engine.ledger.reading.ledger import read_ledger
from tests.addin.button_cases import ONE
from tests.addin.pressing import NOW, Clerk, button, cells, select
from tests.addin.test_viewing import urging

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"at": NOW + DAY}, True),
        ({"at": NOW + DAY + MINUTE}, False),
        ({"number": "S1"}, False),
        ({"number": "S0123456789AB"}, False),
        ({"matter": "2026-日-9999"}, False),
        ({"unit": "市住建局"}, False),
        ({"ordinal": 2}, False),
        ({"kind": "通知"}, False),
        ({"state": "待发送"}, False),
        ({"text": "字" * 1000}, True),
        ({"text": "字" * 1001}, False),
        ({"at": None}, False),
    ],
)
def test_only_what_the_scheduler_could_have_written_is_credible(changes: dict[str, Any], good: bool) -> None:
    left = Differences("ledger", NOW, (urging("ledger", **{"at": NOW} | changes),))
    assert credible(left, NOW) == ((list(left.rows), 0) if good else ([], 1))


def test_a_row_of_another_ledger_is_not_credible() -> None:
    assert credible(Differences("ledger", NOW, (urging("another", NOW),)), NOW) == ([], 1)


def test_a_row_without_the_columns_of_its_key_waits_for_the_scheduler() -> None:
    row = urging("ledger", NOW)
    values: Mapping[str, Any] = {name: value for name, value in row.values.items() if name != "duty_due"}
    assert credible(Differences("ledger", NOW, (type(row)(row.sheet, values, row.key_field),)), NOW) == ([], 0)


def test_a_forged_row_is_left_out_and_told_and_the_genuine_one_taken_in(
    book: xw.Book, person: Clerk, path: Path
) -> None:
    ledger_id = read_ledger(path.read_bytes()).settings.ledger_id
    rows = (urging(ledger_id, NOW), urging(ledger_id, NOW, number="S0123456789AB"))
    differences_path(path).write_bytes(encode(Differences(ledger_id, NOW, rows), b"secret"))
    button("synchronize")()
    assert "有1行不是值班程序所写" in person.told[-1]
    sheet = book.impl._workbook["短信记录"]
    assert (sheet["A2"].value, sheet["A3"].value) == (rows[0].values["number"], None)


@pytest.mark.parametrize("kind", ["pipe", "folder", "link", "device"])
def test_what_is_no_file_is_refused_in_words_and_hangs_nobody(
    book: xw.Book, person: Clerk, path: Path, kind: str
) -> None:
    place = differences_path(path)
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to("/dev/zero" if kind == "device" else path)
    button("synchronize")()
    assert "未采用" in person.told[-1]


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b'{"format": 2, "ledger_id": "x", "heartbeat": "9999-12-31T23:59:59", "rows": [], "seal": ""}',
        b'{"format": 2, "ledger_id": "x", "heartbeat": "0001-01-01T00:00:00", "rows": [], "seal": ""}',
        b'{"format": 2, "ledger_id": "x", "heartbeat": 1e999, "rows": [], "seal": ""}',
    ],
)
def test_deep_and_distant_content_is_a_sentence(book: xw.Book, person: Clerk, path: Path, content: bytes) -> None:
    differences_path(path).write_bytes(content)
    button("show_today")()
    button("synchronize")()
    assert "未采用" in person.told[-1]


def forge(book: xw.Book, **changes: Any) -> None:
    """A row of 操作日志 as somebody with the share might type it."""
    if OPERATIONS.name not in book.impl._workbook.sheetnames:
        sheet = book.impl._workbook.create_sheet(OPERATIONS.name)
        sheet.append([column.heading for column in OPERATIONS.columns])
    sheet = book.impl._workbook[OPERATIONS.name]
    values = {
        "操作编号": "20261122-2000-ffff",
        "时间": NOW,
        "操作人": "张三",
        "按钮": "登记反馈",
        "工作表": "反馈记录",
        "行": 2,
        "事项编号": ONE,
        "改动": '{"增": {"事项编号": "x"}}',
        **changes,
    }
    sheet.append([values.get(str(cell.value)) for cell in sheet[1]])


def phone_change() -> dict[str, Any]:
    old, new = "13900139000", "13800138000"
    return {"工作表": "单位通讯录", "事项编号": "市教育局", "改动": json.dumps({"改": {"具体责任人手机": [old, new]}})}


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(phone_change(), id="a phone number under another label"),
        pytest.param(phone_change() | {"按钮": "我的按钮"}, id="a label that no button has"),
        pytest.param({"工作表": "督办台账", "改动": '{"改": {"牵头单位": ["甲", "乙"]}}'}, id="a staff cell"),
        pytest.param({"行": 1}, id="the heading row"),
        pytest.param({"行": 0}, id="no row"),
        pytest.param({"行": 1e300}, id="a row beyond the sheet"),
        pytest.param({"行": 2, "改动": '{"增": {}}'}, id="a row of nothing"),
        pytest.param({"工作表": "督办台账", "改动": '{"增": {"事项编号": "x"}}'}, id="a row of another sheet"),
        pytest.param({"工作表": "没有的表"}, id="an unknown sheet"),
        pytest.param({"改动": '{"增": {"没有的列": 1}}'}, id="an unknown column"),
        pytest.param({"改动": "[" * 30_000}, id="deep content"),
        pytest.param({"改动": "[]"}, id="a list"),
        pytest.param({"改动": "不是内容"}, id="no content"),
        pytest.param({"改动": '{"改": {"审核人": [1]}}'}, id="half a pair"),
        pytest.param({"改动": '{"增": {"审核时间": {"时": "0001-01-01T00:00:00"}}}'}, id="a time before all"),
        pytest.param({"改动": '{"增": {"审核时间": {"时": "2026-01-01T00:00:00+08:00"}}}'}, id="a time with an offset"),
        pytest.param({"按钮": "编号盖时限", "工作表": "参数设置", "事项编号": "短信发送", "行": 5,
                      "改动": '{"改": {"值": ["停", "开"]}}'}, id="a setting that no stamp changes"),
    ],
)  # fmt: skip
def test_an_undo_does_no_more_than_its_button_can_have_done(
    book: xw.Book, person: Clerk, forged: dict[str, Any]
) -> None:
    forge(book, **forged)
    before = cells(book)
    button("undo_last")()
    assert cells(book) == before
    assert any(word in person.told[-1] for word in ("可能被人改过", "不能自动撤销"))


def test_an_undo_names_what_it_will_change(book: xw.Book, person: Clerk) -> None:
    select(book, "2026-日-0013")
    person.answers = {"return_reason": "数据不实", "rectification_due": "2026-12-01"}
    button("send_back")()
    person.agrees = False
    button("undo_last")()
    assert "的“退回原因”" in person.asked[-1]
    select(book, ONE)
    person.answers = {"content": "x"}
    button("register_report")()
    button("undo_last")()
    assert "删去「反馈记录」第" in person.asked[-1]


def test_an_undo_deletes_no_row_in_which_people_typed_since(book: xw.Book, person: Clerk) -> None:
    select(book, ONE)
    person.answers = {"content": "x"}
    button("register_report")()
    sheet = book.impl._workbook["反馈记录"]
    column = next(cell.column for cell in sheet[1] if cell.value == "审核人")
    sheet.cell(sheet.max_row, column).value = "李四"
    before = cells(book)
    button("undo_last")()
    assert "不能自动撤销" in person.told[-1]
    assert cells(book) == before


def test_the_time_of_the_heartbeat_is_that_of_a_ledger(book: xw.Book, person: Clerk, path: Path) -> None:
    ledger_id = read_ledger(path.read_bytes()).settings.ledger_id
    differences_path(path).write_bytes(encode(Differences(ledger_id, datetime(2099, 1, 1))))
    button("show_today")()
    assert "今日待办" in person.tables[-1][0]
