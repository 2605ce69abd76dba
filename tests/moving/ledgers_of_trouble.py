"""Old ledgers that make trouble: several tables on a sheet, people beside units, headings nobody saw, old formats."""

import subprocess
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from tests.moving.ledgers_of_habit import FIXED, LONG, MERGED_TITLE, OldLedger, due
from tests.moving.old_books import OldSheet, old_book
from tests.tools import need


def _people(folder: Path) -> Path:
    rows = (
        ("督查事项办理情况统计表",),
        ("填报单位：市政府督查室", None, None, None, None, None, "填报时间：2026年4月30日"),
        ("序号", "督查事项", "责任单位", "主要负责人", "具体责任人", "联系电话", "办理时限", "办理进展"),
        (1, "整治占道经营", "市住建局", "王强", "李红", "13800000011", "2026年5月20日前", "已清理40处"),
        (2, "规范校外培训", "市教育局", "赵刚", "孙丽13800000012", None, "2026年6月1日", "排查完毕"),
        (3, "修复破损路面", "市交通局", None, "周涛", "0349-2020111", "7天", None),
        ("填表人：张某", None, None, "审核人：李某", None, None, None, None),
    )
    return old_book(folder / "督查统计.xlsx", OldSheet("统计", rows, ("A1:H1",)))


PEOPLE = OldLedger(
    "people and phones beside the units, one phone in the name column, one landline",
    _people,
    (
        {
            "content": "整治占道经营",
            "lead_unit": "市住房和城乡建设局",
            "progress": "已清理40处",
            **due(5, 20),
        },
        {"content": "规范校外培训", "lead_unit": "市教育局", "progress": "排查完毕", **due(6, 1)},
        {"content": "修复破损路面", "lead_unit": "市交通运输局", "time_limit": "7天", "fixed_due": None},
    ),
)


def _instructions(folder: Path) -> Path:
    rows = (
        ("领导批示件办理台账（2026年）",),
        ("编号", "批示领导", "批示日期", "批示内容", "承办单位", "协办单位", "办理期限", "办理结果", "紧急程度"),
        (
            "批〔2026〕1号",
            "刘市长",
            datetime(2026, 2, 3),
            "请市水利局研究解决",
            "市水利局",
            "市财政局",
            "3天",
            "已报告",
            "特急",
        ),
        ("批〔2026〕2号", "刘市长", "2月10日", "请妥处", "市信访局", None, "10个工作日内", None, "急"),
        ("批〔2026〕3号", "陈副市长", datetime(2026, 3, 1), "请阅", "市发改委", "/", "一个月内", "无", "平"),
    )
    return old_book(folder / "批示台账.xlsx", OldSheet("批示", rows, ("A1:I1",)))


INSTRUCTIONS = OldLedger(
    "instructions of leaders, with numbers of their own",
    _instructions,
    (
        {
            "original_number": "批〔2026〕1号",
            "assigning_leader": "刘市长",
            "content": "请市水利局研究解决",
            "source_date": datetime(2026, 2, 3),
            "lead_unit": "市水利局",
            "cooperating_units": "市财政局",
            "time_limit": "3天",
            "fixed_due": None,
            "progress": "已报告",
        },
        {
            "original_number": "批〔2026〕2号",
            "source_date": datetime(2026, 2, 10),
            "content": "请妥处",
            "lead_unit": "市信访局",
            "time_limit": FIXED,
            "fixed_due": None,
        },
        {"lead_unit": "市发展和改革委员会", "cooperating_units": None, "time_limit": "1个月", "progress": None},
    ),
)


def _five_tables(folder: Path) -> Path:
    """Two tables side by side, three below each other, out to the 68th column."""
    head = ("序号", "任务", "责任单位", "时限")
    blank = (None,) * 60
    rows = (
        ("全市重点事项总表（2026年）",),
        (*head, *blank, *head),
        (1, "甲一", "市教育局", "3月底前", *blank, 1, "乙一", "市民政局", "4月底前"),
        (2, "甲二", "市水利局", "5月底前", *blank, 2, "乙二", "市商务局", "6月底前"),
        (None,),
        ("序号", "整改任务", "整改单位", "整改时限", "整改情况"),
        (1, "丙一", "市财政局", "7月底前", "整改中"),
        (None,),
        ("编号", "议定事项", "牵头单位", "配合单位"),
        (1, "丁一", "市发改委", "市财政局"),
        (None,),
        ("项次", "项目名称", "建设单位", "完成时间"),
        (1, "戊一", "市交通局", "长期"),
    )
    return old_book(folder / "大表.xlsx", OldSheet("总表", rows))


