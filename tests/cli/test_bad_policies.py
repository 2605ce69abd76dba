"""Every faulty regime's file that a drafter may hand in: refused at once with file, line, what and how, in Chinese."""

from collections.abc import Callable
from pathlib import Path

import pytest

Duban = Callable[..., tuple[int, str, str]]
HEAD = 'regime = "某县"\ntitle = "某县办法"\nbased_on = "{}"\nin_force_from = 2020-01-01\n'
ON = HEAD.format("朔州")
RUNG = '[[rung]]\nmark = "{}"\nact = "{}"\nclause = "MX1-1"\n'
BAND = '[bands]\nnear_hours = {{ value = 12, clause = "MX1-1", amended = [{}, {}] }}\n'
LATER = '{{ from = {}, value = 8, clause = "MX1-2" }}'
TEXT = 'document = "MX1"\ntext = "某县.txt"\n'

BAD: dict[str, tuple[str, tuple[str, ...]]] = {
    "based on itself": (HEAD.format("某县"), ("第3行", "以自己为基础", "请改 based_on")),
    "a cycle": (HEAD.format("某镇"), ("第3行", "互为基础：某县→某镇→某县", "请改 based_on")),
    "on a missing file": (HEAD.format("平阳"), ("第3行", "找不到作为基础的制度“平阳”", "可以是：朔州、保山、某镇")),
    "dates that overlap": (
        ON + BAND.format(LATER.format("2027-01-01"), LATER.format("2026-01-01")),
        ("第6行", "修订日期有重叠或次序颠倒"),
    ),
    "a row that ends before it begins": (
        ON + RUNG.format("甲", "甲") + "from = 2027-01-01\nuntil = 2026-01-01\n",
        ("第5行", "止期不晚于起期"),
    ),
    "two rungs with one mark": (
        ON + RUNG.format("红牌", "甲") + RUNG.format("红牌", "乙"),
        ("第5行", "升级标记“红牌”写了2次", "各级请用不同的名称"),
    ),
    "a board without approver": (
        ON + '[initiation.board_marks]\n"招商" = { value = "招", clause = "MX1-1" }\n',
        ("第5行", "版块“招商”没有写明谁可以审批立项", "请在 approvers 补写"),
    ),
    "a limit of 0 days": (
        ON + '[limits]\n"急件" = { value = "0天", clause = "MX1-1" }\n',
        ("第6行", "时长“0天”为0，没有期限可言", "请写1以上的数"),
    ),
    "a clause that the text does not have": (
        ON + TEXT + '[bands]\nnear_hours = { value = 12, clause = "MX1-9" }\n',
        ("第8行", "引用的 MX1-9 在《某县办法》里没有", "请核对条款"),
    ),
    "a row's clause that the text does not have": (
        ON + TEXT + '[[default_limit]]\nlimit = "3天"\nclause = "MX1-8"\n',
        ("第9行", "不填时限时引用的 MX1-8 在《某县办法》里没有", "请核对条款"),
    ),
    "a ladder without the rungs to which the base's reminders lead": (
        ON + RUNG.format("红牌", "约谈"),
        ("第5行", "节点、整改的提醒升到“报请协调”", "请在 [[rung]] 写上这一级"),
    ),
    "ten thousand rows": (ON + "# \n" * 10_000, ("有10005行，超过5000行的上限", "请核对放错了没有")),
    "an unknown key": (
        ON + '[bands]\nneer_hours = { value = 12, clause = "MX1-1" }\n',
        ("第6行", "“bands.neer_hours”没有这一项", "请核对拼写"),
    ),
    "a missing clause": (ON + "[bands]\nnear_hours = { value = 12 }\n", ("第6行", "没有注明条款（clause）")),
    "a rung that leads nowhere": (
        ON + '[[rung]]\nmark = "红牌"\nclause = "MX1-1"\n',
        ("第5行", "升级标记“红牌”到不了", "没有提醒（flag）升到这一级"),
    ),
    "a limit with no deadline": (
        ON + '[limits]\n"立即" = { value = "马上", clause = "MX1-1" }\n',
        ("第6行", "时长“马上”写法不对", "应如 8小时、3天、5工作日、1个月"),
    ),
    "a wording with a forbidden field": (
        ON + '[texts]\n"催办" = { value = "【{signature}】请办{content}编号{token}", clause = "MX1-1" }\n',
        ("第5行", "用了不允许的字段：content", "不得带出事项内容"),
    ),
    "no TOML": (ON + "[bands\n", ("第5行第7个字处", "请改正后重试")),
}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of the file, with another regime and the text of the regulation beside it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "制度"
    folder.mkdir()
    (folder / "某镇.toml").write_text(HEAD.format("某县").replace("某县", "某镇", 1), encoding="utf-8")
    (folder / "某县.txt").write_text("某县办法\n第一条　为了督办。\n第二条　时限两天。\n", encoding="utf-8")
    return folder / "某县.toml"


@pytest.mark.parametrize("named", BAD)
def test_a_bad_file_is_refused_with_file_line_what_and_how(file: Path, duban: Duban, named: str) -> None:
    text, said = BAD[named]
    file.write_text(text, encoding="utf-8")
    code, out, err = duban("policy", "check", file)
    told = "".join((out + err).split())
    assert code == 1
    assert "某县.toml" in told
    assert [words for words in said if "".join(words.split()) not in told] == [], told


def test_a_file_in_gbk_is_refused_with_its_line(file: Path, duban: Duban) -> None:
    file.write_bytes(("# plain\n" + ON).encode("gbk"))
    code, out, err = duban("policy", "check", file)
    told = "".join((out + err).split())
    assert code == 2
    assert "某县.toml第2行不是UTF-8编码（多半是GBK）。请用记事本打开，另存为时编码选UTF-8" in told


def test_the_twin_without_fault_passes(file: Path, duban: Duban) -> None:
    file.write_text(ON + TEXT + '[bands]\nnear_hours = { value = 12, clause = "MX1-2" }\n', encoding="utf-8")
    assert duban("policy", "check", file)[0] == 0


@pytest.mark.parametrize("command", ["use", "try", "show"])
def test_no_command_goes_on_with_a_bad_file(file: Path, duban: Duban, command: str) -> None:
    file.write_text(BAD["a limit of 0 days"][0], encoding="utf-8")
    span = ("--from", "2026-03-02T00:00", "--to", "2026-03-03T00:00")
    given: dict[str, tuple[object, ...]] = {  # the ledger is empty: the file is judged first
        "use": ("台账.xlsx", file, "--by", "张三"),
        "try": (file, "台账.xlsx", *span),
        "show": (file,),
    }
    Path("台账.xlsx").write_bytes(b"")
    code, out, err = duban("policy", command, *given[command])
    told = "".join((out + err).split())
    assert code == 2
    assert "某县.toml有1处问题，如：第6行时长“0天”为0" in told
    assert "。。" not in told
