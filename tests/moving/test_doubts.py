"""What is not certain is asked, never guessed: every doubt has its mark, and its twin without one."""

from pathlib import Path

import pytest

from engine.moving.proposals.model import Decision, WordKind
from tests.moving.judging import marked
from tests.moving.ledgers_of_habit import COLOURS, MERGED_TITLE
from tests.moving.ledgers_of_trouble import BLANK_MEANS_SAME, ERRORS_AND_HIDDEN, INSTRUCTIONS, PEOPLE, UNSEEN_HEADINGS
from tests.moving.office import ledger, proposals, row_of
from tests.moving.old_books import OldSheet, old_book

HEAD = ("序号", "重点任务", "责任单位", "完成时限", "进展情况", "状态", "密级")


def one_row(folder: Path, **cells: object):
    row = {"序号": "1", "重点任务": "新建学校", "责任单位": "市教育局", "完成时限": "6月底前", **cells}
    path = old_book(folder / "一行.xlsx", OldSheet("2026年", (HEAD, [row.get(name) for name in HEAD])))
    return proposals(path, ledger())


def test_a_plain_row_asks_nothing(tmp_path: Path) -> None:
    found = one_row(tmp_path)
    assert (found.rows[0].decision, found.rows[0].doubts, list(found.words)) == (Decision.TAKE, (), [])
    assert marked(found.rows[0]) == {}


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"责任单位": None}, "没有写责任单位"),
        ({"责任单位": "各县（区）人民政府"}, "没有写明由哪个单位牵头"),
        ({"状态": "已办结"}, "写明已办结"),
        ({"状态": "已取消"}, "写明已撤销"),
        ({"进展情况": "已完成"}, "写明已办结"),
        ({"重点任务": None}, "没有写事项内容"),
    ],
)
def test_a_row_that_a_person_must_decide(cells: dict, reason: str, tmp_path: Path) -> None:
    row = one_row(tmp_path, **cells).rows[0]
    assert row.decision is None
    assert any(reason in doubt for doubt in row.doubts)


@pytest.mark.parametrize("progress", ["已完成80%", "未完成", "基本完成主体工程，正在验收，预计年底投入使用"])
def test_what_is_not_finished_is_under_way(progress: str, tmp_path: Path) -> None:
    assert one_row(tmp_path, 进展情况=progress).rows[0].decision is Decision.TAKE


def test_what_is_classified_is_left_out(tmp_path: Path) -> None:
    row = one_row(tmp_path, 密级="机密").rows[0]
    assert row.decision is Decision.LEAVE
    assert "涉密" in row.doubts[0]
    assert one_row(tmp_path, 密级="非密").rows[0].decision is Decision.TAKE


@pytest.mark.parametrize(
    ("name", "offer"),
    [("税务局", "国家税务总局朔州市税务局"), ("市发展改革委", "市发展和改革委员会"), ("市卫健局", "市卫生健康委员会")],
)
def test_a_short_name_is_offered_and_never_assumed(name: str, offer: str, tmp_path: Path) -> None:
    found = one_row(tmp_path, 责任单位=name)
    word = found.words[0]
    assert (word.kind, word.text, word.proposed) == (WordKind.UNIT, name, offer)
    assert found.rows[0].value("lead_unit") == name
    assert "lead_unit" in marked(found.rows[0])


def test_an_alias_of_the_directory_is_certain(tmp_path: Path) -> None:
    found = one_row(tmp_path, 责任单位="发改委")
    assert found.rows[0].value("lead_unit") == "市发展和改革委员会"
    assert list(found.words) == []


def test_one_name_in_many_rows_is_asked_once(tmp_path: Path) -> None:
    rows = (HEAD, *((str(at), f"任务{at}", "税务局", "6月底前", None, None, None) for at in range(1, 31)))
    found = proposals(old_book(tmp_path / "多行.xlsx", OldSheet("2026年", rows)), ledger())
    assert [(word.text, word.rows) for word in found.words] == [("税务局", 30)]