FIVE_TABLES = OldLedger(
    "68 columns with five tables on one sheet",
    _five_tables,
    (
        {"content": "甲一", "lead_unit": "市教育局", **due(3, 31)},
        {"content": "甲二", "lead_unit": "市水利局", **due(5, 31)},
        {"content": "乙一", "lead_unit": "市民政局", **due(4, 30)},
        {"content": "乙二", "lead_unit": "市商务局", **due(6, 30)},
        {"content": "丙一", "lead_unit": "市财政局", "progress": "整改中", **due(7, 31)},
        {"content": "丁一", "lead_unit": "市发展和改革委员会", "cooperating_units": "市财政局"},
        {"content": "戊一", "lead_unit": "市交通运输局", "time_limit": LONG},
    ),
)


def _unseen_headings(folder: Path) -> Path:
    rows = (
        ("No", "干什么", "谁来干", "啥时候", "咋样了"),
        (1, "把城南的路修通，年内见成效", "市交通局", "11月底前", "修了一半"),
        (2, "给学校装上取暖设备，保证学生过冬", "市教育局", "10月31日前", "招标"),
        (3, "把水厂的管网换新，解决水质问题", "市水利局", "12月底前", None),
    )
    return old_book(folder / "杂表.xlsx", OldSheet("Sheet1", rows))


UNSEEN_HEADINGS = OldLedger(
    "headings nobody ever saw",
    _unseen_headings,
    (
        {"content": "把城南的路修通，年内见成效", "lead_unit": "市交通运输局", **due(11, 30)},
        {"content": "给学校装上取暖设备，保证学生过冬", "lead_unit": "市教育局", **due(10, 31)},
        {"content": "把水厂的管网换新，解决水质问题", "lead_unit": "市水利局", **due(12, 31)},
    ),
)


def _errors_and_hidden(folder: Path) -> Path:
    rows = (
        ("序号", "重点任务", "责任单位", "完成时限", "得分"),
        (1, "建设充电桩", "市发改委", "8月底前", "#REF!"),
        (2, "建设停车位", "市住建局", "9月底前", 5),
    )
    hidden = (("序号", "重点任务", "责任单位"), (1, "旧任务", "市财政局"))
    path = old_book(folder / "公式.xlsx", OldSheet("任务", rows), OldSheet("备用", hidden, hidden=True))
    book = load_workbook(path)
    book["任务"]["E2"].data_type = "e"
    book.save(path)
    return path


ERRORS_AND_HIDDEN = OldLedger(
    "a formula that shows #REF!, and a hidden sheet",
    _errors_and_hidden,
    (
        {"content": "建设充电桩", "lead_unit": "市发展和改革委员会", **due(8, 31)},
        {"content": "建设停车位", "lead_unit": "市住房和城乡建设局", **due(9, 30)},
        {"content": "旧任务", "lead_unit": "市财政局"},
    ),
)


def _blank_means_same(folder: Path) -> Path:
    rows = (
        ("序号", "工作任务", "责任单位", "完成时限"),
        (1, "完善预案", "市工信局", "4月底前"),
        (2, "开展演练", None, "5月底前"),
        (3, "储备物资", "市市场监管局", "6月底前"),
        (4, "培训队伍", "教育局、 财政局", "2月29日前"),
    )
    return old_book(folder / "应急.xlsx", OldSheet("应急", rows))


BLANK_MEANS_SAME = OldLedger(
    "a blank unit that may mean the one above, a unit spelt wrongly, a day that is none",
    _blank_means_same,
    (
        {"content": "完善预案", "lead_unit": "市工业和信息化局", **due(4, 30)},
        {"content": "开展演练", "lead_unit": None, **due(5, 31)},
        {"content": "储备物资", "lead_unit": "市市场监管局", **due(6, 30)},
        {"content": "培训队伍", "lead_unit": "市教育局", "cooperating_units": "市财政局", "fixed_due": None},
    ),
)


def _converted(ending: str, old: OldLedger) -> OldLedger:
    def build(folder: Path) -> Path:
        source = old.build(folder)
        profile = (folder / "profile").as_uri()
        command = [need("soffice"), f"-env:UserInstallation={profile}", "--headless", "--convert-to", ending]
        subprocess.run([*command, "--outdir", folder, source], check=True, capture_output=True, timeout=180)
        return source.with_suffix(f".{ending}")

    return OldLedger(f"as .{ending}: {old.habit}", build, old.expected)


XLS, ODS = _converted("xls", MERGED_TITLE), _converted("ods", MERGED_TITLE)
TROUBLE = (PEOPLE, INSTRUCTIONS, FIVE_TABLES, UNSEEN_HEADINGS, ERRORS_AND_HIDDEN, BLANK_MEANS_SAME, XLS, ODS)
