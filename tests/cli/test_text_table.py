"""Tables that people read: nothing torn, nothing wider than the window, and the guards seen at their edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.cli.text_table import table_lines, wrap

SMS = "【朔州市政府督查室】第1次催办:2026-日-0031号“1天”节点逾期3小时,请报送。电话0349-2020000编号Y66JPS"
ROWS = [
    ("2026-11-17 20:30", "催办", "市人力资源和社会保障局", "戚乙", SMS),
    ("2026-11-17 20:40", "升级", "秘书二科", "任乙", SMS),
]
HEADINGS = ("时间", "类型", "收信单位", "收信人", "内容")
WORDS = st.text(st.sampled_from("督办台账，。（）“”：、2026-日 aB9\n"), max_size=60)


@pytest.mark.parametrize("width", [80, 120])
def test_the_sms_table_keeps_numbers_dates_and_phones_whole(width: int) -> None:
    lines = list(table_lines(HEADINGS, ROWS, width))
    assert max(map(cell_len, lines)) <= width
    text = "\n".join(lines)
    assert all(text.count(word) >= 2 for word in ("2026-日-0031", "0349-2020000", "2026-11-17"))
    assert not any(line.lstrip().startswith(("，", "。", "”", "】", ",")) for line in lines)


def test_columns_that_fit_are_not_folded() -> None:
    assert list(table_lines(("编号", "状态"), [("1", "已提交"), ("22", "失败")], 80)) == [
        "编号  状态",
        "----  ------",
        "1     已提交",
        "22    失败",
    ]


@pytest.mark.parametrize(("width", "lines"), [(15, 1), (14, 2), (13, 2)])
def test_only_the_cell_that_does_not_fit_is_folded(width: int, lines: int) -> None:
    assert len(list(wrap("督办台账到期了b", width))) == lines


def test_a_folded_row_puts_blank_lines_between_rows() -> None:
    assert "" in list(table_lines(HEADINGS, ROWS, 80))
    assert "" not in list(table_lines(HEADINGS, ROWS, 400))


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6), st.integers(40, 120))
def test_no_character_is_lost(rows: list[tuple[str, str, str]], width: int) -> None:
    lines = list(table_lines(("甲", "乙", "丙"), rows, width))
    shown = sorted("".join("".join(lines[2:]).split()))
    assert shown == sorted("".join("".join(cell.split()) for row in rows for cell in row))


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6))
def test_the_longest_word_that_fits_sets_no_overflow(rows: list[tuple[str, str]]) -> None:
    assert max(map(cell_len, table_lines(("甲", "乙"), rows, 250))) <= 250


def test_many_columns_fit_into_80() -> None:
    row = ("2026-重-0005", "市工业和信息化局", "月报 2026-10", "2026-11-01 00:00", "21", "移交核查", "", "SZ2-4.1")
    headings = ("编号", "牵头单位", "节点", "期限", "逾期天数", "标记", "未函告意见", "条款")
    assert max(map(cell_len, table_lines(headings, [row], 80))) <= 80
