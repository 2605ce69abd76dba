"""An office that moves in: a fresh ledger with a directory, and a person who fills in the review."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from engine.facts.ledger import Ledger
from engine.ledger.reading.ledger import read_ledger
from engine.ledger.template.workbook import template_rows, workbook_bytes
from engine.moving.dictionaries.loading import shipped_dictionaries
from engine.moving.files.sources import read_source
from engine.moving.proposals.model import Proposals, RowProposal
from engine.moving.proposals.propose import Scheme, propose
from engine.policy.words import usual_words

NOW = datetime(2026, 6, 10, 9, 0)
LEDGER_ID = "11111111-2222-3333-4444-555555555555"
UNITS = (
    ("朔城区人民政府", "朔城区", "县区"),
    ("平鲁区人民政府", "平鲁区", "县区"),
    ("应县人民政府", "应县", "县区"),
    ("市教育局", "教育局", "市直部门"),
    ("市财政局", "财政局", "市直部门"),
    ("市住房和城乡建设局", "市住建局、住建局", "市直部门"),
    ("市发展和改革委员会", "市发改委、发改委", "市直部门"),
    ("市工业和信息化局", "市工信局", "市直部门"),
    ("市水利局", "", "市直部门"),
    ("市民政局", "", "市直部门"),
    ("市交通运输局", "市交通局", "市直部门"),
    ("市商务局", "", "市直部门"),
    ("市人力资源和社会保障局", "市人社局", "市直部门"),
    ("市卫生健康委员会", "市卫健委", "市直部门"),
    ("国家税务总局朔州市税务局", "", "驻朔单位"),
)


def ledger_bytes(**rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A fresh ledger with the directory above; ``rows`` by sheet key besides."""
    content = dict(template_rows(LEDGER_ID, "", usual_words()))
    units = [{"name": name, "aliases": also, "category": sort, "active": "是"} for name, also, sort in UNITS]
    content["units"] = [*content["units"], *units]
    return workbook_bytes({**content, **rows}, usual_words())


@cache
def fresh() -> bytes:
    return ledger_bytes()


def ledger_file(folder: Path) -> Path:
    path = folder / "台账.xlsx"
    path.write_bytes(fresh())
    return path


@cache
def ledger() -> Ledger:
    return read_ledger(fresh())


def proposals(path: Path, book: Ledger, year: int = 2026, scheme: Mapping[str, str] | None = None) -> Proposals:
    return propose(read_source(path), book, shipped_dictionaries(), Scheme(year, scheme or {}))


def row_of(found: Proposals, number: str) -> RowProposal:
    """The proposal with that 原编号."""
    return next(one for one in found.rows if one.value("original_number") == number)


def fill_in(path: Path, decide: Callable[[str, dict[str, Any]], dict[str, Any]]) -> None:
    """Open the review and let ``decide(sheet, row)`` say which cells a person changes."""
    book = load_workbook(path)
    for sheet in book:
        headings = [cell.value for cell in sheet[1]]
        for number in range(2, sheet.max_row + 1):
            row = dict(zip(headings, (cell.value for cell in sheet[number]), strict=True))
            for heading, value in decide(sheet.title, row).items():
                sheet.cell(number, headings.index(heading) + 1).value = value
    book.save(path)


def accept(sheet: str, row: dict[str, Any]) -> dict[str, Any]:
    """A person who takes everything as proposed; what has no proposal gets the year's end."""
    if "处理" not in row or row["处理"] or not any(row.values()):
        return {}
    if sheet == "存疑词语" and not row["拟作"]:
        return {"处理": "改为…", "改为": "2026-12-31"}
    return {"处理": "采用"}


def with_common(values: Mapping[str, Any]) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """As ``accept``, and 统一填写 filled in."""

    def decide(sheet: str, row: dict[str, Any]) -> dict[str, Any]:
        if sheet == "统一填写" and row.get("项目") in values:
            return {"填写": values[row["项目"]]}
        return accept(sheet, row)

    return decide
