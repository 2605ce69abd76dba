"""使用说明: the first sheet. What each button does, what the colours mean, whom to call."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from engine.facts.duty_kinds import PERIOD_FORMS
from engine.facts.periods import RETURN_NUMBER
from engine.facts.regime_words import GuideWords, RegimeWords
from engine.ledger.headings.board_sheets import BOARD_SHEET, TODAY_SHEET
from engine.ledger.headings.column import Owner
from engine.ledger.headings.columns import (
    CHECK_RESULTS,
    CLUES,
    COMPLETIONS,
    EXTENSIONS,
    GROUPS,
    HOLIDAYS,
    MATTERS,
    MESSAGE_LOG,
    OPERATIONS,
    POINT_ENTRIES,
    POINT_EXCLUSIONS,
    POINT_ITEMS,
    QUARTER_SCORES,
    REPORTS,
    SETTINGS,
    SUPERVISIONS,
    UNIT_GRADES,
    UNITS,
    YEAR_RANKING,
)
from engine.ledger.headings.inspection_columns import INSPECTORS, MEMBERS, TASKS
from engine.ledger.headings.matter_columns import CLOSE_OUT, INITIATION, KEPT, LEADERS, PROVINCE
from engine.ledger.template.row_heights import row_height
from engine.ledger.template.styles import (
    BODY,
    PLAIN,
    SECTION,
    STRONG,
    SUBTITLE,
    TITLE,
    heading_style,
    page_footer,
    solid,
)

GUIDE_SHEET = "使用说明"
WIDTHS = (2, 18, 40, 64)
SCALE = 68

BANDS = (
    (Owner.STAFF, "由工作人员填写", "有下拉列表的请从列表中选；简称、旧称都认得。"),
    (Owner.BUTTON, "由“督办”选项卡的按钮盖章", "一般不手工填写；确需更正可以改，程序会留意并提示。"),
    (Owner.MACHINE, "由程序填写，请勿手工修改", "改了会被改回，并在“核验提示”中说明。"),
)
BUTTONS: tuple[tuple[str, str, str], ...] = (
    ("校验", "随时", "检查全部行，问题列在“校验结果”，逐条写明怎么改；不改动台账。"),
    ("签批卡片", "省政府交办事项办理之前", "生成 Word 签批卡片供领导签批；还没有编号的行也可以，台账不改动。"),
    ("编号盖时限", "审批齐全之后", "给无误的行盖上事项编号、节点期限、办结期限、立项时间和状态。"),
    ("下发通知", "盖时限之后", "生成督办通知（Word），盖通知文号和下发时间；程序随后发交办短信。"),
    ("登记反馈", "收到承办单位报送时", "在“反馈记录”加一行；对应节点不再提醒，并短信告知立项主体。"),
    ("退回", "报送不符合要求时", "写明退回原因、后续方式和整改期限，短信告知承办单位。"),
    ("延期/转持续推进", "{extension}内办不完时", "登记申请、方案和同意情况；应在期限前{ahead}提出。"),
    ("申请办结", "任务落实后", "登记办结申请、服务对象意见和评估等级。"),
    ("审定销号", "审核、审定之后", "盖评估等级、审定人和办结时间，短信通知承办单位。"),
    (SUPERVISIONS.name, "打过催办电话、去过现场之后", "登记电话催办、跟踪督查、约谈、重点督办等。"),
    ("同步标记", "想立即看到最新灯色时", "按此刻的台账重算预警灯、逾期和升级标记。"),
    ("预览短信", "随时", "列出今后24小时将发的短信：发给谁、依据哪一条；不会发送。"),
    ("为什么", "选中一行之后", "说明这一行的每个期限、每条短信、每个标记的依据。"),
    ("季度评分", "每季度结束后", "列出各单位得分、名次和每一笔依据；通报后即固定，更正记在下一季度。"),
    (
        "报表",
        "领导要材料时",
        "看板、统计报告、会议汇报、年底清零、通报、督办单、督查单、归档、督查分组，文件放在台账旁边。",
    ),
    ("今日待办", "每天上班时", "列出待批、待审核、待人工处理、未盖时限、未下发的事项。"),
    ("导入旧台账", "启用之初", "先读成导入核对.xlsx，核对后再按一次，整批写进台账。"),
    ("转存短信记录", "季度通报之后", "把已通报季度的短信记录移到年度文件，台账保持轻便。"),
    ("撤销上次操作", "按错时", "恢复上一个按钮改动的全部单元格；已发出的短信收不回。"),
    ("打开说明", "随时", "打开使用手册。"),
)
SHEETS_GUIDE = (
    (BOARD_SHEET.name, "灯色、逾期、7天内到期、逐月趋势，一页A4", "程序填写，随灯色更新；要立即更新请按“同步标记”。"),
    (TODAY_SHEET.name, "待批、待审核、待人工、未盖时限、未下发、今日到期", "程序填写；按“今日待办”按钮看此刻的。"),
    (MATTERS.name, "一行一件督办事项", "蓝色表头由科室填写。不常用的列平时折叠，见第六节。"),
    (REPORTS.name, "承办单位每报送一次，一行", "用“登记反馈”按钮登记，也可直接填写。"),
    (EXTENSIONS.name, "延期、转持续推进、情况说明", "转持续推进须有落实方案，经立项主体同意。"),
    (COMPLETIONS.name, "每次申请办结，一行", "按提请、审核、审定的先后填写。"),
    (SUPERVISIONS.name, "电话催办、跟踪督查、约谈、重点督办等", "重点督办须填批准人和批准时间。"),
    (POINT_ITEMS.name, "表彰、问题等加减分事项", "由人登记；逾期、退回、办结的积分由程序计算。"),
    (POINT_EXCLUSIONS.name, "不计入积分的逾期", "须写明理由和批准人。"),
    (UNIT_GRADES.name, "每单位、每版块、每年一个等级", "年底前由立项主体评价。"),
    (POINT_ENTRIES.name, "已通报季度的每一笔积分", "程序填写，通报后不再改动；事后的更正记在下一个季度。"),
    (QUARTER_SCORES.name, "已通报季度的得分和名次", "程序填写。平时试算请按“季度评分”。"),
    (YEAR_RANKING.name, "年末总评和排名", "程序填写，四个季度都通报后生成。"),
    (CLUES.name, "追究责任的线索和办理步骤", "程序只提出线索，是否追究、如何处理由人决定。"),
    (INSPECTORS.name, "专职、兼职、特邀督查人员", "一人一行；调整时填出库时间，另起一行，不要改原来的行。"),
    (TASKS.name, "每次大督查、专项督查，一行", "依次填请示、批准、方案、报告的时间；结束后3日内形成报告。"),
    (MEMBERS.name, "每次督查各组的人员", "不督查本单位本县区；超员须写增员理由。"),
    (UNITS.name, "单位、责任人和手机", "短信按此发送，缺责任人或手机的事项不能立项。科室各行请排在一起。"),
    (GROUPS.name, "如：各县区政府", "可直接写在“配合单位”中。"),
    (HOLIDAYS.name, "对国务院放假安排的补充和更正", "国务院安排已内置；没有补充可留空。"),
    (SETTINGS.name, "签名、电话、短信开关等", "短信发送选“停”时只亮灯，不发短信。"),
    (MESSAGE_LOG.name, "程序发出的每条短信及回执", "程序填写，请勿修改。"),
    (CHECK_RESULTS.name, "最近一次校验查出的问题", "程序填写，改正后再按“校验”。"),
    (OPERATIONS.name, "谁在什么时候按了哪个按钮、改了什么", "程序填写，“撤销上次操作”要用，请勿修改。"),
)
_PERIODS = [("第几次整改" if form is RETURN_NUMBER else word, form.example) for word, form in PERIOD_FORMS.items()]
_CLOCKS = "交办时间写到几点几分则从该时刻起算；只写日期则当日不计，到期日{close}截止。"
RULES = (
    ("多个单位", "市教育局、市财政局", "用顿号隔开；单位名称里的“和”不影响识别。"),
    ("涉密事项", "严禁纳入", "密级只能留空或填“非密”；短信中不出现事项内容。"),
    ("增减列和排序", "可以", "列可以移动、隐藏、增加，行可以排序、筛选；请勿改表头文字和工作表名称。"),
    ("多人使用", "同一时间一人编辑", "用完请保存并关闭，程序才能读到新内容。请勿使用“共享工作簿”。"),
)
# Group of 督办台账 → what it holds, in the words of the office.
FOLDED = {
    INITIATION: "来源、要求、审批、交办、指定期限、密级、原编号、备注、各节点、通知文号：立项时填写和盖章",
    LEADERS: "交办领导及职务、转交科室、直接责任人：会议和领导交办时填写",
    PROVINCE: "省级期限、分解和上报的审批：只有省政府交办事项填写",
    CLOSE_OUT: "持续推进、目标期限、评估等级、审定、撤销、逾期理由",
    KEPT: "逾期和催办次数、末次提醒、签收、依据、同步时间：程序自己用",
}
CALLS = (
    ("业务问题", "督查室，联系电话见“参数设置”", "制度怎么理解、事项怎么登记。"),
    ("短信没收到", "先看“短信记录”的状态和说明", "手机号有误的，请在“单位通讯录”改正。"),
    ("程序不动了", "值班主机的管理人员", "每天8:30督查室应收到晨报；没有收到，说明程序停了。"),
)


def write_guide(sheet: Worksheet, words: RegimeWords) -> None:
    """Fill 使用说明."""
    sheet.sheet_view.showGridLines = False
    for letter, width in zip("ABCD", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    _put(sheet, 1, 2, "督办台账使用说明", TITLE)
    sheet.row_dimensions[1].height = 40
    _put(sheet, 2, 2, "一行一件事。人只填事实；期限、提醒、催办和标记由程序按制度计算，逐条写明依据。", SUBTITLE)
    sheet.row_dimensions[2].height = 26
    row = _block(sheet, 4, "一、一件事怎么走", _steps(words.guide))
    row = _bands(sheet, row + 1)
    row = _lights(sheet, row + 1, words)
    row = _block(sheet, row + 1, "四、按钮（“督办”选项卡）", _buttons(words.guide))
    sheet.row_breaks.append(Break(id=row))
    row = _links(sheet, row + 1)
    row = _block(sheet, row + 1, "六、督办台账的折叠列", _folded())
    row = _block(sheet, row + 1, "七、填写约定", _rules(words.guide))
    row = _block(sheet, row + 1, "八、遇到问题找谁", CALLS)
    _print_setup(sheet, row)


def _steps(guide: GuideWords) -> tuple[Sequence[str], ...]:
    reminded = f"到期前{guide.reminder}起自动提醒，" if guide.reminder else ""
    return (
        (
            "1 登记",
            "在“督办台账”最后一行下面接着填一行蓝色表头的内容",
            "一行一件事；“牵头单位”只写一个，其余写在“配合单位”。",
        ),
        ("2 报批", "填立项审批人、审批人职务、立项审批时间", "未经批准的事项不会盖时限，也不会发短信。"),
        ("3 盖时限", "按“校验”，无误后按“编号盖时限”", f"自动编号，按{guide.limits}算出各节点和办结期限。"),
        (
            "4 督办",
            "收到报送按“登记反馈”，不合格按“退回”",
            f"{reminded}逾期自动催办并亮灯；提前报送的，对应提醒自动取消。",
        ),
        ("5 办结", "按“申请办结”“审定销号”", "依次经提请、审核、审定后销号，短信告知承办单位。"),
    )


def _buttons(guide: GuideWords) -> Iterator[Sequence[str]]:
    for row in BUTTONS:
        yield [text.format(extension=guide.extension, ahead=guide.ahead) for text in row]


def _rules(guide: GuideWords) -> tuple[Sequence[str], ...]:
    periods = [*_PERIODS, *guide.periods]
    examples, named = ("、".join(said) for said in zip(*((example, name) for name, example in periods), strict=True))
    units, *others = RULES
    return (
        ("日期时间", "2026-03-05 09:30", _CLOCKS.format(close=guide.close)),
        units,
        ("期次写法", examples, f"依次为{named}。"),
        *others,
    )


def _folded() -> Iterator[Sequence[str]]:
    """A line for each outline group: after which column it opens, and what it holds."""
    for before, column in pairwise(MATTERS.columns):
        if column.group and not before.group:
            yield column.group, f"点“{before.heading}”列上方的“+”展开，“-”收起", FOLDED[column.group]


def _put(sheet: Worksheet, row: int, column: int, text: str, style: str) -> None:
    cell = sheet.cell(row, column, text)
    cell.style = style


def _section(sheet: Worksheet, row: int, title: str) -> int:
    for column in (2, 3, 4):
        _put(sheet, row, column, title if column == 2 else "", SECTION)
    sheet.row_dimensions[row].height = 28
    return row + 1


def _line(sheet: Worksheet, row: int, texts: Sequence[str]) -> int:
    for column, text in enumerate(texts, start=2):
        _put(sheet, row, column, text, STRONG if column == 2 else PLAIN)
    sheet.row_dimensions[row].height = row_height(zip(texts, WIDTHS[1:], strict=True))
    return row + 1


def _block(sheet: Worksheet, row: int, title: str, lines: Iterable[Sequence[str]]) -> int:
    row = _section(sheet, row, title)
    for texts in lines:
        row = _line(sheet, row, texts)
    return row


def _bands(sheet: Worksheet, row: int) -> int:
    row = _section(sheet, row, "二、表头颜色：谁来填")
    for owner, who, more in BANDS:
        row = _line(sheet, row, (owner.value, who, more))
        sheet.cell(row - 1, 2).style = heading_style(owner)
    return row


def _lights(sheet: Worksheet, row: int, words: RegimeWords) -> int:
    row = _section(sheet, row, "三、预警灯")
    for one in words.lights:
        row = _line(sheet, row, (one.word, one.meaning, one.advice))
        cell = sheet.cell(row - 1, 2)
        cell.fill, cell.font = solid(one.fill), Font(name=BODY, size=11, bold=True, color=one.ink)
    return row


def _links(sheet: Worksheet, row: int) -> int:
    row = _section(sheet, row, "五、工作表（点名称可跳转）")
    for name, what, more in SHEETS_GUIDE:
        row = _line(sheet, row, (name, what, more))
        cell = sheet.cell(row - 1, 2)
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1", display=name)
        cell.style = STRONG
        cell.font = Font(name=BODY, size=11, bold=True, color="1F4E79", underline="single")
    return row


def _print_setup(sheet: Worksheet, last_row: int) -> None:
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.scale = SCALE
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.8, 0.3
    sheet.print_options.horizontalCentered = True
    sheet.print_area = f"A1:D{last_row - 1}"
    sheet.HeaderFooter.oddFooter = page_footer()
    sheet["B1"].alignment = Alignment(horizontal="left", vertical="center")
