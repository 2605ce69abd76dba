"""duban notice: files, numbers and stamps, both or neither; the SMS follows at the next pass."""

from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from engine.ledger.file.port import ApplyReport
from engine.ledger.file.workbook_file import WorkbookFile
from engine.ledger.reading.ledger import read_ledger
from engine.service import issuing
from tests.service.office import matter_row, write_book

ONE, TWO, THREE = (f"2026-日-000{n}" for n in (1, 2, 3))
AT = "2026-03-02T10:05"


def fresh(number: str, **changes: object) -> dict[str, object]:
    return {**matter_row(number), "notice_issued_at": None, **changes}


@pytest.fixture
def unissued(book: Path) -> Path:
    """Two matters of 市教育局 and one of 市住建局, none issued yet."""
    return write_book(book, [fresh(ONE), fresh(TWO), fresh(THREE, lead_unit="市住建局")])


def stamped(book: Path) -> dict[str, tuple[str, object]]:
    return {one.number: (one.notice_number, one.notice_issued_at) for one in read_ledger(book.read_bytes()).matters}


def files(book: Path, folder: str = issuing.FOLDER) -> list[str]:
    return sorted(path.name for path in (book.parent / folder).glob("*"))


def test_one_notice_a_unit_is_numbered_and_stamped_and_the_sms_follows(unissued: Path, answer) -> None:
    answer("adopt", unissued, "--from", "2026-03-02T09:00")
    before = unissued.read_bytes()
    done = answer("notice", unissued, THREE, ONE, TWO, "--at", AT)
    assert [one["number"] for one in done["notices"]] == ["〔2026〕1号", "〔2026〕2号"]
    assert [one["matters"] for one in done["notices"]] == [[ONE, TWO], [THREE]]
    assert done["notices"][0]["issued_at"] == "2026-03-02T10:05:00"
    assert {(change["matter"], change["column"], change["new"]) for change in done["changes"]} == {
        (number, column, value)
        for number, notice in ((ONE, "〔2026〕1号"), (TWO, "〔2026〕1号"), (THREE, "〔2026〕2号"))
        for column, value in (("通知文号", notice), ("通知下发时间", "2026-03-02T10:05:00"))
    }
    assert {notice for notice, _ in stamped(unissued).values()} == {"〔2026〕1号", "〔2026〕2号"}
    assert files(unissued) == ["〔2026〕1号 市教育局.docx", "〔2026〕2号 市住建局.docx"]
    texts = [line.text for line in Document(done["notices"][0]["path"]).paragraphs]
    assert f"一、{ONE}号事项" in texts
    assert f"二、{TWO}号事项" in texts
    assert changed(before, unissued.read_bytes()) == {"通知文号", "通知下发时间"}
    sent = answer("pass", unissued, "--at", "2026-03-02T10:06")["messages"]
    assert sum(len(one["covers"]) for one in sent if one["kind"] == "交办") == 3


def changed(before: bytes, after: bytes) -> set[str]:
    """The headings of 督办台账 below which a cell changed; no other sheet may have."""
    old, new = (load_workbook(BytesIO(data)) for data in (before, after))
    cells = {
        (sheet.title, cell.coordinate): (sheet.cell(1, cell.column).value, cell.value)
        for sheet in old
        for row in sheet.iter_rows()
        for cell in row
    }
    found = set()
    for sheet in new:
        for row in sheet.iter_rows():
            for cell in row:
                heading, value = cells.get((sheet.title, cell.coordinate), (None, None))
                if cell.value != value:
                    assert sheet.title == "督办台账"
                    found.add(heading)
    return found


def test_one_notice_a_matter_goes_on_numbering_in_the_folder_named(unissued: Path, answer) -> None:
    answer("notice", unissued, THREE, "--at", AT)
    done = answer("notice", unissued, ONE, TWO, "--per", "matter", "--folder", "通知", "--at", AT)
    assert [(one["number"], one["matters"]) for one in done["notices"]] == [
        ("〔2026〕2号", [ONE]),
        ("〔2026〕3号", [TWO]),
    ]
    assert files(unissued, "通知") == ["〔2026〕2号 市教育局.docx", "〔2026〕3号 市教育局.docx"]


