"""督查单 as a button: approval and Word file together or neither, in the open book and in the saved file."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document

from addin.button import ButtonContext
from engine.facts.records import Supervision
from engine.ledger.headings.columns import OPERATIONS
from engine.ledger.reading.ledger import read_rows
from engine.service.taking_into_use import take_into_use
from tests.addin.checkers import open_xml_faults
from tests.addin.pressing import Clerk
from tests.addin.session_adapters import ADAPTERS, Pressing, facts
from tests.ledger.adapters import cells_in_file
from tests.policy.districts import THREE_COLOURS
from tests.service.office import T0, ServedOffice, matter_row, write_book

NUMBER, OTHER, BLUE = "2026-督-0001", "2026-督-0002", "蓝色督查单"
NOW = datetime(2026, 3, 16, 10, 0)
APPROVED = {"approver": "孙某", "approver_rank": "市长", "approved_at": "2026-03-16 09:50"}
ASKED = {"paper": BLUE, "outcome": "3月20日前开工"}


def book_under(folder: Path, regime: str) -> Path:
    """A ledger with two matters, taken into use under the regime of the three colours unless it is another."""
    office = ServedOffice(folder)
    given = {"board": "督查事项", "source": "领导批示", "approver_rank": "市长"}
    write_book(office.book, [matter_row(number, limit="10天", **given) for number in (NUMBER, OTHER)])
    if regime == "三色":
        file = folder / "三色.toml"
        file.write_text(THREE_COLOURS, encoding="utf-8")
        take_into_use(office.book, file, office.station, "张三", T0)
    return office.book


@pytest.fixture(scope="module")
def in_use(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book_under(tmp_path_factory.mktemp("office"), "三色")


@pytest.fixture
def folder(tmp_path: Path, in_use: Path, person: Clerk, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ButtonContext, "now", staticmethod(lambda: NOW))
    shutil.copytree(in_use.parent, tmp_path / "office")
    return tmp_path / "office"


@pytest.fixture(params=ADAPTERS)
def everywhere(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Pressing:
    return ADAPTERS[request.param](folder / "台账.xlsx", monkeypatch)


@pytest.fixture
def pressing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Pressing:
    return ADAPTERS["saved file"](folder / "台账.xlsx", monkeypatch)


def acts(path: Path, number: str = NUMBER) -> tuple[Supervision, ...]:
    return facts(path).records_of(number).supervisions


def made(path: Path) -> list[str]:
    return sorted(file.name for file in (path.parent / BLUE).glob("*"))


def text_of(path: Path, name: str) -> str:
    file = path.parent / BLUE / name
    assert open_xml_faults(file) == []
    return "\n".join(line.text for line in Document(str(file)).paragraphs)


def test_an_approved_paper_is_registered_and_made(everywhere: Pressing, person: Clerk) -> None:
    person.answers = {**ASKED, **APPROVED, "due": "2026-03-20", "number": "三政督〔2026〕1号"}
    everywhere.press("issue_papers", NUMBER)
    [act] = acts(everywhere.path)
    assert (act.method, act.unit, act.handler, act.outcome) == (BLUE, "市教育局", "李四", "3月20日前开工")
    assert (act.at, act.due, act.approver) == (NOW, datetime(2026, 3, 20), "孙某")
    assert made(everywhere.path) == [f"{BLUE} {NUMBER}.docx"]
    said = text_of(everywhere.path, f"{BLUE} {NUMBER}.docx")
    assert "三政督〔2026〕1号" in said
    assert "2026年3月20日17时30分前" in said
    assert "草稿" not in said
    assert person.told == [f"已登记1张{BLUE}并保存，请核对后印发；短信由后台随后发出。文件在“{BLUE}”文件夹。"]
    assert [row["button"] for row in read_rows(everywhere.path.read_bytes(), OPERATIONS.key)] != []


def test_without_an_approval_there_is_a_draft_and_the_book_stays(everywhere: Pressing, person: Clerk) -> None:
    before = cells_in_file(everywhere.path)
    person.answers = ASKED
    everywhere.press("issue_papers", NUMBER)
    assert cells_in_file(everywhere.path) == before
    assert made(everywhere.path) == [f"{BLUE} {NUMBER} 草稿.docx"]
    assert "本件为草稿" in text_of(everywhere.path, f"{BLUE} {NUMBER} 草稿.docx")
    assert "台账没有改动" in person.told[-1]


def test_the_second_of_a_colour_stands_beside_the_first(pressing: Pressing, person: Clerk) -> None:
    for minute in ("50", "55"):
        person.answers = {**ASKED, **APPROVED, "approved_at": f"2026-03-16 09:{minute}"}
        pressing.press("issue_papers", NUMBER)
    assert len(acts(pressing.path)) == 2
    assert made(pressing.path) == [f"{BLUE} {NUMBER} 第2次.docx", f"{BLUE} {NUMBER}.docx"]
    assert "2026年3月23日17时30分前" in text_of(pressing.path, f"{BLUE} {NUMBER} 第2次.docx")


def test_a_number_is_for_one_approved_paper(pressing: Pressing, person: Clerk) -> None:
    person.answers = {**ASKED, **APPROVED}
    pressing.press("issue_papers", NUMBER, OTHER)
    assert made(pressing.path) == [f"{BLUE} {number}.docx" for number in (NUMBER, OTHER)]
    [form] = person.forms
    number, approval = {"number": "三政督〔2026〕1号"}, dict.fromkeys(APPROVED)
    assert "number" in form.check({**APPROVED, **number, "due": None})
    assert "number" in form.check({**approval, **number, "due": None})
    assert "approver" in form.check({**APPROVED, "approver": None, "number": None, "due": None})
    early = {"approved_at": datetime(2026, 3, 16, 9, 50), "due": datetime(2026, 3, 16, 9, 50), "number": None}
    assert form.check({**APPROVED, **early}) == {"due": "报送期限要晚于批准时间。"}
    assert form.check({**APPROVED, **early, "due": datetime(2026, 3, 16)}) == {}


def test_what_does_not_count_is_not_registered(pressing: Pressing, person: Clerk) -> None:
    before = cells_in_file(pressing.path)
    person.answers = {**ASKED, **APPROVED, "approved_at": "2026-03-17 10:00"}
    pressing.press("issue_papers", NUMBER)
    assert "还不能下发，没有登记" in person.told[-1]
    assert cells_in_file(pressing.path) == before
    assert not (pressing.path.parent / BLUE).exists()


def test_a_file_that_stands_there_already_is_not_replaced(pressing: Pressing, person: Clerk) -> None:
    (pressing.path.parent / BLUE).mkdir()
    file = pressing.path.parent / BLUE / f"{BLUE} {NUMBER}.docx"
    file.write_bytes(b"theirs")
    before = cells_in_file(pressing.path)
    person.answers = {**ASKED, **APPROVED}
    pressing.press("issue_papers", NUMBER)
    assert "已有同名的文件" in person.told[-1]
    assert (file.read_bytes(), cells_in_file(pressing.path)) == (b"theirs", before)


def test_undo_takes_the_registration_back(everywhere: Pressing, person: Clerk) -> None:
    person.answers = {**ASKED, **APPROVED}
    everywhere.press("issue_papers", NUMBER)
    everywhere.press("undo_last")
    assert "已撤销" in person.told[-1], person.told
    assert acts(everywhere.path) == ()


def test_a_regime_without_papers_says_so_before_anything_is_typed(
    tmp_path: Path, person: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book_under(tmp_path / "other", "朔州")
    ADAPTERS["saved file"](path, monkeypatch).press("issue_papers", NUMBER)
    assert person.forms == []
    assert "没有规定督查单" in person.told[-1]
