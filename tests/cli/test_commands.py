"""Every command: its answer as JSON, its exit code, and one line in Chinese for whatever a person did wrong."""

import json
import logging
import shutil
from collections.abc import Callable
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest

from engine.cli import main
from engine.commands import ledgers
from tests.service.office import DAY, HOUR, T0, matter_row, report_row, write_book

NUMBER = "2026-日-0001"
DUE = T0 + DAY


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger and a config in the current folder."""
    monkeypatch.chdir(tmp_path)
    Path("duban.toml").write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    return write_book(tmp_path / "台账.xlsx", [matter_row(NUMBER, limit="1天", node_1_day=DUE, completion_due=DUE)])


@pytest.fixture
def duban(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command: exit code, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return run


@pytest.fixture
def answer(duban: Callable[..., tuple[int, str, str]]) -> Callable[..., object]:
    """Run a command with --json: what it answers. Nothing else may stand on stdout."""

    def run(*arguments: object, code: int = 0) -> object:
        given, out, err = duban(*arguments, "--json")
        assert (given, err) == (code, "")
        return json.loads(out)

    return run


def adopted(answer: Callable[..., object], book: Path) -> Path:
    answer("adopt", book, "--from", "2026-03-02T09:30")
    return book


def test_new_建一本新台账_不覆盖旧的(tmp_path: Path, duban, answer) -> None:
    path = tmp_path / "新.xlsx"
    made = answer("new", path)
    assert made["path"] == str(path)
    before = path.read_bytes()
    code, out, err = duban("new", path)
    assert (code, out) == (2, "")
    assert "已经存在" in err
    assert path.read_bytes() == before
    assert duban("new", tmp_path / "没有的文件夹" / "新.xlsx")[0] == 2


def test_adopt_写入启用时间主机和日志标识(book: Path, answer) -> None:
    first = answer("adopt", book, "--from", "2026-03-02T09:30")
    assert first["enabled_from"] == "2026-03-02T09:30:00"
    again = answer("adopt", book)
    assert again | {"rebuilt": 0} == first


def test_pass_答案的形状如文档(book: Path, answer) -> None:
    adopted(answer, book)
    done = answer("pass", book, "--at", "2026-03-03T04:30")
    assert list(done) == ["at", "messages", "changes", "findings", "written", "pending"]
    (message,) = done["messages"]
    number = message.pop("id")
    assert len(number) == 13
    assert message == {
        "at": "2026-03-03T04:30:00",
        "kind": "提醒",
        "to": {"unit": "市教育局", "role": "具体责任人", "name": "具1", "mobile": "+8619900010001"},
        "covers": [
            {
                "matter": NUMBER,
                "duty": "1天",
                "period": None,
                "due": "2026-03-03T09:30:00",
                "slot": "-5h",
                "kind": "提醒",
                "clause": "SZ1-13.1",
            }
        ],
        "text": message["text"],
        "state": "已提交",
    }
    lights = [change for change in done["changes"] if change["column"] == "预警灯"]
    assert lights == [{"matter": NUMBER, "column": "预警灯", "old": None, "new": "黄", "clauses": ["SZ1-13.1"]}]
    assert (done["written"], done["pending"]) == (True, None)


def test_pass_试算什么也不留(book: Path, answer) -> None:
    adopted(answer, book)
    before = book.read_bytes()
    done = answer("pass", book, "--at", "2026-03-03T04:30", "--dry-run")
    assert [(one["id"], one["state"]) for one in done["messages"]] == [(None, "试算")]
    assert (done["written"], book.read_bytes()) == (False, before)


def test_pass_at_与真实网关不能同用_试算可以(book: Path, duban, monkeypatch: pytest.MonkeyPatch) -> None:
    duban("adopt", book, "--from", "2026-03-02T09:30")
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "1" * 32)
    Path("duban.toml").write_text(
        "state = 'state'\ngateways = ['twilio']\n[gateway.twilio]\nfrom_number = '+15005550006'\n"
        "base_url = 'http://127.0.0.1:9'\n",
        encoding="utf-8",
    )
    code, out, err = duban("pass", book, "--at", "2026-03-03T04:30")
    assert (code, out) == (2, "")
    assert "--dry-run" in err
    assert duban("pass", book, "--at", "2026-03-03T04:30", "--dry-run")[0] == 0


def test_simulate_与逐轮发出的一致(book: Path, answer) -> None:
    adopted(answer, book)
    planned = answer("simulate", book, "--from", "2026-03-02T09:30", "--to", "2026-03-03T16:00")
    sent = []
    for one in planned:
        sent += [
            {name: value for name, value in message.items() if name not in ("id", "state")}
            for message in answer("pass", book, "--at", one["at"])["messages"]
            if message["kind"] != "晨报"
        ]
    assert len(planned) == 4
    assert sent == planned


def test_simulate_起含止不含(book: Path, answer) -> None:
    for start, end, count in (
        ("2026-03-03T04:30", "2026-03-03T04:31", 1),
        ("2026-03-03T04:29", "2026-03-03T04:30", 0),
        ("2026-03-03T04:31", "2026-03-03T09:00", 0),
    ):
        assert len(answer("simulate", book, "--from", start, "--to", end)) == count


def test_explain_期限时点标记读法(book: Path, answer) -> None:
    adopted(answer, book)
    answer("pass", book, "--at", "2026-03-03T04:30")
    told = answer("explain", book, NUMBER, "--at", "2026-03-03T12:00")
    assert list(told) == ["matter", "at", "duties", "flags", "readings"]
    (duty,) = [one for one in told["duties"] if one["duty"] == "1天"]
    assert (duty["due"], duty["owed_by"], duty["state"]) == ("2026-03-03T09:30:00", "市教育局", "逾期")
    assert [(one["slot"], one["outcome"]) for one in duty["slots"]][:2] == [("-5h", "已提交"), ("+3h", "未到")]
    assert told["flags"]["预警灯"] == "红"
    assert 5 in told["readings"] or 22 in told["readings"]


def test_check_有错退出码1_没错0(book: Path, tmp_path: Path, answer) -> None:
    broken = write_book(tmp_path / "错.xlsx", [matter_row(NUMBER, lead_unit="没有的单位")])
    findings = answer("check", broken, "--at", "2026-03-02T10:00", code=1)
    finding = next(one for one in findings if one["column"] == "牵头单位")
    assert list(finding) == ["severity", "sheet", "row", "column", "rule", "clause", "problem", "remedy"]
    assert (finding["severity"], finding["sheet"], finding["row"]) == ("错误", "督办台账", 2)


def test_stamp_编号盖时限(tmp_path: Path, book: Path, answer) -> None:
    row = matter_row("", limit="1天") | {"number": None, "status": None, "initiated_at": None}
    fresh = write_book(tmp_path / "待编号.xlsx", [row])
    done = answer("stamp", fresh, "--at", "2026-03-02T10:00")
    given = {change["column"]: change["new"] for change in done["changes"]}
    assert given["事项编号"] == NUMBER
    assert given["1天节点"] == "2026-03-03T09:30:00"
    assert done["written"] is True
    again = answer("stamp", fresh, "--at", "2026-03-02T10:00")
    assert again["changes"] == []


def test_release_列出并放行(book: Path, answer, duban) -> None:
    matters = [matter_row(f"2026-日-{n:04}", limit="1天", lead_unit=f"单位{n}") for n in range(1, 202)]
    units = [
        {"name": f"单位{n}", "category": "市直部门", "contact": "某", "contact_mobile": f"1991{n:07}"}
        for n in range(1, 202)
    ]
    write_book(book, matters, units=units)
    adopted(answer, book)
    held = answer("pass", book, "--at", "2026-03-03T04:30")
    assert {one["state"] for one in held["messages"]} == {"待放行"}
    released = answer("release", book, "--at", "2026-03-03T04:31")
    assert {one["state"] for one in released["messages"]} == {"已提交"}


def test_outbox_列出_只有该人定的才能定(book: Path, answer, duban) -> None:
    adopted(answer, book)
    (sent,) = answer("pass", book, "--at", "2026-03-03T04:30")["messages"]
    (listed,) = answer("outbox", "list")
    assert (listed["id"], listed["state"], listed["to"]["mobile"]) == (sent["id"], "已提交", "199****0001")
    assert answer("outbox", "list", "--state", "待人工") == []
    for arguments in (("retry", sent["id"]), ("resolve", sent["id"], "--sent"), ("retry", "S没有")):
        code, out, err = duban("outbox", *arguments)
        assert (code, out, len(err.splitlines())) == (2, "", 1)


def test_send_test_经本机网关(book: Path, answer, duban) -> None:
    assert answer("send-test", "--to", "19900010001", "--gateway", "local")["state"] == "已提交"
    code, _, err = duban("send-test", "--to", "0349-2020000", "--gateway", "local")
    assert code == 2
    assert "手机号" in err
    assert duban("send-test", "--to", "19900010001", "--gateway", "没有")[0] == 2


def test_doctor_说出要处理的(book: Path, answer) -> None:
    checks = answer("doctor", code=1)
    said = {one["subject"]: one["said"] for one in checks if not one["ok"]}
    assert "duban run" in said["调度程序"]
    assert "duban adopt" in said["台账 台账.xlsx"]
    assert all(list(one) == ["subject", "ok", "said"] for one in checks)


def test_demo_在自己的文件夹里演一夜(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer) -> None:
    monkeypatch.chdir(tmp_path)
    first = answer("demo")
    assert Path(first["ledger"]).is_file()
    times = [datetime.fromisoformat(one["at"]) for one in first["messages"]]
    assert times == sorted(times)
    assert len(times) > 10
    assert min(times) >= datetime(2026, 11, 17, 20)
    assert max(times) <= datetime(2026, 11, 18, 8)
    assert {one["column"] for one in first["changes"]} >= {"预警灯", "逾期状态", "催办次数"}


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
def test_写错了_一行中文_退出码2(book: Path, duban, arguments: list[str], word: str) -> None:
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
def test_读不了的文件_一行中文_文件不动(book: Path, duban, command: str, content: bytes, word: str) -> None:
    book.write_bytes(content)
    code, out, err = duban(command, book)
    assert (code, out) == (2, "")
    assert word in err
    assert len(err.strip().splitlines()) == 1
    assert book.read_bytes() == content


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ledgers = [", "格式有误"),
        ("ledger = ['a.xlsx']", "“ledger”没有这一项"),
        ("backups = 0", "“backups”"),
        ("[log]\nkeep = 'x'", "“log.keep”"),
        ("ledgers = ['台账.xlsx']\ngateways = ['电报']", "电报"),
    ],
)
def test_配置写错了_指出是哪一项(book: Path, duban, text: str, word: str) -> None:
    Path("duban.toml").write_text(text + "\nstate = 'state'" * ("[" not in text.splitlines()[-1]), encoding="utf-8")
    code, _, err = duban("pass", book)
    assert code == 2
    assert word in err


def test_程序自身出错_一行中文_详情在日志(book: Path, duban, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "状态"))
    monkeypatch.setattr(ledgers, "check", lambda *_: 1 / 0)
    for handler in [one for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler)]:
        logging.getLogger().removeHandler(handler)
    code, out, err = duban("check", book)
    assert (code, out, len(err.strip().splitlines())) == (2, "", 1)
    log = tmp_path / "状态" / "duban" / "log" / "duban.log"
    assert str(log) in err.replace("\n", "")
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


def test_给人看的也不出错_不含控制字符(book: Path, duban) -> None:
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
