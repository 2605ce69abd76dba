"""docs/上线手册.md walked by its words: a new user, no network, the zip alone; to the first SMS in 试运行."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from engine.service.clock import OfficeClock
from tests.addin.screen import Screen, screen
from tests.delivery.conftest import PYTHON, ROOT
from tests.delivery.test_boot import faults_of
from tests.delivery.test_bundle import made
from tests.tools import need

pytestmark = pytest.mark.full
HANDBOOK = (ROOT / "docs" / "上线手册.md").read_text(encoding="utf-8")
TRIAL = "13800138000"
_TRIES = 60


class NewUser:
    """A fresh home, no network, no more of a PATH than any Linux has."""

    def __init__(self, home: Path) -> None:
        self.home, self.ledgers = home, home / "督办"
        tools = home / "bin"
        tools.mkdir(parents=True)
        (tools / f"python{PYTHON}").symlink_to(Path(sys.executable).resolve())
        (tools / "systemctl").write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")  # no bus in this namespace
        (tools / "systemctl").chmod(0o755)
        self.environment = {"HOME": str(home), "PATH": f"{tools}:/usr/bin:/bin", "LANG": "C.UTF-8"}
        self.ledgers.mkdir()

    def command(self, *words: str) -> list[str]:
        return [need("unshare"), "-rn", *words]

    def run(self, *words: str, code: int = 0, cwd: Path | None = None) -> str:
        done = subprocess.run(
            self.command(*words), capture_output=True, text=True, cwd=cwd or self.ledgers, env=self.environment
        )
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def duban(self, *words: str, code: int = 0) -> str:
        """A command that the handbook names."""
        assert f"duban {words[0]}" in HANDBOOK
        return self.run(str(self.program / "duban"), *words, code=code)

    @property
    def program(self) -> Path:
        return self.home / ".local" / "share" / "duban"


@pytest.fixture(scope="module")
def linux(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("优盘"), "--for", "linux", "--python", PYTHON)


@pytest.fixture
def user(tmp_path: Path) -> NewUser:
    return NewUser(tmp_path / "新用户 甲")


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Screen]:
    (tmp_path / "screen").mkdir()
    with screen(tmp_path / "screen", 1366, 768) as virtual:
        yield virtual


def typed(book: Path, sheet: str, *rows: dict[str, Any]) -> None:
    """What a person types into a sheet with a spreadsheet program: into the row of that name, or the first free one."""
    workbook = load_workbook(book)
    cells = workbook[sheet]
    headings = [cell.value for cell in cells[1]]
    for row in rows:
        held = [cells.cell(line, 1).value for line in range(2, cells.max_row + 2)]
        key = next(iter(row.values()))
        line = 2 + held.index(key if key in held else None)
        for heading, value in row.items():
            cells.cell(line, headings.index(heading) + 1).value = value
    workbook.save(book)


def head(number: int) -> dict[str, Any]:
    return {
        "第一责任人": f"首{number}",
        "第一责任人手机": f"1990000{number:04}",
        "具体责任人": f"具{number}",
        "具体责任人手机": f"1990001{number:04}",
        "启用": "是",
    }


def fill_in(book: Path) -> None:
    settings = {
        "单位名称": "某市政府办公室",
        "发文代字": "某政督办",
        "短信签名": "某市督查室",
        "联系电话": "0349-2020000",
    }
    settings |= {"短信发送": "试运行", "试运行号码": TRIAL}
    typed(book, "参数设置", *({"键": key, "值": value} for key, value in settings.items()))
    units = [("督查室", "科室"), ("秘书一科", "科室"), ("市教育局", "市直部门")]
    typed(book, "单位通讯录", *({"单位": name, "类别": sort, **head(n)} for n, (name, sort) in enumerate(units)))


def a_matter(now: datetime) -> dict[str, Any]:
    return {
        "事项编号": None,
        "事项内容": "试一条短信",
        "牵头单位": "市教育局",
        "办理时限": "3天",
        "版块": "日常管理事项",
        "任务来源": "领导批示指示",
        "立项主体": "秘书一科",
        "立项审批人": "甲",
        "审批人职务": "分管副秘书长",
        "立项审批时间": now,
        "交办时间": now,
        "交办领导": "乙",
        "交办领导职务": "分管副市长",
    }


def test_from_the_zip_to_the_first_sms_in_trial_mode(linux: Path, user: NewUser, display: Screen) -> None:
    reached = user.command(sys.executable, "-c", "import socket; socket.create_connection(('192.0.2.1', 80), 2)")
    assert subprocess.run(reached, capture_output=True, check=False).returncode
    # 三、安装  四、演示
    said = user.run("sh", str(linux / "安装.sh"))
    assert f"请用这个命令：{user.program / 'duban'}" in said
    assert "应用菜单" in said
    assert {page.suffix for page in (user.program / "手册").iterdir()} == {".html"}
    assert "看板.html" in user.duban("demo")
    # 五、新建台账、写配置
    book = user.ledgers / "台账.xlsx"
    user.duban("new", str(book))
    shutil.copy(user.program / "duban.example.toml", user.ledgers / "duban.toml")
    assert "督查室" in user.duban("check", str(book), code=1)
    fill_in(book)
    user.duban("check", str(book))
    # 六、接管，设为自动启动
    assert str(user.ledgers / "state") in user.duban("adopt", str(book))
    assert "将依次" in user.duban("install-service", "--config", str(user.ledgers / "duban.toml"), "--dry-run")
    user.duban("install-service", "--config", str(user.ledgers / "duban.toml"))
    assert faults_of(user.home / ".config" / "systemd" / "user" / "duban.service", user.home) == []
    # 七、试运行的第一条短信
    typed(book, "督办台账", a_matter(OfficeClock().now()))
    assert "新编号 1 项" in user.duban("stamp", str(book))
    number = next(one["number"] for one in json.loads(user.duban("desk", str(book), "--json"))["matters"])
    user.duban("notice", str(book), number)
    running = user.command(str(user.program / "duban"), "run")
    with subprocess.Popen(
        running, stdout=subprocess.PIPE, text=True, cwd=user.ledgers, env=user.environment, process_group=0
    ) as service:
        sent = next(filter(None, (messages(user) for _ in range(_TRIES))))
        # 八、体检
        assert "一切正常" in user.duban("doctor")
        os.killpg(service.pid, signal.SIGINT)
        out, _ = service.communicate(timeout=60)
    assert [(one["kind"], one["to"]["unit"]) for one in sent] == [("交办", "市教育局")]
    assert "138****8000" in user.duban("outbox", "list")
    assert "local（试运行）" in out
    assert "已停止" in user.duban("doctor", code=1)
    # 九、填台账的电脑
    user.environment["DISPLAY"] = display.environment["DISPLAY"]
    entry = user.home / ".local" / "share" / "applications" / "duban-desk.desktop"
    launch = user.command(need("gio"), "launch", str(entry), str(book))
    subprocess.run(launch, check=True, env=user.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    search = [need("xdotool"), "search", "--sync", "--onlyvisible", "--name", "xlsx$"]  # it takes no Chinese
    subprocess.run(search, check=True, env=display.environment, timeout=60, stdout=subprocess.DEVNULL)
    # 十一、卸载
    assert "都没有动" in user.run("sh", str(user.program / "卸载.sh"))
    assert not entry.exists()
    assert not [*user.home.rglob("duban.service")]
    assert {"台账.xlsx", "duban.toml", "state"} <= {path.name for path in user.ledgers.iterdir()}


def messages(user: NewUser) -> list[dict[str, Any]]:
    return json.loads(user.duban("outbox", "list", "--json"))
