"""From the sheets of old ledgers to proposals: the one pipeline of moving in. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.facts.ledger import Ledger
from engine.ledger.package.text_folding import key_of
from engine.ledger.reading.ledger import without_collections
from engine.moving.dictionaries.loading import Dictionaries
from engine.moving.proposals.before_the_table import TableContext, table_context
from engine.moving.proposals.draft import Reader
from engine.moving.proposals.minutes_rows import propose_minutes
from engine.moving.proposals.model import CellAccount, Contact, LeftOut, Proposals, RowProposal, Source, TableRead, Word
from engine.moving.proposals.row_reading import carried, propose_row
from engine.moving.tables.blocks import TableBlock, find_blocks, path
from engine.moving.tables.column_content import column_content
from engine.moving.tables.grid import At, Grid, WordText
from engine.moving.tables.mapping import SourceColumn, map_columns
from engine.moving.tables.rows import RowKind, SourceRow, read_rows
from engine.moving.values.reading import ReadValue
from engine.moving.values.units import UnitReader

_HEADINGS, _TITLE, _OUTSIDE, _NO_TABLE = "表头", "表名、填报说明", "表格以外的内容", "没有督办事项的工作表"
MATTERS = "读出的事项"
PARAGRAPHS, _AROUND, _NOT_TAKEN = "正文", "表格以外的段落", "没有采用的段落"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How columns were mapped before, by heading (导入方案.toml), and the year of the ledger."""

    year: int
    columns: Mapping[str, str] = field(default_factory=dict)


