"""Help and misuse as people see them: Chinese, in the order in which one types, with what to do next."""

import re
import subprocess
import sys

import pytest

from engine.cli.main import main
from tests.test_docs import ROOT, commands

PATHS = [[], *(name.split()[1:] for name, _ in commands()), ["outbox"]]
ENGLISH = re.compile(r"Usage|Option|Argument|Command|Show|required|default|<[a-z]+>|\[[A-Z]+\]", re.IGNORECASE)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_every_usage_is_chinese_and_complete(path: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"用法：{' '.join(['duban', *path])}")
    assert ENGLISH.findall(shown.partition("\n")[2]) == []  # the first line names the command itself
    assert max(map(len, shown.splitlines())) <= 100


def test_nothing_typed_gives_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out.startswith("用法：duban 命令")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "没有这个命令：chek，是不是 check。用法见 duban --help。"),
        (["没有"], "没有这个命令：没有。用法见 duban --help。"),
        (["outbox"], "命令没有写完整。用法见 duban outbox --help。"),
        (["check"], "缺少必填的内容：台账。用法见 duban check --help。"),
        (["check", "a.xlsx", "b.xlsx"], "多写了内容：b.xlsx。用法见 duban check --help。"),
        (["check", "a.xlsx", "--没有"], "没有这个选项：--没有。用法见 duban check --help。"),
        (["check", "a.xlsx", "--jsn"], "没有这个选项：--jsn，是不是 --json。用法见 duban check --help。"),
        (["check", "a.xlsx", "--at"], "选项后面要写明内容：--at。"),
        (["simulate", "a.xlsx"], "缺少必填的内容：--from 时间。用法见 duban simulate --help。"),
        (["year-end", "a.xlsx", "--year", "今年"], "这一项的内容不对：--year 年份。用法见 duban year-end --help。"),
        (
            ["notice", "a.xlsx", "1", "--per", "人"],
            "这一项的内容不对：--per 份数，可用：unit、matter。用法见 duban notice",
        ),
        (["outbox", "resolve", "S1"], "缺少必填的内容：--sent/--not-sent。用法见 duban outbox resolve --help。"),
    ],
)
def test_misuse_is_one_line_that_says_what_and_where_to_read(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(said)
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("command", "waits_for"),
    [
        ("check", "sqlalchemy docx openpyxl pandas"),
        ("simulate", "sqlalchemy docx openpyxl pandas"),
        ("pass", "docx pandas"),
    ],
)
def test_a_command_waits_for_nothing_it_does_not_use(command: str, waits_for: str) -> None:
    """The store and the Word files take longer to load than most commands take to run."""
    asked = f"import sys; from engine.cli.main import main; main(['{command}', '--help']); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert not set(waits_for.split()) & set(told.stdout.splitlines()[-1].split())
