"""The first sheet of the review: how much was found, what is left to decide, and how."""

from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from engine.moving.files import review_words as words
from engine.moving.proposals.model import Proposals

_STEPS = (
    f"1. 先看「{words.COLUMNS}」：原表每一列导入到哪里。不对的，在“{words.BECOMES}”里另选，"
    "保存关闭后照第7步办，会记下新的对照；再重新读一次旧台账（命令加 --force）。",
    f"2. 再看「{words.WORDS}」：同一个词只问一次，管住所有行。"
    f"逐个选“采用”“改为…”（在“{words.CHANGED_TO}”里填）或“不导入”（原话留在备注）。",
    f"3. 到「{words.ROWS}」筛选“{words.DECISION}”为空的行，逐行选“采用”“改为…”或“不导入”。"
    "黄格是存疑的地方，可以直接改；改后的内容就是导入的内容。",
    f"4. 「{words.CONTACTS}」里是原表写的责任人和手机，只补通讯录里空着的。",
    f"5. 「{words.COMMON}」里填对所有事项都一样的内容（版块、立项审批人等），只补各行空着的格。",
    f"6. 「{words.ACCOUNT}」逐表列出每一格的去向，读出的行数等于导入的加不导入的。",
    "7. 保存并关闭本表，在台账里再按“导入旧台账”，选“把核对过的核对表写进台账”；"
    "没有这个按钮的，关闭台账，运行：duban import --apply 导入核对.xlsx --into 台账.xlsx。",
    "全部定下之前，台账一个字也不会改。导入前自动备份；导入后可在台账里点“撤销上次操作”整批撤回。",
)


def write_guide(sheet: Worksheet, proposals: Proposals) -> None:
    """Counts, steps, and what a person must know about the files."""
    sheet.title = words.GUIDE
    open_rows = sum(proposal.decision is None for proposal in proposals.rows)
    lines = [
        ("导入核对", 16),
        (
            f"读出 {len(proposals.rows)} 个事项，其中 {open_rows} 行要逐行决定；另有 {len(proposals.words)} 个词要定。",
            12,
        ),
        *((line, 11) for line in _STEPS),
        *(((f"原表里要知道的 {len(proposals.notices)} 件事：", 12),) if proposals.notices else ()),
        *((f"· {notice}", 11) for notice in proposals.notices),
    ]
    for row, (line, size) in enumerate(lines, 1):
        cell = sheet.cell(row, 1, line)
        cell.data_type = "s"
        cell.font = Font(name="黑体" if size > 11 else "等线", size=size)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width = 110
    sheet.sheet_view.showGridLines = False
