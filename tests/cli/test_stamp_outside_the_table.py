"""Rows pasted right below the table are stamped and taken into it; one beyond a gap is told, and costs no number."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

MATTER = {
    "版块": "日常管理事项",
    "任务来源": "常务会议",
    "来源文号": "〔2026〕3号",
    "来源日期": "2026-11-18",
    "事项内容": "推进供热管网改造",
    "办理要求": "按期完成",
    "责任领导": "王某",
    "立项主体": "督查室",
    "立项审批人": "赵某",
    "审批人职务": "分管副秘书长",
    "立项审批时间": "2026-11-20 09:00",
    "交办时间": "2026-11-20 09:30",
    "办理时限": "3天",
    "牵头单位": "市教育局",
}
UNIT = {"单位": "市教育局", "类别": "市直部门", "启用": "是"}
PEOPLE = {"第一责任人": "张甲", "第一责任人手机": "13900000009", "具体责任人": "李乙", "具体责任人手机": "13800000001"}


def test_rows_right_below_the_table_are_stamped_and_numbers_not_wasted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer
) -> None:
    monkeypatch.chdir(tmp_path)
    answer("new", "台账.xlsx")
    book = load_workbook("台账.xlsx")

    def put(sheet: str, row: int, values: dict[str, str]) -> None:
        columns = {cell.value: cell.column for cell in book[sheet][1]}
        for heading, value in values.items():
            book[sheet].cell(row, columns[heading], value)

    put("单位通讯录", 2, PEOPLE)
    put("单位通讯录", 8, UNIT | PEOPLE)
    for row in (2, 3, 4, 6):
        put("督办台账", row, MATTER)
    book.save("台账.xlsx")

    stamped = answer("stamp", "台账.xlsx")
    sheet = load_workbook("台账.xlsx")["督办台账"]
    numbers = {row: str(sheet.cell(row, 1).value)[-4:] for row in (2, 3, 4, 6) if sheet.cell(row, 1).value}
    told = [(one["row"], one["rule"]) for one in stamped["findings"] if one["rule"] == "not_stamped"]
    assert numbers == {2: "0001", 3: "0002", 4: "0003"}
    assert told == [(6, "not_stamped")]
    assert sheet.tables["督办台账"].ref.endswith("4")
    after = Path("台账.xlsx").read_bytes()
    assert answer("stamp", "台账.xlsx")["changes"] == []
    assert Path("台账.xlsx").read_bytes() == after
