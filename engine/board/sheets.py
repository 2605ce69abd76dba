"""What the cells of 统计看板 and 今日待办 should hold, and the changes that bring them there."""

from collections.abc import Iterator, Mapping, Sequence

from engine.board.figures import BoardFigures, Lights, ReviewedMatter
from engine.board.waiting import KINDS, TO_READ, UnreadReply, Waiting
from engine.facts.change import Change, Value
from engine.facts.finding import Place
from engine.ledger.headings.board_sheets import (
    AS_OF,
    BOARD_SHEET,
    BY_BOARD,
    BY_LEADER,
    BY_MONTH,
    BY_UNIT,
    DUE_SOON,
    OVERDUE,
    SHOWN_LIGHTS,
    TILE_LABELS,
    TILE_VALUES,
    TODAY_SHEET,
    URGED,
    WAITING,
    FormBlock,
)
from engine.ledger.headings.column import SheetColumns

Cells = dict[tuple[str, int], Value]
"""By column letter and row."""

_LONGEST = 28
"""Characters of a matter, as many as its column of either sheet shows."""


def board_cells(board: BoardFigures) -> Cells:
    """统计看板 at the time of ``board``."""
    total = board.total
    tiles = (
        *(total.matters, board.lights.open, *_columns(board.lights)),
        *(len(board.due_soon), board.this_month.taken_in, board.this_month.closed),
        *(total.completion_rate, total.punctuality, sum(one.urgings for one in board.urged)),
    )
    cells: Cells = {AS_OF: f"{board.office or '督查室'}　截至{board.at:%Y-%m-%d %H:%M}"}
    cells |= {(column.field, TILE_VALUES): value for column, value in zip(BOARD_SHEET.columns, tiles, strict=True)}
    cells |= _headings(board)
    for block, groups in ((BY_UNIT, board.by_unit), (BY_BOARD, board.by_board), (BY_LEADER, board.by_leader)):
        cells |= _listed(block, [_lights_line(one) for one in _cut(groups, block.rows)])
    cells |= _listed(BY_MONTH, [(one.name, one.taken_in, one.closed) for one in board.months])
    cells |= _listed(URGED, [(one.unit, one.urgings, one.overdue) for one in board.urged[: URGED.rows]])
    for block, found in ((OVERDUE, board.overdue), (DUE_SOON, board.due_soon)):
        cells |= _listed(block, _matter_lines(found, block.rows))
    return cells


def today_cells(waiting: Sequence[Waiting]) -> Cells:
    """今日待办: how many of each kind on top, then one line each."""
    counts = {kind: sum(one.kind == kind for one in waiting) for kind in KINDS}
    summary = "，".join(f"{kind}{count}项" for kind, count in counts.items() if count)
    cells: Cells = {("A", WAITING.top): f"共{len(waiting)}项：{summary}。" if waiting else "今天没有待办。"}
    lines: list[Sequence[Value]] = [
        (one.kind, one.number, one.unit or None, _short(one.content), one.what, one.due)
        for one in waiting[: WAITING.rows - 1]
    ]
    if (more := len(waiting) - len(lines)) > 0:
        lines.append((f"另有{more}项", None, None, None, "请用“今日待办”按钮查看全部", None))
    return cells | _listed(WAITING, lines)


def held_cells(reason: str) -> Cells:
    """今日待办 of a ledger whose regime cannot be applied: that nothing is sent, and why."""
    return {("A", WAITING.top): f"【已停发短信】{reason.removeprefix('不发短信：')}"}


def replies_shown(held: Mapping[tuple[str, int], Value]) -> list[UnreadReply]:
    """The replies that 今日待办 shows: whoever has no journal at hand leaves them as they stand."""
    kind, number, what = (WAITING.columns[place] for place in (0, 1, 4))
    rows = (row for row in range(WAITING.first, WAITING.first + WAITING.rows) if held.get((kind, row)) == TO_READ)
    return [UnreadReply(str(held.get((number, row)) or ""), str(held.get((what, row)) or "")) for row in rows]


def form_changes(
    forms: Mapping[str, Mapping[tuple[str, int], Value]], board: BoardFigures, waiting: Sequence[Waiting]
) -> list[Change]:
    """What must change for the sheets of ``forms`` (key → cells) to be true: nothing for those that a book lacks."""
    changes: list[Change] = []
    if BOARD_SHEET.key in forms:
        changes += differences(BOARD_SHEET, forms[BOARD_SHEET.key], board_cells(board))
    if TODAY_SHEET.key in forms:
        changes += differences(TODAY_SHEET, forms[TODAY_SHEET.key], today_cells(waiting))
    return changes


def differences(sheet: SheetColumns, held: Mapping[tuple[str, int], Value], wanted: Cells) -> list[Change]:
    """The cells to change so that ``sheet`` shows ``wanted``: none where only its time differs."""
    differing = [at for at, value in wanted.items() if held.get(at) != value]
    if set(differing) <= {AS_OF} and held.get(AS_OF):
        return []
    return [
        Change(Place(sheet.key, row, letter), "", letter, held.get((letter, row)), wanted[letter, row])
        for letter, row in differing
    ]


def _listed(block: FormBlock, lines: Sequence[Sequence[Value]]) -> Cells:
    """The lines of a list, and blanks below them."""
    blank = (None,) * len(block.columns)
    padded = [*lines, *[blank] * (block.rows - len(lines))]
    return {
        (letter, row): value
        for row, line in enumerate(padded, block.first)
        for letter, value in zip(block.columns, line, strict=True)
    }


def _headings(board: BoardFigures) -> Cells:
    """The words of the lights, as the regime has them."""
    words = [*(band.word for band in board.bands), *[None] * len(SHOWN_LIGHTS)][: len(SHOWN_LIGHTS)]
    tiles = BOARD_SHEET.columns[2:]
    cells: Cells = {(tile.field, TILE_LABELS): word for tile, word in zip(tiles, words, strict=False)}
    for block in (BY_UNIT, BY_BOARD, BY_LEADER):
        cells |= {(letter, block.top + 1): word for letter, word in zip(block.columns[1:], words, strict=False)}
    return cells


def _cut(groups: Sequence[Lights], rows: int) -> Iterator[Lights]:
    """As many groups as there are rows; where there are more, the last row sums up the rest."""
    if len(groups) <= rows:
        yield from groups
        return
    yield from groups[: rows - 1]
    rest = groups[rows - 1 :]
    counts = tuple(map(sum, zip(*(one.counts for one in rest), strict=True)))
    yield Lights(f"其余{len(rest)}个", counts, sum(one.overdue for one in rest))


def _columns(one: Lights) -> Sequence[Value]:
    """The counts in the four columns of the form; what more lights a regime has stands in the last."""
    most = len(SHOWN_LIGHTS)
    if len(one.counts) <= most:
        return (*one.counts, *[None] * (most - len(one.counts)))
    return (*one.counts[: most - 1], sum(one.counts[most - 1 :]))


def _lights_line(one: Lights) -> Sequence[Value]:
    return one.name, *_columns(one), one.open


def _matter_lines(found: Sequence[ReviewedMatter], rows: int) -> list[Sequence[Value]]:
    kept = found if len(found) <= rows else found[: rows - 1]
    lines: list[Sequence[Value]] = [
        (one.matter.number, _short(one.content), one.shown.current_due, one.unit) for one in kept
    ]
    if len(kept) < len(found):
        lines.append((f"另有{len(found) - len(kept)}项", "请在「督办台账」按灯色筛选", None, None))
    return lines


def _short(text: str) -> str | None:
    return (text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…") or None
