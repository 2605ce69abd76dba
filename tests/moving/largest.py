"""The largest of the old ledgers: 300 matters as an office keeps them, with ten habits of writing a deadline."""

from pathlib import Path

from tests.moving.old_books import OldSheet, old_book

MATTERS = 300
UNITS = (
    "市教育局",
    "市住建局",
    "市发改委",
    "市工信局",
    "市水利局",
    "市民政局",
    "市卫健委",
    "市人社局",
    "市商务局",
    "税务局",
)
OTHERS = (None, "市财政局", "市财政局、市教育局", "市财政局，各县（区）", "市住建局 市水利局", "各有关单位")
DUE = (
    "12月底前",
    "6月30日前",
    "长期坚持",
    "每季度末",
    "立行立改",
    "第二季度",
    "全年",
    "2026年9月底",
    "上半年",
    "11月30日前",
)
DONE = ("已完成80%", "按计划推进", None, "完成前期工作", "已办结", "正在推进")
WORK = (
    "新建学校{}所",
    "建设养老床位{}张",
    "改造老旧小区{}个",
    "整治河道{}公里",
    "提升农村公路{}公里",
    "培训技能人才{}人",
)
SECTIONS = ("一、民生实事", "二、产业发展", "三、生态环境", "四、城乡建设", "五、改革开放")


def largest_ledger(folder: Path) -> Path:
    """One sheet: a merged title, two heading rows, a section every 60 matters, units merged over three rows, a sum."""
    rows: list[tuple[object, ...]] = [
        ("朔州市2026年重点工作督办台账",),
        ("序号", "重点工作", "责任分工", None, "完成时限", "工作进展", "联系人", "备注"),
        (None, None, "牵头单位", "配合单位", None, "（截至2026年5月31日）", None, None),
    ]
    merged = ["A1:H1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "G2:G3", "H2:H3"]
    for at in range(MATTERS):
        if at % (MATTERS // len(SECTIONS)) == 0:
            rows.append((SECTIONS[at // (MATTERS // len(SECTIONS))],))
            merged.append(f"A{len(rows)}:H{len(rows)}")
        begins = at % 3 == 0
        unit = UNITS[at // 3 % len(UNITS)] if begins else None
        person = f"张某{at % 7} 1380000{at:04d}" if begins else None
        content = WORK[at % len(WORK)].format(at + 7)
        rows.append(
            (
                at + 1,
                content,
                unit,
                OTHERS[at % len(OTHERS)],
                DUE[at * 7 % len(DUE)],
                DONE[at % len(DONE)],
                person,
                None,
            )
        )
        if begins:
            merged.append(f"C{len(rows)}:C{len(rows) + 2}")
    rows.append(("合计", f"{MATTERS}项"))
    return old_book(folder / "旧台账2026.xlsx", OldSheet("2026年", rows, merged))