class _Import:
    """What the pipeline gathers."""

    def __init__(self, ledger: Ledger, dictionaries: Dictionaries, scheme: Scheme) -> None:
        self.dictionaries, self.scheme = dictionaries, scheme
        self.units = UnitReader(ledger.directory, dictionaries.phrases)
        self.rows: list[RowProposal] = []
        self.left_out: list[LeftOut] = []
        self.tables: list[TableRead] = []
        self.accounts: list[CellAccount] = []
        self.notices: list[str] = []

    def take_text(self, text: WordText) -> None:
        """Read the paragraphs of a Word file: minutes, or what stands around its tables."""
        account = CellAccount(text.file, PARAGRAPHS, len(text.paragraphs))
        self.accounts.append(account)
        if not text.is_minutes:
            account.cells[_AROUND] += len(text.paragraphs)
            return
        found = propose_minutes(text, self.units, self.dictionaries, self.scheme.year)
        self.rows += found.rows
        self.left_out += found.left_out
        taken = len({one.source.row for one in found.rows})
        account.cells[MATTERS] += taken
        account.cells[_NOT_TAKEN] += len(text.paragraphs) - taken
        account.rows[MATTERS] += len(found.rows)

    def take(self, grid: Grid) -> None:
        """Read one sheet."""
        account = CellAccount(grid.file, grid.name, grid.content)
        self.accounts.append(account)
        if not grid.content:
            self.notices.append(f"{grid.file} 的“{grid.name}”没有文字（空白，或只有图片），没有可导入的内容。")
            return
        blocks = find_blocks(grid, self.dictionaries.headings)
        above = 0
        taken: set[tuple[int, int]] = set()
        for block in blocks:
            columns = self._columns(grid, block)
            if not _is_ledger(columns, block):
                continue
            around = table_context(grid, block, above, self.dictionaries.phrases, self.scheme.year)
            taken |= self._table(grid, block, columns, around, account)
            above = block.last + 1
        self._outside(grid, account, taken, {block.top for block in blocks} if taken else set())
        if grid.hidden and taken:
            self.notices.append(f"{grid.file} 的“{grid.name}”是隐藏的工作表，里面的事项请逐行决定。")
        if grid.colours and taken:
            self.notices.append(_colour_notice(grid))

    def _columns(self, grid: Grid, block: TableBlock) -> tuple[SourceColumn, ...]:
        headings = [(at, path(grid, block, at)) for at in block.columns]
        content = column_content(grid, block, self.units, self.dictionaries.deadlines)
        return map_columns(headings, self.dictionaries.headings, content, self.scheme.columns)

    def _table(
        self, grid: Grid, block: TableBlock, columns: Sequence[SourceColumn], around: TableContext, account: CellAccount
    ) -> set[tuple[int, int]]:
        reader = Reader(
            columns, around, self.units, self.dictionaries, lambda row, at: grid.errors.get(At(row, at), "")
        )
        filled: Counter[int] = Counter()
        taken = {
            (row, at) for row in range(block.top, block.bottom + 1) for at in block.columns if grid.is_filled(row, at)
        }
        account.cells[_HEADINGS] += len(taken)
        above = ""
        first = len(self.rows)
        for row in read_rows(grid, block, columns, self.dictionaries.phrases):
            taken |= {(row.number, at) for at in row.own}
            account.cells[row.kind.value] += len(row.own)
            account.rows[MATTERS if row.kind is RowKind.MATTER else row.kind.value] += 1
            source = Source(grid.file, grid.name, f"第{row.number + 1}行")
            if row.kind is RowKind.MATTER:
                filled.update(row.own)
                proposal = self._of_sheet(propose_row(row, source, reader, above), grid, around)
                above = str(proposal.value("lead_unit") or "")
                self.rows.append(proposal)
            elif row.kind is RowKind.CONTINUATION and len(self.rows) > first:
                filled.update(row.own)
                self.rows[-1] = _with_continuation(self.rows[-1], row, columns, source)
                self.left_out.append(LeftOut(source, f"并入{self.rows[-1].source.row}", _said(row)))
            else:
                self.left_out.append(LeftOut(source, row.kind.value, _said(row)))
        area = f"{grid.address(block.top, block.left)}:{grid.address(block.last, block.right)}"
        self.tables.append(TableRead(grid.file, grid.name, area, around.title, tuple(columns), filled, grid.hidden))
        return taken

    def _of_sheet(self, proposal: RowProposal, grid: Grid, around: TableContext) -> RowProposal:
        """What the sheet adds: its year to a number that other years have too, a fill's name, hidden rows put to a
        person.
        """
        added: dict[str, ReadValue] = {}
        row = int(proposal.source.row[1:-1]) - 1
        if colour := grid.colours.get(row):
            before = str(proposal.value("note") or "")
            added["note"] = ReadValue(f"{before}\n原表底色：{colour}".strip())
        number = proposal.cells.get("original_number")
        if number and around.year_named and around.year != self.scheme.year:
            added["original_number"] = ReadValue(f"{around.year}年-{number.value}")
        cells = {**proposal.cells, **added}
        if not grid.hidden:
            return replace(proposal, cells=cells) if added else proposal
        doubts = ("在隐藏的工作表里，请确认是否导入", *proposal.doubts)
        return replace(proposal, cells=cells, doubts=doubts, decision=None if proposal.decision else proposal.decision)

    def _outside(self, grid: Grid, account: CellAccount, taken: set[tuple[int, int]], tops: set[int]) -> None:
        """Every cell that stands in no table, each with its reason."""
        for row in range(len(grid.rows)):
            for column in grid.filled[row]:
                if (row, column) in taken:
                    continue
                reason = _NO_TABLE if not taken else _TITLE if any(row < top for top in tops) else _OUTSIDE
                account.cells[reason] += 1
                if reason != _NO_TABLE:
                    source = Source(grid.file, grid.name, grid.address(row, column))
                    self.left_out.append(LeftOut(source, reason, grid.text(row, column)))
        if not taken:
            self.notices.append(f"{grid.file} 的“{grid.name}”里没有找到督办事项的表格，整张没有导入。")


@without_collections()
def propose(
    sources: Iterable[Grid | WordText], ledger: Ledger, dictionaries: Dictionaries, scheme: Scheme
) -> Proposals:
    """What sheets and paragraphs become. Every cell with content is accounted for, or this raises AssertionError."""
    work = _Import(ledger, dictionaries, scheme)
    for source in sources:
        if isinstance(source, WordText):
            work.take_text(source)
        else:
            work.take(source)
    unbalanced = [f"{one.file} {one.sheet}" for one in work.accounts if not one.balances]
    if unbalanced:
        raise AssertionError(f"the account does not balance: {unbalanced}")
    rows = list(_without_doubles(work.rows, ledger))
    return Proposals(
        rows,
        tuple(_words(rows)),
        tuple(_contacts(rows)),
        work.left_out,
        work.tables,
        work.accounts,
        [*work.notices, *_same_numbers(rows)],
    )


