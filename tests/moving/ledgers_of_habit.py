"""Old ledgers as offices keep them, each with the list, made by hand, of what must come out of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.moving.old_books import OldSheet, old_book, old_word

Expected = Sequence[Mapping[str, Any]]
FIXED, LONG = "指定日期", "长期"
COUNTIES = "朔城区人民政府、平鲁区人民政府、应县人民政府"


@dataclass(frozen=True)
class OldLedger:
    """``expected`` by field of a matter; a field that is not named is not judged. ``progress`` is the report's text."""

    habit: str
    build: Callable[[Path], Path]
    expected: Expected


def due(month: int, day: int, year: int = 2026) -> dict[str, Any]:
    return {"time_limit": FIXED, "fixed_due": datetime(year, month, day)}


def _merged_title(folder: Path) -> Path:
    rows = (
        ("朔州市2026年政府工作报告重点工作督办台账",),
        ("序号", "重点工作", "责任分工", None, "完成时限", "工作进展", "备注"),
        (None, None, "牵头单位", "配合单位", None, "（截至2026年5月31日）", None),
        ("一、民生实事（2项）",),
        (1, "新建公办幼儿园4所", "市教育局", "市财政局，各县（区）", "12月底前", "已完成60%", None),
        (2, "建成老年食堂20个", "市民政局", "市财政局、市住建局", "第三季度", "主体完工", "市长点题"),
        ("二、产业发展",),
        (3, "新增规上工业企业30户", "市工信局", "市发改委", "全年", "完成12户", None),
        (4, "培育专精特新企业5户", None, "市财政局", "6月30日前", None, None),
        ("合计", "4项"),
        ("注：时限为2026年",),
    )
    merged = ("A1:G1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "G2:G3", "A4:G4", "A7:G7", "C8:C9")
    return old_book(folder / "工作报告台账.xlsx", OldSheet("台账", rows, merged))


MERGED_TITLE = OldLedger(
    "merged title, two heading rows, sections, one unit over several rows, a sum and a note",
    _merged_title,
    (
        {
            "original_number": "1",
            "content": "新建公办幼儿园4所",
            "lead_unit": "市教育局",
            "cooperating_units": f"市财政局、{COUNTIES}",
            "progress": "已完成60%",
            **due(12, 31),
        },
        {
            "original_number": "2",
            "content": "建成老年食堂20个",
            "lead_unit": "市民政局",
            "cooperating_units": "市财政局、市住房和城乡建设局",
            "progress": "主体完工",
            **due(9, 30),
        },
        {
            "original_number": "3",
            "content": "新增规上工业企业30户",
            "lead_unit": "市工业和信息化局",
            "cooperating_units": "市发展和改革委员会",
            "progress": "完成12户",
            **due(12, 31),
        },
        {
            "original_number": "4",
            "content": "培育专精特新企业5户",
            "lead_unit": "市工业和信息化局",
            "cooperating_units": "市财政局",
            "progress": None,
            **due(6, 30),
        },
    ),
)


def _a_sheet_a_year(folder: Path) -> Path:
    head = ("编号", "督办事项", "承办单位", "办结时限", "办理状态", "办理情况")
    earlier = (
        head,
        (1, "修订养老服务办法", "市民政局", "2025年10月底前", "已办结", "已印发"),
        (2, "城区积水点改造", "住建局", "12月底前", "办理中", "完成两处"),
    )
    now = (
        head,
        (1, "农村公路提升", "市交通局", "11月底前", "办理中", "完成30公里"),
        (2, "招商引资签约", "市商务局", "长期", "办理中", None),
    )
    return old_book(folder / "督办台账（汇总）.xlsx", OldSheet("2025年", earlier), OldSheet("2026年", now))


A_SHEET_A_YEAR = OldLedger(
    "one sheet a year, the same numbers in both, a state column",
    _a_sheet_a_year,
    (
        {"original_number": "2025年-1", "content": "修订养老服务办法", "lead_unit": "市民政局", **due(10, 31, 2025)},
        {
            "original_number": "2025年-2",
            "content": "城区积水点改造",
            "lead_unit": "市住房和城乡建设局",
            **due(12, 31, 2025),
        },
        {"original_number": "1", "content": "农村公路提升", "lead_unit": "市交通运输局", **due(11, 30)},
        {
            "original_number": "2",
            "content": "招商引资签约",
            "lead_unit": "市商务局",
            "time_limit": LONG,
            "fixed_due": None,
        },
    ),
)


def _first_named_leads(folder: Path) -> Path:
    rows = (
        ("2026年民生实事任务分解表",),
        ("序号", "项目名称", "责任单位", "完成时限"),
        (1, "河道综合治理", "市水利局\n市住建局\n平鲁区", "9月底前"),
        (2, "人行天桥2座", "市住建局、市财政局", "9月投入使用"),
        (3, "农贸市场1个", "市商务局及应县", "年底前"),
        (4, "学位1200个", "市教育局（列第一位者为牵头单位，下同）", "6月底前开工；12月底前建成"),
    )
    return old_book(folder / "民生实事.xlsx", OldSheet("Sheet1", rows, ("A1:D1",)))


FIRST_NAMED_LEADS = OldLedger(
    "one column of units, the first leads; milestones for deadlines",
    _first_named_leads,
    (
        {"lead_unit": "市水利局", "cooperating_units": "市住房和城乡建设局、平鲁区人民政府", **due(9, 30)},
        {"lead_unit": "市住房和城乡建设局", "cooperating_units": "市财政局", **due(9, 30)},
        {"lead_unit": "市商务局", "cooperating_units": "应县人民政府", **due(12, 31)},
        {"lead_unit": "市教育局", "cooperating_units": None, **due(12, 31)},
    ),
)


def _responsible_means_cooperating(folder: Path) -> Path:
    rows = (
        ("序号", "目标任务", "分管领导", "牵头单位", "责任单位", "备注"),
        (1, "传统产业帮扶", "李明", "市工业和信息化局", "市发改委、市财政局、市商务局", None),
        (2, "基地项目建设", "李明", "市发改委", "市工信局，相关县（市、区）政府", "省重点"),
    )
    return old_book(folder / "重点工作分解.xlsx", OldSheet("分解", rows))


RESPONSIBLE_MEANS_COOPERATING = OldLedger(
    "牵头单位 and 责任单位, which are those that co-operate; no deadlines",
    _responsible_means_cooperating,
    (
        {
            "content": "传统产业帮扶",
            "responsible_leader": "李明",
            "lead_unit": "市工业和信息化局",
            "cooperating_units": "市发展和改革委员会、市财政局、市商务局",
        },
        {"content": "基地项目建设", "lead_unit": "市发展和改革委员会", "note": "省重点"},
    ),
)


def _labels_in_the_cell(folder: Path) -> Path:
    rows = (
        ("会议议定事项落实情况", None, None, None, None),
        ("序号", "议定事项", "责任单位", "时限要求", "落实情况"),
        ("1", "推进老旧小区改造", "牵头：市住建局 配合：市财政局", "长期坚持", "按计划推进"),
        ("2", "开展安全检查", "由市交通局牵头，市工信局、市商务局配合", "立行立改", None),
        ("3", "报送运行分析", "市发改委牵头，各县（区）人民政府按职责分工负责", "每季度末", None),
        ("4", "完善救助制度", "责任单位：市民政局；配合单位：市财政局、市人社局", "2026.9.15", "已起草"),
    )
    return old_book(folder / "会议议定.xlsx", OldSheet("第1次", rows, ("A1:E1",)))


LABELS_IN_THE_CELL = OldLedger(
    "牵头：… 配合：… in one cell; 长期坚持, 立行立改, 每季度末",
    _labels_in_the_cell,
    (
        {"lead_unit": "市住房和城乡建设局", "cooperating_units": "市财政局", "time_limit": LONG, "fixed_due": None},
        {
            "lead_unit": "市交通运输局",
            "cooperating_units": "市工业和信息化局、市商务局",
            "time_limit": None,
            "fixed_due": None,
        },
        {"lead_unit": "市发展和改革委员会", "cooperating_units": COUNTIES, "time_limit": LONG, "fixed_due": None},
        {
            "lead_unit": "市民政局",
            "cooperating_units": "市财政局、市人力资源和社会保障局",
            "progress": "已起草",
            **due(9, 15),
        },
    ),
)


def _colours(folder: Path) -> Path:
    rows = (
        ("序号", "工作任务", "主责部门", "完成时间", "进度"),
        (1, "完成厂房拆除", "市工信局", datetime(2026, 3, 31), "滞后"),
        (2, "完成道路亮化", "市住建局", datetime(2026, 4, 30), "已完成"),
        (3, "完成绿化", "市住建局", datetime(2026, 10, 31), "正常推进"),
    )
    return old_book(folder / "红黄绿.xlsx", OldSheet("台账", rows, fills={2: "FF0000", 3: "00B050"}))


COLOURS = OldLedger(
    "rows filled red and green",
    _colours,
    (
        {"content": "完成厂房拆除", "lead_unit": "市工业和信息化局", **due(3, 31)},
        {"content": "完成道路亮化", "lead_unit": "市住房和城乡建设局", **due(4, 30)},
        {"content": "完成绿化", "lead_unit": "市住房和城乡建设局", **due(10, 31)},
    ),
)


def _word_table(folder: Path) -> Path:
    rows = (
        ("序号", "主要任务", "责任单位", "完成时限"),
        ("（一）营商环境", None, None, None),
        ("1", "压减审批时限", "市发改委", "2026年6月底前"),
        ("2", "推行告知承诺", None, "2026年底前"),
        ("（二）社会民生", None, None, None),
        ("3", "新增养老床位500张", "市民政局、市财政局", "四季度"),
    )
    merged = ((1, 0, 1, 3), (4, 0, 4, 3), (2, 2, 3, 2))
    return old_word(folder / "任务分解.docx", "朔州市2026年优化营商环境任务分解表", rows, merged)


WORD_TABLE = OldLedger(
    "a Word table with merged cells",
    _word_table,
    (
        {"original_number": "1", "content": "压减审批时限", "lead_unit": "市发展和改革委员会", **due(6, 30)},
        {"original_number": "2", "content": "推行告知承诺", "lead_unit": "市发展和改革委员会", **due(12, 31)},
        {
            "original_number": "3",
            "content": "新增养老床位500张",
            "lead_unit": "市民政局",
            "cooperating_units": "市财政局",
            **due(12, 31),
        },
    ),
)


def _csv(folder: Path) -> Path:
    text = (
        "序号,事项名称,牵头部门,交办时间,截止日期\n"
        "1,清理拖欠账款,市工信局,2026-01-05,2026-06-30\n"
        "2,清理闲置土地,市住建局,2026年1月6日,2026年7月1日前\n"
        "3,盘活国有资产,市财政局,2026/1/7,8月15日\n"
        "4,消费券发放,市商务局,2026.1.8,20260501\n"
        "5,健康体检,市卫健委,1月9日,46173\n"
    )
    path = folder / "导出.csv"
    path.write_bytes(text.encode("gb18030"))
    return path


CSV = OldLedger(
    "a .csv in GBK with dates in five forms",
    _csv,
    (
        {"lead_unit": "市工业和信息化局", "assigned_at": datetime(2026, 1, 5), **due(6, 30)},
        {"lead_unit": "市住房和城乡建设局", "assigned_at": datetime(2026, 1, 6), **due(7, 1)},
        {"lead_unit": "市财政局", "assigned_at": datetime(2026, 1, 7), **due(8, 15)},
        {"lead_unit": "市商务局", "assigned_at": datetime(2026, 1, 8), **due(5, 1)},
        {"lead_unit": "市卫生健康委员会", "assigned_at": datetime(2026, 1, 9), **due(5, 31)},
    ),
)
HABITS = (
    MERGED_TITLE,
    A_SHEET_A_YEAR,
    FIRST_NAMED_LEADS,
    RESPONSIBLE_MEANS_COOPERATING,
    LABELS_IN_THE_CELL,
    COLOURS,
    WORD_TABLE,
    CSV,
)
