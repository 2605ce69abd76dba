"""Which matter of the samples shows which clause, and by what sign it is seen to be at work there.

``python -m tests.clauses.sample_matters docs/条款对照.md`` writes the last section of that page from this table.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from engine.facts.matter import Matter
from engine.rules.checks.transitions import Event
from engine.sample import DEMO_NOW
from engine.sample.words import Regime
from tests.clauses.sample_account_signs import (
    archived,
    clue,
    exported,
    graded_points,
    in_scope,
    in_the_statistics,
    level,
    long_running,
    moves_the_quarter,
    moves_with_the_policy,
    on_the_agenda,
    ranks_the_year,
    scored_by,
    to_be_graded,
    two_years_last,
)
from tests.clauses.sample_scenes import Shown, scene_of
from tests.clauses.sample_signs import (
    NEXT_YEAR,
    found,
    guarded,
    happened,
    inspected,
    owed,
    owed_by,
    scored,
    told,
    told_to_office,
)

HEADING = "## 示例台账中的事项"


def _lead(matter: Matter) -> str:
    return matter.lead_unit


BS = Regime.BAOSHAN
NO_PERSON = {"unit_mode": "", "person_modes": ""}

TABLE: tuple[Shown, ...] = (
    Shown("SZ1-3", "（此行演示：标有密级", "故意留错，校验报错", found("SZ1-3")),
    Shown("SZ1-6", "友好城市经贸团", "故意留错，校验报错", found("SZ1-6")),
    Shown("SZ1-7", "三处煤矿安全", "来源改为“政府工作报告”，校验报错", guarded("SZ1-7", source="政府工作报告")),
    Shown("SZ1-8", "三处煤矿安全", "版块清空，校验报错", guarded("SZ1-8", board=None)),
    Shown("SZ1-9", "在学校、医院周边", "交办短信发给具体责任人", told("SZ1-9")),
    Shown(
        "SZ1-10.1",
        "义务教育阶段校服",
        "去掉分解审批，校验报错",
        guarded("SZ1-10.1", decomposition_approver="", decomposition_approved_at=None),
    ),
    Shown("SZ1-10.2", "清洁取暖改造", "去掉呈报时间，校验提示", guarded("SZ1-10.2", "reports", forwarded_at=None)),
    Shown("SZ1-10.3", "秋冬季大气污染", "省级期限前发短信", told("SZ1-10.3")),
    Shown("SZ1-11", "三处煤矿安全", "立项主体改为市直部门，校验报错", guarded("SZ1-11", initiating_office="市教育局")),
    Shown("SZ1-12", "体育场馆向社会", "故意留错，校验报错", found("SZ1-12")),
    Shown("SZ1-13", "供热首周投诉", "督办记录中有催办", happened(Event.SUPERVISED, "SZ1-13")),
    Shown("SZ1-13.1", "西街早市占道", "期限前后发提醒", told("SZ1-13.1")),
    Shown("SZ1-13.2", "在学校、医院周边", "报送后短信告知立项主体", told("SZ1-13.2")),
    Shown("SZ1-13.3", "老旧住宅电梯", "退回后有限期整改", owed("SZ1-13.3")),
    Shown("SZ1-14", "三处煤矿安全", "逾期后催办、报请协调", told("SZ1-14")),
    Shown("SZ1-15", "老街核心片区", "沟通次数改为2次，校验报错", guarded("SZ1-15", "completions", talks=2)),
    Shown("SZ1-16", "城区河段综合治理", "申请获准转持续推进", happened(Event.TRANSFERRED, "SZ1-16")),
    Shown("SZ1-17", "残疾人综合服务", "评为不合格，退回整改", owed("SZ1-17")),
    Shown(
        "SZ1-18",
        "在学校、医院周边",
        "审定人职务改低，校验报错",
        guarded("SZ1-18", "completions", finalizer_rank="办公厅分管领导"),
    ),
    Shown("SZ1-19", "在学校、医院周边", "办结短信", told("SZ1-19")),
    Shown("SZ1-20", "在学校、医院周边", "duban archive 归档", archived),
    Shown("SZ1-21", "西街早市占道", "列入牵头单位的统计", in_the_statistics),
    Shown("SZ1-22", "医院周边停车难", "计入当季得分", moves_the_quarter),
    Shown("SZ1-23", "西街早市占道", "积分由立项主体评定", scored_by("")),
    Shown("SZ1-24", "在学校、医院周边", "导出文件列有这件事项", exported),
    Shown("SZ1-25", "基层医疗机构", "一个月按30天算，期限随制度文件变", moves_with_the_policy),
    Shown("SZ2-1", "四季度工业运行", "故意留错，校验报错", found("SZ2-1")),
    Shown("SZ2-3.1", "装备制造产业链", "审批人职务改低，校验报错", guarded("SZ2-3.1", approver_rank="科长")),
    Shown("SZ2-3.2", "装备制造产业链", "各节点由牵头单位报送", owed_by(_lead)),
    Shown("SZ2-3.3", "落实减税降费", "报送反馈发给立项主体", told_to_office("反馈通知")),
    Shown("SZ2-3.4", "安全生产治本攻坚", "逾期2天，请立项主体报请协调", told_to_office("升级")),
    Shown("SZ2-4", "中小学新改扩建", "一个月解决不了，转持续推进", long_running),
    Shown("SZ2-4.1", "规模以上工业", "月报逾期后催办", told("SZ2-4.1")),
    Shown("SZ2-4.2", "固定资产投资", "季度小结到期前提醒", told("SZ2-4.2")),
    Shown("SZ2-4.3", "固定资产投资", "12月起年底清零提醒", told("SZ2-4.3")),
    Shown("SZ2-5.1", "落实减税降费", "年底前待评价，事项等级作依据", to_be_graded("SZ2-5.1")),
    Shown("SZ2-5.2", "棚户区改造", "清零并审定后加分", graded_points),
    Shown("SZ2-5.3", "安全生产治本攻坚", "逾期2天以上，列为线索（到2027年1月）", clue("SZ5-5.2", NEXT_YEAR)),
    Shown("SZ3-1", "行政许可设定审查", "来源改为“常务会议”，校验报错", guarded("SZ3-1", source="常务会议")),
    Shown("SZ3-3.1", "市级政府投资项目", "故意留错，校验报错", found("SZ3-3.1")),
    Shown("SZ3-3.2", "行政许可设定审查", "各节点由牵头单位报送", owed_by(_lead)),
    Shown("SZ3-3.3", "相对集中行政许可权", "报送反馈发给立项主体", told_to_office("反馈通知")),
    Shown("SZ3-3.4", "农村集体产权登记", "逾期2天，请立项主体报请协调", told_to_office("升级")),
    Shown("SZ3-4", "多证合一", "一个月解决不了，转持续推进", long_running),
    Shown("SZ3-4.1", "市属国有企业", "月报逾期后催办", told("SZ3-4.1")),
    Shown("SZ3-4.2", "市属国有企业", "季度小结到期前提醒", told("SZ3-4.2")),
    Shown("SZ3-4.3", "多证合一", "12月起年底清零提醒", told("SZ3-4.3")),
    Shown("SZ3-5.1", "相对集中行政许可权", "年底前待评价，事项等级作依据", to_be_graded("SZ3-5.1")),
    Shown("SZ3-5.2", "相对集中行政许可权", "清零并审定后加分", graded_points),
    Shown("SZ3-5.3", "农村集体产权登记", "逾期2天以上，列为线索（到2027年1月）", clue("SZ5-5.2", NEXT_YEAR)),
    Shown("SZ4-2", "西街早市占道", "牵头单位计分，科室不计", in_scope),
    Shown("SZ4-5", "国务院大督查反馈", "国务院督查发现问题", level("国务院"), "point_items"),
    Shown("SZ4-6", "省督查通报", "省级通报表扬", level("省"), "point_items"),
    Shown("SZ4-7", "市督查专报〔2026〕7号", "市级督查发现问题", level("市"), "point_items"),
    Shown("SZ4-8", "医院周边停车难", "100分加减分得季度得分", moves_the_quarter),
    Shown("SZ4-9.1", "省督查通报", "牵头20分、配合10分", scored("SZ4-9.1"), "point_items"),
    Shown("SZ4-9.2", "在学校、医院周边", "纳入加0.5分，办结优秀加3分", scored("SZ4-9.2")),
    Shown("SZ4-10.1", "市督查专报〔2026〕7号", "发现问题减5分", scored("SZ4-10.1"), "point_items"),
    Shown("SZ4-10.2", "医院周边停车难", "逾期、重点督办减分", scored("SZ4-10.2")),
    Shown("SZ4-10.3", "市政府办公室通知〔2026〕61号", "迟报材料每天减1分", scored("SZ4-10.3"), "point_items"),
    Shown("SZ4-11", "医院周边停车难", "年末总评并排名", ranks_the_year),
    Shown(
        "SZ4-12",
        "市督查专报〔2026〕7号",
        "评分主体改为科室，校验提示",
        guarded("SZ4-12", "point_items", scorer="秘书二科"),
        "point_items",
    ),
    Shown("SZ4-13", "医院周边停车难", "进入重点督办后由督查室评分", scored_by("督查室")),
    Shown("SZ4-14", "国务院大督查反馈", "连续两年倒数且低于基准分，列为线索", two_years_last, "point_items"),
    Shown("SZ4-15", "在学校、医院周边", "导出文件列有这件事项", exported),
    Shown("SZ5-5", "医院周边停车难", "逾期2天以上，程序列出线索", clue("SZ5-5.2")),
    Shown("SZ5-6", "线索2026-登记1", "对单位的方式清空，校验报错", guarded("SZ5-8", "clues", **NO_PERSON), "clues"),
    Shown(
        "SZ5-7",
        "线索2026-登记1",
        "对人员的方式改为“罚款”，校验报错",
        guarded("SZ5-7", "clues", person_modes="罚款"),
        "clues",
    ),
    Shown("SZ5-8", "线索2026-登记1", "单位、人员并用；都清空则报错", guarded("SZ5-8", "clues", **NO_PERSON), "clues"),
    Shown(
        "SZ5-9", "线索2026-登记1", "五步依次走完；缺审核则报错", guarded("SZ5-9.3", "clues", reviewed_at=None), "clues"
    ),
    Shown(
        "SZ5-10",
        "线索2026-登记2",
        "直接转交；填了核查则报错",
        guarded("SZ5-10", "clues", verified_at=DEMO_NOW),
        "clues",
    ),
    Shown("SZ6-2", "许甲", "库别清空，校验报错", inspected("SZ6-2", "inspectors", pool=""), "inspectors"),
    Shown(
        "SZ6-5",
        "许甲",
        "调离后出库，历史保留；身份不符报错",
        inspected("SZ6-5", "inspectors", origin="人大代表"),
        "inspectors",
    ),
    Shown(
        "SZ6-7",
        "督2026-1",
        "改为督查本单位，校验报错",
        inspected("SZ6-7", "members", unit="朔城区人民政府"),
        "inspection_tasks",
    ),
    Shown(
        "SZ6-8", "督2026-1", "改为库外人员，校验报错", inspected("SZ6-8", "members", name="某人"), "inspection_tasks"
    ),
    Shown("SZ6-9", "督2026-1", "都编作随行，超员报错", inspected("SZ6-9", "members", role="随行"), "inspection_tasks"),
    Shown(
        "SZ6-10", "督2026-1", "没有请示，校验报错", inspected("SZ6-10", "tasks", requested_at=None), "inspection_tasks"
    ),
    Shown(
        "SZ6-11", "督2026-1", "没有方案，校验报错", inspected("SZ6-11", "tasks", planned_at=None), "inspection_tasks"
    ),
    Shown("SZ6-12", "督2026-1", "没有告知，校验报错", inspected("SZ6-12", "tasks", told_at=None), "inspection_tasks"),
    Shown("SZ6-13", "督2026-1", "日志清空，校验提示", inspected("SZ6-13", "tasks", log=""), "inspection_tasks"),
    Shown(
        "SZ6-14", "督2026-1", "没有报告，校验报逾期", inspected("SZ6-14", "tasks", reported_at=None), "inspection_tasks"
    ),
    Shown(
        "SZ6-15", "督2026-1", "没有上报，校验提示", inspected("SZ6-15", "tasks", forwarded_at=None), "inspection_tasks"
    ),
    Shown(
        "SZ6-16",
        "督2026-1",
        "经费保障清空，校验提示",
        inspected("SZ6-16", "members", cost_bearer=""),
        "inspection_tasks",
    ),
    Shown(
        "SZ6-17",
        "督2026-1",
        "经费保障清空，校验提示",
        inspected("SZ6-17", "members", cost_bearer=""),
        "inspection_tasks",
    ),
    Shown("SZ6-18", "督2026-1", "保障情况清空，校验提示", inspected("SZ6-18", "tasks", support=""), "inspection_tasks"),
    Shown("BS-4", "老年养护楼", "直接责任人清空，校验提示", guarded("BS-4", directly_responsible=""), regime=BS),
    Shown("BS-5.2", "老年养护楼", "3个工作日内制发通知", owed("BS-5.2"), regime=BS),
    Shown("BS-6.2", "老年养护楼", "承办科室清空，校验提示", guarded("BS-6.2", handling_office=""), regime=BS),
    Shown("BS-6.4", "列入计划的公租房", "协办意见的期限在主责单位之前", owed("BS-6.4"), regime=BS),
    Shown("BS-7.2", "政务公开重点任务", "审定后销号", happened(Event.FINALIZED, "BS-7.2"), regime=BS),
    Shown("BS-7.3", "度假区环境整治", "实地检查记录", happened(Event.SUPERVISED, "BS-7.3"), regime=BS),
    Shown("BS-8.1", "城市更新方案", "由承办科室报送", owed_by(lambda matter: matter.handling_office), regime=BS),
    Shown("BS-8.2", "公办幼儿园新增", "每月25日前报送", owed("BS-8.2"), regime=BS),
    Shown("BS-8.3", "农村公路水毁", "经批准的新期限", owed("BS-8.3"), regime=BS),
    Shown("BS-8.4", "度假区环境整治", "列入会议汇报的逾期事项", on_the_agenda, regime=BS),
    Shown("BS-9", "度假区环境整治", "多次催办仍未落实，列为线索", clue("BS-9"), regime=BS),
    Shown("BS-10", "线索2026-登记1", "监察机关清空，校验报错", guarded("BS-10", "clues", department=""), "clues", BS),
    Shown("BS-11", "老年养护楼", "填上密级，校验报错", guarded("BS-11", secrecy="秘密"), regime=BS),
    Shown("BS-12", "农村公路水毁", "来源改为“全体会议”，校验报错", guarded("BS-12", source="全体会议"), regime=BS),
)


def lines() -> Iterator[str]:
    """The section of the page: one line a clause."""
    yield from (HEADING, "")
    yield "每一条在示例台账里都有一件事项或一行登记看得到它。本节由 `tests/clauses/sample_matters.py` 生成并核对。"
    yield from ("", "| 条款 | 台账 | 事项或登记 | 看什么 |", "|---|---|---|---|")
    for one in TABLE:
        scene = scene_of(one)
        matter = scene.matter
        name = f"{matter.number or f'第{scene.row}行'} {one.begins.strip('（')}…" if matter else f"{one.begins}…"
        yield f"| {one.clause} | {one.regime} | {name} | {one.seen} |"


def main(page: Path) -> None:
    """Put the section in its place at the end of the page."""
    text = page.read_text(encoding="utf-8").split(f"\n{HEADING}")[0].rstrip("\n")
    page.write_text(f"{text}\n\n" + "\n".join(lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
