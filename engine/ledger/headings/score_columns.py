"""Headings of the sheets that hold published points and clues to accountability (see ``columns``)."""

from engine.ledger.headings.column import Kind, SheetColumns, machine, staff

POINT_ENTRIES = SheetColumns(
    "point_entries",
    "积分明细",
    (
        machine("number", "明细编号", width=18),
        machine("quarter", "季度", width=9),
        machine("unit", "单位", width=20),
        machine("role", "角色", width=8),
        machine("matter", "事项编号", width=15),
        machine("clause", "条款", width=11),
        machine("kind", "积分事由", width=15),
        machine("points", "分值", Kind.NUMBER, width=8),
        machine("date", "日期", Kind.DAY, width=12),
        machine("evidence", "依据说明", Kind.LONG_TEXT, width=60),
        machine("scorer", "评分主体", width=12),
        machine("reading", "所取读法", Kind.INTEGER, width=9),
        machine("cause", "细目", width=18),
        machine("corrects", "更正季度", width=10),
        machine("published_at", "通报时间", Kind.MOMENT, width=17),
    ),
)

QUARTER_SCORES = SheetColumns(
    "quarter_scores",
    "季度积分",
    (
        machine("number", "积分编号", width=30),
        machine("quarter", "季度", width=9),
        machine("unit", "单位", width=24),
        machine("category", "类别", width=11),
        machine("base", "基准分", Kind.NUMBER, width=8),
        machine("commended", "第九条(一)表彰", Kind.NUMBER, width=12),
        machine("system_additions", "第九条(二)督办加分", Kind.NUMBER, width=12),
        machine("problems", "第十条(一)存在问题", Kind.NUMBER, width=12),
        machine("system_deductions", "第十条(二)督办减分", Kind.NUMBER, width=12),
        machine("others", "第十条(三)其他", Kind.NUMBER, width=12),
        machine("circulars", "保山第九条扣分", Kind.NUMBER, width=12),
        machine("total", "加减分合计", Kind.NUMBER, width=10),
        machine("score", "得分", Kind.NUMBER, width=9),
        machine("rank", "名次", Kind.INTEGER, width=7),
        machine("entries", "笔数", Kind.INTEGER, width=7),
        machine("scorer", "评分人", width=10),
        machine("published_at", "通报时间", Kind.MOMENT, width=17),
        machine("digest", "校验码", width=20),
    ),
)

YEAR_RANKING = SheetColumns(
    "year_ranking",
    "年度排名",
    (
        machine("number", "排名编号", width=30),
        machine("year", "年度", Kind.INTEGER, width=8),
        machine("unit", "单位", width=24),
        machine("category", "类别", width=11),
        machine("q1", "一季度加减分", Kind.NUMBER, width=14),
        machine("q2", "二季度加减分", Kind.NUMBER, width=14),
        machine("q3", "三季度加减分", Kind.NUMBER, width=14),
        machine("q4", "四季度加减分", Kind.NUMBER, width=14),
        machine("total", "全年加减分", Kind.NUMBER, width=12),
        machine("sum_score", "全年累计得分", Kind.NUMBER, width=14),
        machine("sum_rank", "累计名次", Kind.INTEGER, width=9),
        machine("mean_score", "季度平均得分", Kind.NUMBER, width=14),
        machine("mean_rank", "平均名次", Kind.INTEGER, width=9),
        machine("among_last", "倒数后2位", width=10),
        machine("scorer", "评分人", width=10),
        machine("published_at", "通报时间", Kind.MOMENT, width=17),
    ),
)

CASES = (
    "SZ5-5.1",
    "SZ5-5.2",
    "SZ5-5.3",
    "SZ5-5.4",
    "SZ5-5.5",
    "SZ5-5.6",
    "SZ4-14",
    "SZ2-5.3",
    "SZ3-5.3",
    "BS-9",
    "BS-10",
)
UNIT_MODES = ("检查", "通报", "检查、通报")
ROUTES = ("核查", "直接转交", "提交监察机关")
REVIEWS = ("同意", "退回")

CLUES = SheetColumns(
    "clues",
    "问责线索",
    (
        staff("number", "线索编号", width=20),
        staff("found_at", "发现时间", Kind.MOMENT, width=17),
        staff("unit", "单位", Kind.UNIT, width=20),
        staff("persons", "责任人员", width=14),
        staff("matter", "事项编号", width=15),
        staff("clause", "依据条款", Kind.CHOICE, CASES, 11),
        staff("evidence", "线索内容", Kind.LONG_TEXT, width=44),
        staff("origin", "线索来源", Kind.CHOICE, ("程序发现", "人工登记"), 11),
        staff("agreed_by", "经市政府同意人", width=13),
        staff("agreed_at", "经市政府同意时间", Kind.MOMENT, width=17),
        staff("route", "办理途径", Kind.CHOICE, ROUTES, 10),
        staff("handed_over_at", "移交时间", Kind.MOMENT, width=17),
        staff("handed_over_document", "移交文号", width=20),
        staff("department", "主管部门", width=18),
        staff("verified_at", "核查报告时间", Kind.MOMENT, width=17),
        staff("verified_document", "核查报告文号", width=20),
        staff("opinion_at", "处理意见时间", Kind.MOMENT, width=17),
        staff("opinion_document", "处理意见文号", width=20),
        staff("reviewed_at", "主管部门审核时间", Kind.MOMENT, width=17),
        staff("re_examined_at", "督查机构复核时间", Kind.MOMENT, width=17),
        staff("re_examination", "复核结果", Kind.CHOICE, REVIEWS, 9),
        staff("carried_out_at", "实施时间", Kind.MOMENT, width=17),
        staff("carried_out_document", "实施文号", width=20),
        staff("unit_mode", "对单位的方式", Kind.CHOICE, UNIT_MODES, 12),
        staff("person_modes", "对人员的方式", width=20),
        staff("result_agreed_at", "结果报政府同意时间", Kind.MOMENT, width=17),
        staff("applied_at", "结果应用时间", Kind.MOMENT, width=17),
        staff("applied_document", "结果应用文号", width=20),
        staff("outcome", "办理结果", Kind.LONG_TEXT, width=36),
        staff("registrar", "登记人", width=10),
    ),
)
