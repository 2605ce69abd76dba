"""Briefing, year-end, circulars, 督办单: valid drafts in Chinese of China; a number only with its approval."""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document

from engine.facts.finding import Place
from engine.facts.kinds import SupervisionMethod
from engine.facts.ledger import Ledger
from engine.facts.records import PointItem
from engine.facts.settings import Settings
from engine.ledger.headings.columns import QUARTER_SCORES
from engine.papers.phrases import LONGEST_TOPIC, topic
from engine.papers.reports import UNNUMBERED, briefing_docx, criticism_docx, matter_docx, ranking_docx, year_end_docx
from engine.review.briefing import briefing
from engine.service.circulars import CircularDesk, CircularKind, NoCircularError
from tests.addin.checkers import open_xml_faults
from tests.board.test_figures import board_of
from tests.clauses.builders import NothingSent, at, ledger, matter, policies, supervision
from tests.render import to_pdf
from tests.tools import need

NAMED = {"office_name": "某市人民政府督查室"}
OFFICE = Settings(**NAMED)
NOW = at("2026-03-20 10:00")
NUMBER = "某政督办〔2026〕9号"


def book(*more: object) -> Ledger:
    return ledger(matter(content="新建人行天桥2座"), *more, settings=NAMED)


def desk(facts: Ledger) -> CircularDesk:
    return CircularDesk(facts, b"", policies(), NothingSent(), NOW)


def text_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([line.text for line in document.paragraphs] + cells)


def approved(**changes: object) -> object:
    facts = {"method": SupervisionMethod.CIRCULAR, "approver": "钱某", "approved_at": at("2026-03-19 10:00")}
    return supervision("2026-03-19 09:00", **(facts | changes))


@pytest.mark.parametrize("kind", [CircularKind.ALL])
def test_a_circular_is_a_draft_without_a_number(kind: CircularKind) -> None:
    text = text_of(desk(book()).made(kind, "", ""))
    assert UNNUMBERED in text
    assert "草稿" in text
    assert "新建人行天桥2座" in text
    assert "某市人民政府督查室" in text


def test_a_number_needs_a_recorded_approval() -> None:
    with pytest.raises(NoCircularError, match="督办记录"):
        desk(book()).made(CircularKind.ALL, NUMBER, "")
    text = text_of(desk(book(approved())).made(CircularKind.ALL, NUMBER, ""))
    assert NUMBER in text
    assert "草稿" not in text


@pytest.mark.parametrize(
    "lacking",
    [
        {"approver": ""},
        {"approved_at": None},
        {"method": SupervisionMethod.PHONE_URGING},
        {"approved_at": at("2026-03-20 10:01")},
    ],
)
def test_half_an_approval_is_none(lacking: dict[str, object]) -> None:
    with pytest.raises(NoCircularError):
        desk(book(approved(**lacking))).made(CircularKind.ALL, NUMBER, "")


@pytest.mark.parametrize(("moment", "holds"), [("2026-02-17 09:59", False), ("2026-02-17 10:00", True)])
def test_an_approval_stands_for_a_month(moment: str, holds: bool) -> None:
    facts = book(approved(approved_at=at(moment)))
    if holds:
        assert desk(facts).made(CircularKind.ALL, NUMBER, "")
    else:
        with pytest.raises(NoCircularError):
            desk(facts).made(CircularKind.ALL, NUMBER, "")


def test_no_circular_without_the_offices_name_nor_without_anything_to_tell() -> None:
    with pytest.raises(NoCircularError, match="单位名称"):
        desk(ledger(matter(), settings={"office_name": ""}))
    with pytest.raises(NoCircularError, match="没有要通报"):
        desk(ledger(settings=NAMED)).made(CircularKind.ALL, "", "")
    with pytest.raises(NoCircularError, match="季度评分"):
        desk(book()).made(CircularKind.RANKING, "", "2026Q1")
    with pytest.raises(NoCircularError, match="积分事项"):
        desk(book()).made(CircularKind.CRITICISM, "", "")


def test_criticism_takes_its_number_from_the_entry() -> None:
    entry = PointItem(Place("point_items", 2), unit="市教育局", item="保山通报扣分", case="一", document=NUMBER)
    facts = ledger(matter(), settings=NAMED, point_items=(entry,))
    assert "市教育局" in text_of(desk(facts).made(CircularKind.CRITICISM, NUMBER, ""))
    with pytest.raises(NoCircularError, match="依据文号"):
        desk(facts).made(CircularKind.CRITICISM, "别的〔2026〕1号", "")


def test_the_ranking_keeps_units_without_work_apart() -> None:
    rows = [
        {"unit": "市教育局", "rank": 1, "total": 2.0, "score": 102.0, "entries": 3},
        {"unit": "市住建局", "rank": None, "total": 0, "score": 100.0, "entries": 0},
    ]
    assert set(rows[0]) < {column.field for column in QUARTER_SCORES.columns}, "rows of 季度积分, as they are read"
    data = ranking_docx("2026Q1", rows, "", OFFICE, NOW)
    [table] = Document(io.BytesIO(data)).tables
    assert [[cell.text for cell in row.cells] for row in table.rows][1:] == [["1", "市教育局", "2", "102"]]
    assert "没有督办事项、不参加比较的单位：市住建局。" in text_of(data)


def papers() -> dict[str, bytes]:
    facts = book(approved())
    told = briefing(facts, policies(), NothingSent(), NOW)
    [one] = board_of(facts, NOW).matters
    return {
        "briefing": briefing_docx(told, NOW, OFFICE),
        "year-end": year_end_docx(list(facts.matters), 2026, NOW, OFFICE),
        "circular": desk(facts).made(CircularKind.ALL, "", ""),
        "criticism": criticism_docx([], "", OFFICE, NOW),
        "sheet": matter_docx(facts, one, OFFICE, NOW),
    }


@pytest.mark.parametrize("name", papers())
def test_every_paper_is_valid_and_speaks_chinese_of_china(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.docx"
    path.write_bytes(papers()[name])
    assert open_xml_faults(path) == []
    with zipfile.ZipFile(path) as archive:
        languages = {
            found
            for part in archive.namelist()
            if part.endswith(".xml")
            for found in re.findall(r'w:(?:val|eastAsia)="([a-z]{2}-[A-Z]{2})"', archive.read(part).decode())
        }
    assert languages == {"zh-CN"}


def test_the_sheet_of_a_matter_prints_on_one_page(tmp_path: Path) -> None:
    (tmp_path / "督办单.docx").write_bytes(papers()["sheet"])
    told = subprocess.run(
        [need("pdfinfo"), to_pdf(tmp_path / "督办单.docx", tmp_path)], check=True, capture_output=True, text=True
    ).stdout
    assert re.search(r"Pages:\s+1\b", told)


@pytest.mark.parametrize(
    ("contents", "title"),
    [
        (["新建人行天桥2座。年内投入使用。"], "新建人行天桥2座"),
        (["新建人行天桥2座", "别的"], "新建人行天桥2座等2项事项"),
        (["甲" * LONGEST_TOPIC], "甲" * LONGEST_TOPIC),
        (["甲" * (LONGEST_TOPIC + 1)], "甲" * LONGEST_TOPIC),
        (["在学校、医院周边人流集中路段新建人行天桥2座，年内投入使用"], "在学校、医院周边人流集中路段新建人行天桥2座"),
    ],
)
def test_titles_say_what_a_paper_is_about(contents: list[str], title: str) -> None:
    assert topic(contents) == title
