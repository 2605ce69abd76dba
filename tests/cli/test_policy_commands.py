"""policy new, check, show, use, try and new --regime: from an empty file to a working ledger of an invented county."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.service.office import T0, matter_row, write_book

FILE = Path("制度") / "某县.toml"
Duban = Callable[..., tuple[int, str, str]]


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a config and nothing else."""
    monkeypatch.chdir(tmp_path)
    Path("duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    return tmp_path


def filled_in(base: str, duban: Duban) -> str:
    """The starter with every example taken out of its comment and a clause in each."""
    assert duban("policy", "new", "某县", "--based-on", base)[0] == 0
    stated = re.compile(r'(?m)^# (?=\[|"|(?!document|text = "某县|without)[a-z_]+ = )')
    text = stated.sub("", FILE.read_text(encoding="utf-8"))
    return re.sub(r'(clause|nodes) = ""', r'\1 = "MX-1"', text)


@pytest.mark.parametrize("base", ["朔州", "保山"])
def test_the_examples_of_a_new_file_are_a_working_regime(county: Path, duban: Duban, base: str) -> None:
    text = filled_in(base, duban)
    FILE.write_text(text, encoding="utf-8")
    code, out, _ = duban("policy", "check", FILE)
    assert (code, out) == (0, "某县.toml 没有问题。\n")


def test_a_county_goes_from_an_empty_file_to_a_ledger_in_service(county: Path, duban: Duban) -> None:
    text = filled_in("朔州", duban)
    FILE.write_text(text, encoding="utf-8")
    assert duban("new", "台账.xlsx", "--regime", FILE)[0] == 0
    book = load_workbook("台账.xlsx")
    settings = {row[0]: row[1] for row in book["参数设置"].iter_rows(min_row=2, values_only=True)}
    assert settings["制度方案"] == "某县"
    code, out, _ = duban("policy", "use", "台账.xlsx", FILE, "--by", "张三", "--from", "2026-03-01T00:00")
    assert code == 0
    assert "自 2026-03-01 起按“某县”督办" in out
    assert duban("adopt", "台账.xlsx", "--from", "2026-03-02T09:30")[0] == 0
    assert duban("pass", "台账.xlsx", "--at", "2026-03-02T10:00")[0] == 0


def test_show_lists_only_what_differs(county: Path, duban: Duban, answer: Callable[..., object]) -> None:
    text = filled_in("朔州", duban)
    FILE.write_text(text, encoding="utf-8")
    rows = answer("policy", "show", FILE, "--diff", "朔州")
    assert isinstance(rows, list)
    assert [row for row in rows if row["某县"] == row["朔州"]] == []
    assert "到期前1个工作日09:00 发给 承办单位:具体责任人，文字“到期提醒”" in {row["某县"] for row in rows}
    assert "MX-1" in {row["条款"] for row in rows}
    assert duban("policy", "show", FILE, "--diff", "平阳")[0] == 2


def test_try_compares_without_sending(county: Path, duban: Duban, answer: Callable[..., object]) -> None:
    write_book(county / "台账.xlsx", [matter_row("2026-日-0001", T0, "1天")])
    duban("policy", "new", "某县")
    FILE.write_text(
        FILE.read_text(encoding="utf-8")
        + '\n[[schedule]]\nduty = "节点"\nkind = "提醒"\nslots = ["-1h"]\nto = ["承办单位:具体责任人"]\n'
        'text = "到期提醒"\nclause = "MX-1"\n',
        encoding="utf-8",
    )
    span = ("--from", "2026-03-02T00:00", "--to", "2026-03-04T00:00")
    tables = answer("policy", "try", FILE, "台账.xlsx", *span, "--export", "试算.xlsx")
    assert isinstance(tables, dict)
    sheets = load_workbook("试算.xlsx").sheetnames
    assert sheets == list(tables)
    assert sheets[-3:] == ["各单位积分", "多出的积分", "不再计的积分"]
    added, gone = (rows for name, rows in tables.items() if name in ("多出的短信", "不再发的短信"))
    assert (len(added), len(gone) > 1) == (1, True)
    assert not list(county.glob("state/*phone*"))


REMINDER = (
    '\n[[schedule]]\nduty = "节点"\nkind = "提醒"\nslots = ["{}"]\nto = ["承办单位:具体责任人"]\n'
    'text = "到期提醒"\nclause = "MX-1"\n'
)


@pytest.mark.parametrize("kept", [True, False], ids=["kept as taken into use", "nothing kept"])
def test_an_edited_file_of_the_same_name_is_tried_against_the_one_in_use(
    county: Path, duban: Duban, answer: Callable[..., object], kept: bool
) -> None:
    write_book(county / "台账.xlsx", [matter_row("2026-日-0001", T0, "1天")])
    duban("policy", "new", "某县")
    standing = FILE.read_text(encoding="utf-8") + REMINDER.format("-1h")
    FILE.write_text(standing, encoding="utf-8")
    assert duban("policy", "use", "台账.xlsx", FILE, "--by", "张三", "--from", "2026-03-01T00:00")[0] == 0
    draft = county / "草稿" / "某县.toml"
    draft.parent.mkdir()
    draft.write_text(standing.replace("-1h", "-2h"), encoding="utf-8")
    if not kept:
        shutil.rmtree(FILE.parent / "启用存档")
    span = ("--from", "2026-03-02T00:00", "--to", "2026-03-04T00:00")
    tables = answer("policy", "try", draft, "台账.xlsx", *span)
    assert isinstance(tables, dict)
    told = [[row[0] for row in tables[name] if row[1] == "提醒"] for name in ("多出的短信", "不再发的短信")]
    assert told == [["2026-03-03 07:30"], ["2026-03-03 08:30"]]
    _, out, _ = duban("policy", "try", draft, "台账.xlsx", *span)
    assert "按“某县（现行）”发" in out
    same = answer("policy", "try", FILE, "台账.xlsx", *span)
    assert isinstance(same, dict)
    assert (same["多出的短信"], same["不再发的短信"]) == ([], [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("policy", "new", "尧/都"), "不能作文件名"),
        (("policy", "new", "某县", "--based-on", "平阳"), "可以是：朔州、保山"),
        (("policy", "check", "没有.toml"), "读不到制度文件 没有.toml"),
        (("policy", "use", "台账.xlsx", FILE, "--by", " "), "请写明由谁启用"),
        (("policy", "use", "没有.xlsx", FILE, "--by", "张三"), "找不到台账文件"),
        (
            ("policy", "try", FILE, "台账.xlsx", "--from", "2026-03-02T00:00", "--to", "2026-03-02T00:00"),
            "--to 要晚于 --from",
        ),
    ],
)
def test_what_cannot_be_done_is_said(county: Path, duban: Duban, given: tuple[object, ...], said: str) -> None:
    write_book(county / "台账.xlsx", [matter_row("2026-日-0001", T0, "1天")])
    FILE.parent.mkdir()
    FILE.write_text('regime = "某县"\ntitle = "某"\nbased_on = "朔州"\nin_force_from = 2020-01-01\n', encoding="utf-8")
    code, out, err = duban(*given)
    assert said in out + err
    assert code == 2


def test_a_clause_that_the_text_does_not_have_is_told_with_its_line(county: Path, duban: Duban) -> None:
    FILE.parent.mkdir()
    Path("制度/某县.txt").write_text("某县督办办法\n第一条　为了督办。\n第二条　时限两天。\n", encoding="utf-8")
    FILE.write_text(
        'regime = "某县"\ntitle = "某"\nbased_on = "朔州"\nin_force_from = 2020-01-01\ndocument = "MX1"\n'
        'text = "某县.txt"\n'
        '[bands]\nnear_hours = { value = 12, clause = "MX1-9" }\n'
        '[[schedule]]\nduty = "节点"\nkind = "提醒"\nslots = ["-1h"]\nto = ["承办单位:具体责任人"]\ntext = "到期提醒"\n'
        'clause = "MX1-8"\n',
        encoding="utf-8",
    )
    code, out, _ = duban("policy", "check", FILE)
    said = "".join(out.split())
    assert code == 1
    assert "第8行“bands.near_hours”引用的MX1-9" in said
    assert "第15行节点的提醒引用的MX1-8" in said