def test_a_unit_spelt_three_ways_is_one_unit_and_only_what_is_known_is_taken(tmp_path: Path) -> None:
    spelt = ("市发改委", "发展和改革委员会", "市发展改革局")
    rows = (HEAD, *((str(at), f"任务{at}", name, "6月底前", None, None, None) for at, name in enumerate(spelt, 1)))
    found = proposals(old_book(tmp_path / "三写.xlsx", OldSheet("2026年", rows)), ledger())
    assert found.rows[0].value("lead_unit") == "市发展和改革委员会"
    assert {(word.text, word.proposed) for word in found.words} == {
        ("发展和改革委员会", "市发展和改革委员会"),
        ("市发展改革局", "市发展和改革委员会"),
    }
    assert [bool(marked(row)) for row in found.rows] == [False, True, True]


def test_a_blank_unit_is_offered_the_one_above(tmp_path: Path) -> None:
    found = proposals(BLANK_MEANS_SAME.build(tmp_path), ledger())
    cell = row_of(found, "2").cells["lead_unit"]
    assert (cell.value, cell.offers) == (None, ("市工业和信息化局",))


def test_the_day_of_a_leap_year_in_another_year_is_asked(tmp_path: Path) -> None:
    found = proposals(BLANK_MEANS_SAME.build(tmp_path), ledger())
    assert "没有这一天" in marked(row_of(found, "4"))["fixed_due"]


def test_a_phone_in_the_name_column_is_taken_as_one_and_said(tmp_path: Path) -> None:
    found = proposals(PEOPLE.build(tmp_path), ledger())
    by_unit = {(one.unit, one.role): one for one in found.contacts}
    taken = by_unit["市教育局", "contact"]
    assert (taken.name, taken.mobile) == ("孙丽", "+8613800000012")
    assert "姓名一栏" in taken.why
    assert by_unit["市住房和城乡建设局", "head"].name == "王强"
    landline = by_unit["市交通运输局", "contact"]
    assert (landline.mobile, landline.needs_decision) == (None, True)


def test_no_full_number_stands_in_what_the_row_said(tmp_path: Path) -> None:
    found = proposals(PEOPLE.build(tmp_path), ledger())
    for row in found.rows:
        assert "138000000" not in row.said + str(row.cells)


def test_a_hidden_sheet_and_an_error_value_are_asked(tmp_path: Path) -> None:
    found = proposals(ERRORS_AND_HIDDEN.build(tmp_path), ledger())
    assert [row.decision for row in found.rows] == [None, Decision.TAKE, None]
    assert "#REF!" in found.rows[0].doubts[0]
    assert "隐藏的工作表" in found.rows[2].doubts[0]
    assert any("隐藏" in notice for notice in found.notices)


def test_columns_known_by_their_content_alone_are_to_be_confirmed(tmp_path: Path) -> None:
    columns = proposals(UNSEEN_HEADINGS.build(tmp_path), ledger()).tables[0].columns
    assert {one.heading for one in columns if not one.is_certain} == {"干什么", "谁来干", "啥时候"}
    certain = proposals(MERGED_TITLE.build(tmp_path), ledger()).tables[0].columns
    assert all(one.is_certain for one in certain)


def test_a_scheme_of_an_earlier_import_wins(tmp_path: Path) -> None:
    found = proposals(UNSEEN_HEADINGS.build(tmp_path), ledger(), scheme={"咋样了": "progress", "干什么": "content"})
    assert found.rows[0].progress.text == "修了一半"


def test_colours_are_told_and_kept_in_words(tmp_path: Path) -> None:
    found = proposals(COLOURS.build(tmp_path), ledger())
    assert "原表底色：红" in str(found.rows[0].value("note"))
    assert "原表底色" not in str(found.rows[2].value("note"))
    assert any("底色" in notice for notice in found.notices)


def test_a_limit_in_workdays_asks_for_the_date(tmp_path: Path) -> None:
    found = proposals(INSTRUCTIONS.build(tmp_path), ledger())
    assert any(word.text == "10个工作日内" and not word.proposed.strip("指定日期") for word in found.words)


def test_a_matter_that_stands_twice_is_asked(tmp_path: Path) -> None:
    rows = (HEAD, *(("1", "新建学校", "市教育局", "6月底前", None, None, None),) * 2)
    found = proposals(old_book(tmp_path / "重复.xlsx", OldSheet("2026年", rows)), ledger())
    assert [row.decision for row in found.rows] == [Decision.TAKE, None]
    assert "内容和单位相同" in found.rows[1].doubts[0]
