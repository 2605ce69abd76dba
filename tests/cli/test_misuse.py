"""Whatever a person does wrong: one line in Chinese, exit code 2, and no file touched."""

import logging
import shutil
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from engine.cli.commands import ledgers
from tests.cli.conftest import NUMBER
from tests.service.office import HOUR, T0, matter_row, report_row, write_book


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["check"], "缺少"),
        (["check", "没有.xlsx"], "找不到"),
        (["check", "台账.xlsx", "--没有"], "没有这个选项"),
        (["没有这个命令"], "没有这个命令"),
        (["pass", "台账.xlsx", "--at", "昨天"], "看不懂时间"),
        (["pass", "台账.xlsx", "--at", "2026-03-03T04:30+08:00"], "时区"),
        (["pass", "没有.xlsx"], "找不到"),
        (["adopt", "没有.xlsx"], "找不到"),
        (["stamp", "没有.xlsx"], "找不到"),
        (["adopt", "台账.xlsx", "--moved", "--copy"], "只能选一个"),
        (["explain", "台账.xlsx", "2026-日-9999"], "没有事项"),
        (["simulate", "台账.xlsx", "--from", "2026-03-03", "--to", "2026-03-02"], "早于"),
        (["run", "--config", "没有.toml"], "读不到配置文件"),
        (["outbox", "list", "--state", "乱写"], "没有“乱写”这个状态"),
    ],
)
def test_misuse_is_one_chinese_line_and_exit_code_2(book: Path, duban, arguments: list[str], word: str) -> None:
    code, out, err = duban(*arguments)
    assert (code, out) == (2, "")
    assert word in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空的"),
        (b"hello", "不是 Excel 工作簿"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, ".xls"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"PK\x03\x04" + b"\0" * 100, "损坏"),
    ],
)
@pytest.mark.parametrize("command", ["check", "pass", "stamp", "adopt", "release"])
def test_an_unreadable_file_is_one_chinese_line_and_stays(
    book: Path, duban, command: str, content: bytes, word: str
) -> None:
    book.write_bytes(content)
    code, out, err = duban(command, book)
    assert (code, out) == (2, "")
    assert word in err
    assert len(err.strip().splitlines()) == 1
    assert book.read_bytes() == content


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ledgers = [", "格式有误：第1行末尾处，可能没有写完或有一项写了两次。"),
        ('ledgers = ["D:\\督办\\台账.xlsx"]', "格式有误：第1行第17个字处。"),
        ("compression = 'big'", "“compression”只能是 'small'、'fast'。"),
        ("gateways = 'local'", "“gateways”应为列表"),
        ("ledgers = [3]", "“ledgers.第1项”应为一段文字，请加引号"),
        ("ledger = ['a.xlsx']", "“ledger”没有这一项"),
        ("backups = 0", "“backups”应不小于 1。"),
        ("[log]\nkeep = 'x'", "“log.keep”应为整数"),
        ("ledgers = ['台账.xlsx']\ngateways = ['电报']", "电报"),
    ],
)
def test_a_wrong_config_names_the_entry(book: Path, duban, text: str, word: str) -> None:
    Path("duban.toml").write_text(text + "\nstate = 'state'" * ("[" not in text.splitlines()[-1]), encoding="utf-8")
    code, _, err = duban("pass", book)
    assert code == 2
    assert word in err


def test_a_mistake_of_ours_is_one_chinese_line_with_details_in_the_log(
    book: Path, duban, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "状态"))
    monkeypatch.setattr(ledgers, "check", lambda *_: 1 / 0)
    for handler in [one for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler)]:
        logging.getLogger().removeHandler(handler)
    code, out, err = duban("check", book)
    assert (code, out, len(err.strip().splitlines())) == (2, "", 1)
    log = tmp_path / "状态" / "duban" / "log" / "duban.log"
    assert str(log) in err.replace("\n", "")
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


def test_output_for_people_has_no_faults_and_no_control_characters(book: Path, duban) -> None:
    shutil.copy(book, "原.xlsx")
    nasty = matter_row("2026-日-0002", limit="1天", lead_unit="[red]_x001B_[31m单位")
    write_book(book, [matter_row(NUMBER, limit="1天"), nasty], reports=[report_row(NUMBER, "1天", T0 + HOUR)])
    for arguments in (
        ("adopt", book, "--from", "2026-03-02T09:30"),
        ("check", book),
        ("pass", book, "--at", "2026-03-03T04:30"),
        ("pass", book, "--at", "2026-03-03T14:30"),
        ("explain", book, NUMBER, "--at", "2026-03-03T12:00"),
        ("simulate", book, "--from", "2026-03-02", "--to", "2026-03-05"),
        ("outbox", "list"),
        ("doctor",),
    ):
        code, out, err = duban(*arguments)
        assert code in (0, 1), (arguments, err)
        assert out
        assert "\x1b[31m单位" not in out