def _is_ledger(columns: Sequence[SourceColumn], block: TableBlock) -> bool:
    """Whether a table holds matters: what is to be done, and who or by when; by inference alone both."""
    ours = {column.ours for column in columns}
    who, when = ours & {"lead_unit", "unit_and_people", "cooperating_units"}, ours & {"deadline", "progress", "state"}
    if not block.by_words:
        return bool("content" in ours and who)
    return bool(ours & {"content", "requirement"} and (who or when))


def _said(row: SourceRow) -> str:
    return " ".join(row.text(at) for at in row.own)


def _with_continuation(
    proposal: RowProposal, row: SourceRow, columns: Sequence[SourceColumn], source: Source
) -> RowProposal:
    """A row of which the matter is merged with the one above: what it adds goes into 备注, for a person to confirm."""
    added = "；".join(f"{heading}：{text}" for heading, text in carried(row, columns).items() if text)
    cells = dict(proposal.cells)
    before = str(proposal.value("note") or "")
    cells["note"] = ReadValue(f"{before}\n{source.row}：{added}".strip())
    said = f"{proposal.said}\n[{source.row}] {added}"
    doubt = f"事项内容与{source.row}是一个合并单元格，已并入备注；若是几个事项，请改后另行登记"
    doubts = tuple(dict.fromkeys((*(one for one in proposal.doubts if "合并单元格" not in one), doubt)))
    return replace(
        proposal, cells=cells, said=said, doubts=doubts, decision=None if proposal.decision else proposal.decision
    )


def _without_doubles(rows: Iterable[RowProposal], ledger: Ledger) -> Iterator[RowProposal]:
    """A matter that stands twice in the files, or in the ledger already, is put to a person."""
    standing = {(key_of(matter.content), matter.lead_unit): matter for matter in ledger.matters if matter.content}
    seen: dict[tuple[str, str], Source] = {}
    for proposal in rows:
        key = key_of(str(proposal.value("content") or "")), str(proposal.value("lead_unit") or "")
        doubts = []
        if key[0] and key in standing:
            matter = standing[key]
            doubts.append(f"台账里已有相同的事项（{matter.number or f'第{matter.place.row}行'}）")
        if key[0] and key in seen:
            doubts.append(f"与{seen[key].sheet}{seen[key].row}的内容和单位相同")
        seen.setdefault(key, proposal.source)
        if doubts:
            proposal = replace(
                proposal, doubts=(*proposal.doubts, *doubts), decision=None if proposal.decision else proposal.decision
            )
        yield proposal


def _words(rows: Iterable[RowProposal]) -> Iterator[Word]:
    """Each word once, with how many rows name it, the most frequent first. One phrase that means two things in two
    places (12月底前 in two years) stands twice.
    """
    counted: Counter[Word] = Counter(word for proposal in rows for word in proposal.words)
    for word, count in counted.most_common():
        yield replace(word, rows=count)


def _contacts(rows: Iterable[RowProposal]) -> Iterator[Contact]:
    """Each person once; of several for one role of a unit the first is proposed, and the others are reported."""
    found: defaultdict[tuple[str, str], dict[Contact, None]] = defaultdict(dict)
    for proposal in rows:
        for contact in proposal.contacts:
            found[contact.unit, contact.role].setdefault(contact)
    for people in found.values():
        first, *others = people
        named = "、".join(dict.fromkeys(one.name for one in others if one.name and one.name != first.name))
        why = "；".join(filter(None, (first.why, named and f"各行写的不同，还有{named}")))
        yield replace(first, why=why, needs_decision=bool(named) or first.needs_decision)


def _same_numbers(rows: Iterable[RowProposal]) -> Iterator[str]:
    counted = Counter(str(proposal.value("original_number") or "") for proposal in rows)
    doubled = [number for number, count in counted.items() if number and count > 1]
    if doubled:
        named = "、".join(doubled[:5]) + ("等" if len(doubled) > 5 else "")
        yield f"有{len(doubled)}个原编号在几张表里都有（{named}），照原样写入「原编号」，事项以台账编号为准。"


def _colour_notice(grid: Grid) -> str:
    counted = Counter(grid.colours.values())
    named = "、".join(f"{colour} {count} 行" for colour, count in counted.most_common(4))
    return f"{grid.file} 的“{grid.name}”有底色（{named}）。颜色的含义程序不猜，已写进各行的备注。"
