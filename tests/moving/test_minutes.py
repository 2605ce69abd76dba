"""Minutes become matters, each citing its paragraph; what is not taken is listed (BS-5.2)."""

from datetime import datetime
from pathlib import Path

from docx import Document

from engine.moving.proposals.model import Decision
from tests.moving.judging import marked
from tests.moving.office import ledger, proposals

TEXT = """朔州市人民政府常务会议纪要
朔政纪要〔2026〕3号
2026年3月12日，市长王某主持召开市政府第5次常务会议，研究有关工作。现纪要如下：
一、关于老旧小区改造工作
会议听取了市住建局关于老旧小区改造情况的汇报。
会议决定，由市住建局牵头，市财政局、市民政局配合，于6月底前完成20个小区改造任务。
会议要求，各县（区）要高度重视，加强领导。
二、关于校园安全
会议同意《校园安全三年行动方案》，由市教育局按程序印发实施。
会议议定：（一）由市发改委会同市财政局研究提出资金方案，3月底前报市政府；（二）请市水利局抓紧开展排查，10个工作日内报结果。
会议强调，安全责任重于泰山。
出席：王某、李某"""


def minutes(folder: Path, text: str = TEXT) -> Path:
    document = Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(str(folder / "纪要.docx"))
    return folder / "纪要.docx"


def test_each_decision_is_a_matter_that_cites_its_paragraph(tmp_path: Path) -> None:
    found = proposals(minutes(tmp_path), ledger())
    told = [
        (one.source.row, one.value("lead_unit"), one.value("cooperating_units"), one.value("fixed_due"))
        for one in found.rows
    ]
    assert told == [
        ("第6段", "市住房和城乡建设局", "市财政局、市民政局", datetime(2026, 6, 30)),
        ("第7段", None, None, None),
        ("第9段", "市教育局", None, None),
        ("第10段", "市发展和改革委员会", "市财政局", datetime(2026, 3, 31)),
        ("第10段", "市水利局", None, None),
        ("第11段", None, None, None),
    ]
    first = found.rows[0]
    assert first.value("source") == "常务会议"
    assert first.value("source_number") == "朔政纪要〔2026〕3号"
    assert first.value("source_date") == datetime(2026, 3, 12)
    assert "第6段" in str(first.value("note"))


def test_what_names_nobody_is_asked_and_what_names_a_unit_is_not(tmp_path: Path) -> None:
    rows = proposals(minutes(tmp_path), ledger()).rows
    assert [row.decision for row in rows] == [Decision.TAKE, None, Decision.TAKE, Decision.TAKE, Decision.TAKE, None]
    assert "牵头" in marked(rows[1])["lead_unit"]


def test_every_paragraph_is_accounted_for(tmp_path: Path) -> None:
    found = proposals(minutes(tmp_path), ledger())
    assert found.accounts[0].balances
    assert found.accounts[0].content == 12
    listed = {one.source.row for one in found.left_out}
    assert listed == {"第1段", "第2段", "第3段", "第4段", "第5段", "第8段", "第12段"}
    assert listed | {one.source.row for one in found.rows} == {f"第{number}段" for number in range(1, 13)}
    assert all(one.reason for one in found.left_out)


def test_a_decision_in_workdays_asks_for_the_date(tmp_path: Path) -> None:
    last = proposals(minutes(tmp_path), ledger()).rows[4]
    assert "工作日" in marked(last)["fixed_due"]


def test_minutes_without_a_decision_have_no_matters(tmp_path: Path) -> None:
    found = proposals(minutes(tmp_path, "会议纪要\n会议听取了市教育局的汇报。\n出席：王某"), ledger())
    assert list(found.rows) == []
    assert found.accounts[0].balances
