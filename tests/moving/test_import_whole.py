"""From an old ledger to the new one: review, decisions, writing, once; what is wrong writes nothing."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.ledger.reading.ledger import read_ledger, read_rows
from tests.moving.office import accept, fill_in, ledger_file, with_common
from tests.moving.old_books import OldSheet, old_book

HEAD = ("序号", "重点任务", "牵头单位", "配合单位", "完成时限", "进展情况（截至2026年5月31日）", "联系人", "督办级别")
ROWS = (
    ("朔州市2026年重点工作督办台账",),
    HEAD,
    ("一、民生实事",),
    (1, "新建学校3所", "市教育局", "市财政局、各县（区）", "12月底前", "已完成80%", "张三 13800000001", "一级"),
    (2, "改造老旧小区", "市住建局", "税务局", "长期坚持", None, None, None),
    (3, "治理河道", "市河长办", None, "立行立改", "完成清淤", None, None),
    ("合计", 3, None, None, None, None, None, None),
)
COMMON = {"版块": "重点工作任务", "交办时间": "2026-01-05", "任务来源": "政府工作报告"}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return old_book(tmp_path / "旧台账.xlsx", OldSheet("2026年", ROWS, ("A1:H1", "A3:H3")))


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return ledger_file(tmp_path)


def run(*words: str | Path, code: int = 0, capsys: pytest.CaptureFixture[str]) -> dict:
    capsys.readouterr()
    assert main(["import", *map(str, words), "--json", "--at", "2026-06-10T09:00"]) == code
    return json.loads(capsys.readouterr().out)


def test_an_import_from_beginning_to_end(old: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = book.read_bytes()
    found = run(old, "--into", book, capsys=capsys)
    assert (found["matters"], found["undecided"], found["words"]) == (3, 0, 4)
    assert sum(found["account"][0]["cells"].values()) == found["account"][0]["content"]
    assert book.read_bytes() == before
    review = book.with_name("导入核对.xlsx")
    fill_in(review, with_common(COMMON))
    done = run("--apply", review, "--into", book, capsys=capsys)
    assert (done["matters"], done["numbered"], done["reports"], done["units"], done["people"]) == (3, 3, 2, 1, 1)
    ledger = read_ledger(book.read_bytes())
    first, second, third = ledger.matters
    assert (first.number, first.original_number, first.content) == ("2026-重-0001", "1", "新建学校3所")
    assert first.lead_unit == "市教育局"
    assert first.cooperating_units == ("市财政局", "朔城区人民政府", "平鲁区人民政府", "应县人民政府")
    assert (first.time_limit, first.fixed_due) == ("指定日期", datetime(2026, 12, 31))
    assert "督办级别：一级" in first.note
    assert "原表分类：一、民生实事" in first.note
    assert second.cooperating_units == ("国家税务总局朔州市税务局",)
    assert second.time_limit == "长期"
    assert third.lead_unit == "市河长办"
    assert third.fixed_due == datetime(2026, 12, 31)
    report = ledger.records["2026-重-0001"].reports[0]
    assert (report.content, report.reported_at, report.unit) == ("已完成80%", datetime(2026, 5, 31), "市教育局")
    assert ledger.directory.units["市教育局"].contact.mobile == "+8613800000001"
    log = read_rows(book.read_bytes(), "operations")
    assert {row["button"] for row in log} == {"导入旧台账"}
    assert "13800000001" not in str(log)
    assert [one.read_bytes() for one in (book.parent / "备份").iterdir()] == [before]


def test_without_a_backup_nothing_is_imported(old: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(old, "--into", book, capsys=capsys)
    review, before = book.with_name("导入核对.xlsx"), book.read_bytes()
    fill_in(review, with_common(COMMON))
    (book.parent / "备份").write_text("这里放不下备份")
    assert main(["import", "--apply", str(review), "--into", str(book)]) == 2
    assert capsys.readouterr().err
    assert book.read_bytes() == before


def test_the_same_review_again_imports_nothing_twice(old: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(old, "--into", book, capsys=capsys)
    review = book.with_name("导入核对.xlsx")
    fill_in(review, with_common(COMMON))
    run("--apply", review, "--into", book, capsys=capsys)
    once = book.read_bytes()
    again = run("--apply", review, "--into", book, capsys=capsys)
    assert (again["matters"], again["already"], again["units"]) == (0, 3, 0)
    assert book.read_bytes() == once
    run(old, "--into", book, "--force", capsys=capsys)
    fill_in(review, accept)
    assert run("--apply", review, "--into", book, capsys=capsys)["matters"] == 0


def test_what_is_undecided_or_wrong_writes_nothing(old: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(old, "--into", book, capsys=capsys)
    review, before = book.with_name("导入核对.xlsx"), book.read_bytes()
    faults = run("--apply", review, "--into", book, code=1, capsys=capsys)["faults"]
    assert any("“税务局”还没有选“处理”" in fault for fault in faults)
    fill_in(review, accept)

    def spoil(sheet: str, row: dict) -> dict:
        return {"牵头单位": "市某某局"} if sheet == "逐行核对" and row["原编号"] == "2" else {}

    fill_in(review, spoil)
    faults = run("--apply", review, "--into", book, code=1, capsys=capsys)["faults"]
    assert len(faults) == 1
    assert "“市某某局”不在通讯录" in faults[0]
    assert book.read_bytes() == before


def test_a_row_left_out_and_a_row_changed(old: Path, book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(old, "--into", book, capsys=capsys)
    review = book.with_name("导入核对.xlsx")
    fill_in(review, with_common(COMMON))

    def decide(sheet: str, row: dict) -> dict:
        if sheet != "逐行核对":
            return {"处理": "不导入"} if sheet == "存疑词语" and row["原文"] == "税务局" else {}
        if row["原编号"] == "3":
            return {"处理": "不导入"}
        return {"处理": "改为…", "事项内容": "新建学校4所"} if row["原编号"] == "1" else {}

    fill_in(review, decide)
    done = run("--apply", review, "--into", book, capsys=capsys)
    assert (done["matters"], done["left_out"]) == (2, 1)
    first, second = read_ledger(book.read_bytes()).matters
    assert first.content == "新建学校4所"
    assert second.cooperating_units == ()
    assert "原配合单位：税务局" in second.note


def test_a_review_of_another_ledger_is_refused(
    old: Path, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(old, "--into", book, capsys=capsys)
    (tmp_path / "另一本").mkdir()
    other = tmp_path / "另一本" / "台账.xlsx"
    main(["new", str(other)])
    assert main(["import", "--apply", str(book.with_name("导入核对.xlsx")), "--into", str(other)]) == 2
    assert "另一本台账" in capsys.readouterr().err


def test_an_earlier_review_is_not_overwritten_unasked(
    old: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(old, "--into", book, capsys=capsys)
    assert main(["import", str(old), "--into", str(book)]) == 2
    assert "已经存在" in capsys.readouterr().err


def test_a_mapping_changed_in_the_review_holds_for_the_next_reading(
    old: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(old, "--into", book, capsys=capsys)
    review, before = book.with_name("导入核对.xlsx"), book.read_bytes()

    def decide(sheet: str, row: dict) -> dict:
        if sheet == "列对照" and row["原表头"] == "督办级别":
            return {"导入到": "紧急程度"}
        return accept(sheet, row)

    fill_in(review, decide)
    assert main(["import", "--apply", str(review), "--into", str(book)]) == 2
    assert "--force" in capsys.readouterr().err
    assert book.read_bytes() == before
    assert '"督办级别" = "urgency"' in book.with_name("导入方案.toml").read_text(encoding="utf-8")
    run(old, "--into", book, "--force", capsys=capsys)
    fill_in(review, accept)
    assert run("--apply", review, "--into", book, capsys=capsys)["matters"] == 3