def test_people_learn_where_the_file_is(unissued: Path, duban) -> None:
    code, out, err = duban("notice", unissued, ONE, "--at", AT)
    assert (code, err) == (0, "")
    assert "〔2026〕1号" in out
    assert str(unissued.parent / issuing.FOLDER) in out.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["2026-日-0009"], "没有事项 2026-日-0009"),
        ([ONE, "--per", "week"], "--per"),
        ([ONE, "--folder", "没有/的/文件夹"], "写不进去"),
        ([ONE, "--folder", "duban.toml"], "写不进去"),
        ([], "事项编号"),
    ],
)
def test_misuse_leaves_ledger_and_folder_alone(unissued: Path, duban, arguments: list[str], word: str) -> None:
    refused(unissued, duban, word, *arguments)


def refused(book: Path, duban, word: str, *arguments: str) -> None:
    before = book.read_bytes()
    code, out, err = duban("notice", book, *arguments, "--at", AT)
    assert (code, out, len(err.strip().splitlines())) == (2, "", 1)
    assert word in err.replace("\n", "")
    assert book.read_bytes() == before
    assert files(book) == []


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (fresh(TWO, notice_issued_at=matter_row(ONE)["assigned_at"], notice_number="〔2026〕7号"), "〔2026〕7号"),
        (fresh(TWO, initiated_at=None), "编号盖时限"),
    ],
)
def test_one_matter_that_cannot_go_stops_all(book: Path, duban, row: dict[str, object], word: str) -> None:
    refused(write_book(book, [fresh(ONE), row]), duban, word, ONE, TWO)


def test_an_open_book_stops_the_notice(unissued: Path, duban) -> None:
    unissued.with_name(f"~${unissued.name}").write_bytes(b"\x02ab" + b" " * 162)
    refused(unissued, duban, "打开", ONE)
    assert list(unissued.parent.glob("*待同步*")) == []


def test_a_second_file_that_fails_takes_the_first_away(unissued: Path, duban) -> None:
    folder = unissued.parent / issuing.FOLDER
    folder.mkdir()
    (folder / "〔2026〕2号 市住建局.docx").write_bytes(b"kept")
    before = unissued.read_bytes()
    code, _, err = duban("notice", unissued, ONE, THREE, "--at", AT)
    assert (code, "同号" in err) == (2, True)
    assert (files(unissued), unissued.read_bytes()) == (["〔2026〕2号 市住建局.docx"], before)
    assert (folder / "〔2026〕2号 市住建局.docx").read_bytes() == b"kept"


def with_formula(book: Path) -> Path:
    """通知文号 of the second matter holds a formula: that one cell cannot be written."""
    opened = load_workbook(book)
    sheet = opened["督办台账"]
    heading = next(cell for cell in sheet[1] if cell.value == "通知文号")
    sheet.cell(3, heading.column).value = '=""'
    opened.save(book)
    return book


def test_a_cell_that_fails_takes_back_what_was_written(unissued: Path, duban) -> None:
    book = with_formula(unissued)
    code, out, err = duban("notice", book, ONE, TWO, "--at", AT)
    assert (code, out) == (2, "")
    assert TWO in err
    assert set(stamped(book).values()) == {("", None)}
    assert files(book) == []


def test_an_undo_into_an_open_book_keeps_the_files_and_says_what_was_written(
    unissued: Path, duban, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = with_formula(unissued)
    apply = WorkbookFile.apply

    def opened_after_writing(self: WorkbookFile, changes, rows) -> ApplyReport:
        report = apply(self, changes, rows)
        book.with_name(f"~${book.name}").write_bytes(b"\x02ab" + b" " * 162)
        return report

    monkeypatch.setattr(WorkbookFile, "apply", opened_after_writing)
    code, _, err = duban("notice", book, ONE, TWO, "--at", AT)
    assert code == 2
    assert "只写入了一部分" in err
    assert stamped(book)[ONE][0] == "〔2026〕1号"
    assert files(book) == ["〔2026〕1号 市教育局.docx"]


@pytest.mark.parametrize("fault", ["pending", "raised"])
def test_a_ledger_that_cannot_be_written_leaves_no_file(
    unissued: Path, duban, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    def fail(self: WorkbookFile, changes: object, rows: object) -> ApplyReport:
        assert len(files(unissued)) == 1
        if fault == "raised":
            raise OSError(28, "full")
        return ApplyReport(pending="磁盘已满。")

    monkeypatch.setattr(WorkbookFile, "apply", fail)
    refused(unissued, duban, "磁盘", ONE)
