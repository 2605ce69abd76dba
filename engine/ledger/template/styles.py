"""The look of the ledger: fonts that exist in Chinese Windows, three bands of headings, a named style for each cell."""

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.header_footer import HeaderFooterItem

from engine.ledger.headings.column import NUMBER_FORMATS, TEXT_FORMAT, Column, Kind, Owner

BODY, SONG, HEAVY = "等线", "仿宋", "黑体"

BAND = {Owner.STAFF: "1F4E79", Owner.BUTTON: "3B7D23", Owner.MACHINE: "757575"}
MACHINE_FILL = "F2F2F2"
GRID = "BFBFBF"

KIND_WORDS = {
    Kind.TEXT: "文本",
    Kind.LONG_TEXT: "长文",
    Kind.DAY: "日子",
    Kind.MOMENT: "时刻",
    Kind.INTEGER: "整数",
    Kind.NUMBER: "小数",
    Kind.CHOICE: "选项",
    Kind.UNIT: "一个单位",
    Kind.UNITS: "多个单位",
    Kind.NAMES: "名单",
    Kind.MOBILE: "手机号",
}
LEFT_WORD = "长名"  # text in a wide column is a name or a sentence: it reads from the left
WIDE = 20
LEFT_KINDS = (Kind.LONG_TEXT, Kind.UNIT, Kind.UNITS, Kind.NAMES)

TITLE, SUBTITLE, SECTION, PLAIN, STRONG = "说明 标题", "说明 副题", "说明 小节", "说明 正文", "说明 要点"


def solid(colour: str) -> PatternFill:
    """A plain fill."""
    return PatternFill("solid", start_color=colour, end_color=colour)


def heading_style(owner: Owner) -> str:
    """The named style of headings of this band."""
    return f"{owner.value} 表头"


def cell_style(column: Column) -> str:
    """The named style of the cells under this heading."""
    wide_text = column.kind is Kind.TEXT and column.width >= WIDE
    return f"{column.owner.value} {LEFT_WORD if wide_text else KIND_WORDS[column.kind]}"


def add_styles(book: Workbook) -> None:
    """Register every named style of the ledger in ``book``."""
    for owner in Owner:
        book.add_named_style(_heading(owner))
        for kind, word in KIND_WORDS.items():
            book.add_named_style(_cell(owner, kind, word))
        book.add_named_style(_cell(owner, Kind.TEXT, LEFT_WORD))
    for style in _guide_styles():
        book.add_named_style(style)


def style_column(dimension: ColumnDimension, column: Column) -> None:
    """Style the whole column, so that a row typed below the table is already text, dated and wrapped."""
    style = _cell(column.owner, column.kind, cell_style(column).split()[1])
    dimension.width, dimension.number_format = column.width, style.number_format
    dimension.font, dimension.fill = style.font, style.fill
    dimension.border, dimension.alignment = style.border, style.alignment


def page_header(text: str) -> HeaderFooterItem:
    """The sheet's name on top of each printed page."""
    item = HeaderFooterItem()
    item.center.text, item.center.size, item.center.font = text, 18, HEAVY
    return item


def page_footer() -> HeaderFooterItem:
    """The legend of the bands, the page, the time of printing."""
    item = HeaderFooterItem()
    item.left.text = "表头：蓝＝人工填写　绿＝按钮盖章　灰＝程序填写"
    item.center.text = "第 &P 页 共 &N 页"
    item.right.text = "打印时间 &D &T"
    return item


def frame(*, left: bool = True, right: bool = True) -> Border:
    """Thin grey lines above and below, and at the sides that are wanted."""
    line = Side(style="thin", color=GRID)
    return Border(left=line if left else None, right=line if right else None, top=line, bottom=line)


def _heading(owner: Owner) -> NamedStyle:
    return NamedStyle(
        name=heading_style(owner),
        font=Font(name=HEAVY, size=10.5, color="FFFFFF"),
        fill=solid(BAND[owner]),
        border=frame(),
        alignment=Alignment(horizontal="center", vertical="center", wrap_text=True),
        number_format="@",
    )


def _cell(owner: Owner, kind: Kind, word: str) -> NamedStyle:
    of_machine = owner is Owner.MACHINE
    return NamedStyle(
        name=f"{owner.value} {word}",
        font=Font(name=BODY, size=10.5, color="404040" if of_machine else "000000"),
        fill=solid(MACHINE_FILL) if of_machine else None,
        border=frame(),
        alignment=Alignment(
            horizontal="left" if kind in LEFT_KINDS or word == LEFT_WORD else "center",
            vertical="center",
            wrap_text=True,
        ),
        number_format=NUMBER_FORMATS.get(kind, TEXT_FORMAT),
    )


def _guide_styles() -> tuple[NamedStyle, ...]:
    left = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return (
        NamedStyle(name=TITLE, font=Font(name=HEAVY, size=22, color=BAND[Owner.STAFF]), alignment=Alignment("left")),
        NamedStyle(name=SUBTITLE, font=Font(name=SONG, size=13, color="404040"), alignment=Alignment("left")),
        NamedStyle(
            name=SECTION,
            font=Font(name=HEAVY, size=14, color=BAND[Owner.STAFF]),
            border=Border(bottom=Side(style="medium", color=BAND[Owner.STAFF])),
            alignment=Alignment(horizontal="left", vertical="center"),
        ),
        NamedStyle(name=PLAIN, font=Font(name=BODY, size=11), border=frame(), alignment=left, number_format="@"),
        NamedStyle(
            name=STRONG, font=Font(name=BODY, size=11, bold=True), border=frame(), alignment=middle, number_format="@"
        ),
    )
