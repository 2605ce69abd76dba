"""duban statistics: figures as tables, as JSON, as a workbook with charts, as a report; the ledger stays as it is."""

from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from tests.addin.checkers import open_xml_faults
from tests.cli.conftest import NUMBER
from tests.service.office import matter_row, write_book

SECOND = "2026-日-0002"
AT = "2026-03-20T09:00"


@pytest.fixture
def two(book: Path) -> Path:
    return write_book(book, [matter_row(NUMBER), matter_row(SECOND, lead_unit="市住建局")])


def test_json_has_totals_groups_and_matters(two: Path, answer) -> None:
    before = two.read_bytes()
    told = answer("statistics", two, "--from", "2026-03-01", "--to", "2026-03-31", "--at", AT)
    assert (told["from"], told["to"], told["at"]) == (
        "2026-03-01T00:00:00",
        "2026-04-01T00:00:00",
        "2026-03-20T09:00:00",
    )
    assert told["total"]["matters"] == 2
    assert list(told["by"]) == ["承办单位", "任务来源", "版块", "立项主体", "立项月份"]
    assert {one["name"]: one["matters"] for one in told["by"]["承办单位"]} == {"市教育局": 1, "市住建局": 1}
    assert [one["matter"] for one in told["matters"]] == [NUMBER, SECOND]
    assert two.read_bytes() == before


def test_the_period_starts_with_the_year(two: Path, answer) -> None:
    told = answer("statistics", two, "--at", AT)
    assert (told["from"], told["to"]) == ("2026-01-01T00:00:00", "2026-03-21T00:00:00")


def test_output_for_people(two: Path, duban) -> None:
    code, out, err = duban("statistics", two, "--at", AT)
    assert (code, err) == (0, "")
    assert "共2项" in out
    assert "按承办单位（2）" in out
    empty = duban("statistics", two, "--from", "2025-01-01", "--to", "2025-12-31", "--at", AT)[1]
    assert "没有立项的督办事项" in empty
    assert "按承办单位" not in empty


def test_charts_and_report_are_exported(two: Path, duban, tmp_path: Path) -> None:
    sheets, report = tmp_path / "s.xlsx", tmp_path / "s.docx"
    code, out, _ = duban("statistics", two, "--at", AT, "--export", sheets, "--word", report)
    assert (code, "s.xlsx" in out, "s.docx" in out) == (0, True, True)
    assert open_xml_faults(sheets) == open_xml_faults(report) == []
    made = load_workbook(sheets)
    assert made.sheetnames == ["承办单位", "任务来源", "版块", "立项主体", "立项月份", "事项", "图表"]
    assert len(made["图表"]._charts) == 4
    assert [cell.value for cell in made["承办单位"]["A"]] == ["承办单位", "市住建局", "市教育局", "合计"]
    assert "督办事项统计分析报告" in [line.text for line in Document(report).paragraphs]
    first = (sheets.read_bytes(), report.read_bytes())
    duban("statistics", two, "--at", AT, "--export", sheets, "--word", report)
    assert (sheets.read_bytes(), report.read_bytes()) == first


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--from", "三月"], "看不懂日期“三月”"),
        (["--from", "2026-04-01", "--to", "2026-03-31"], "起止日期反了"),
        (["--export", "s.csv"], "要以 .xlsx 结尾"),
        (["--word", "s.doc"], "要以 .docx 结尾"),
        (["--export", "没有/s.xlsx"], "写不了"),
        (["--word", "没有/s.docx"], "写不了"),
    ],
)
def test_misuse_is_one_sentence(two: Path, duban, options: list[str], word: str) -> None:
    code, out, err = duban("statistics", two, "--at", AT, *options)
    assert (code, out, len(err.strip().splitlines())) == (2, "", 1)
    assert word in err
