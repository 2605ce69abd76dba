"""The scheduler at start-up: what is registered, checked by the system's own tool where there is one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree as ET

import pytest

from engine.cli.commands import delivery
from engine.cli.main import main
from engine.delivery import boot
from tests.delivery.task_schema import NAMESPACE, faults_of_task
from tests.tools import need

HOSTILE = '/tmp/办公 100% $HOME "a" \\ &<b>'


def registered(interpreter: str, config: str, *, is_administrator: bool = True) -> boot.Registration:
    program = boot.scheduler_program("run", PureWindowsPath(interpreter), PureWindowsPath(config))
    return boot.windows_task(program, Path("state"), "OFFICE\\王某 & <李>", is_administrator=is_administrator)


def task(interpreter: str, config: str) -> ET.Element:
    return ET.fromstring(registered(interpreter, config).content.decode("utf-16"))


def values(root: ET.Element) -> dict[str, str]:
    """Every leaf by its path."""

    def walk(element: ET.Element, path: str) -> None:
        name = f"{path}/{element.tag.removeprefix(NAMESPACE)}"
        if len(element) == 0:
            found[name] = element.text or ""
        for child in element:
            walk(child, name)

    found: dict[str, str] = {}
    walk(root, "")
    return found


def test_the_task_starts_the_scheduler_at_start_up_and_log_on() -> None:
    found = values(task(r"C:\Users\王某\督办 程序\python.exe", r"D:\督办\duban.toml"))
    assert found["/Task/Actions/Exec/Command"] == r"C:\Users\王某\督办 程序\python.exe"
    assert found["/Task/Actions/Exec/Arguments"] == r"-X utf8 -P -m engine.cli run --config D:\督办\duban.toml"
    assert found["/Task/Actions/Exec/WorkingDirectory"] == "D:\\督办"
    assert found["/Task/Triggers/BootTrigger/Enabled"] == "true"
    assert found["/Task/Triggers/LogonTrigger/UserId"] == "OFFICE\\王某 & <李>"


@pytest.mark.parametrize("is_administrator", [True, False])
def test_the_task_keeps_to_the_schema(is_administrator: bool) -> None:
    content = registered(r"C:\a b\python.exe", r"D:\督办\duban.toml", is_administrator=is_administrator).content
    assert faults_of_task(content) == []


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("<Delay>PT1M</Delay>", "<Delay>1 minute</Delay>", "Delay"),
        ("<Enabled>true</Enabled>\n      <Delay>PT1M</Delay>", "<Delay>PT1M</Delay><Enabled>true</Enabled>", "order"),
        ("<Count>99</Count>", "<Count>999</Count>", "Count"),
        ("<Command>", "<Program>", "unknown Program"),
        ("IgnoreNew", "Ignore", "MultipleInstancesPolicy"),
        ('Context="Author"', 'Context="User"', "no principal"),
        ("InteractiveToken", "Interactive", "LogonType"),
        ("UTF-16", "UTF-8", "encoding"),
    ],
)
def test_a_task_against_the_schema_is_seen(right: str, wrong: str, fault: str) -> None:
    text = registered(r"C:\python.exe", r"D:\duban.toml").content.decode("utf-16")
    planted = text.replace(right, wrong).replace("</Command>", "</Program>" if "Program" in wrong else "</Command>")
    found = faults_of_task(planted.encode("utf-16"))
    assert any(fault in one for one in found), found


def test_who_is_no_administrator_gets_no_start_up_trigger_and_is_told() -> None:
    plain = registered(r"C:\python.exe", r"D:\duban.toml", is_administrator=False)
    found = values(ET.fromstring(plain.content.decode("utf-16")))
    assert not [name for name in found if "BootTrigger" in name]
    assert found["/Task/Triggers/LogonTrigger/Enabled"] == "true"
    assert "以管理员身份再运行一次" in plain.hint
    assert "管理员" not in registered(r"C:\python.exe", r"D:\duban.toml").hint


def test_the_task_outlives_batteries_days_and_faults() -> None:
    found = values(task(r"C:\python.exe", r"D:\a b\duban.toml"))
    settings = "/Task/Settings"
    assert found[f"{settings}/DisallowStartIfOnBatteries"] == "false"
    assert found[f"{settings}/StopIfGoingOnBatteries"] == "false"
    assert found[f"{settings}/ExecutionTimeLimit"] == "PT0S"
    assert found[f"{settings}/MultipleInstancesPolicy"] == "IgnoreNew"
    assert (found[f"{settings}/RestartOnFailure/Interval"], found[f"{settings}/RestartOnFailure/Count"]) == (
        "PT1M",
        "99",
    )
    assert found["/Task/Actions/Exec/Arguments"].endswith('--config "D:\\a b\\duban.toml"')


def faults_of(unit: Path, home: Path) -> list[str]:
    """What systemd itself has to say about a unit."""
    command = [need("systemd-analyze"), "verify", "--user", "--man=no", str(unit)]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(home)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    said = [line for line in done.stderr.splitlines() if unit.name in line]
    return said or [f"exit code {done.returncode}"] * bool(done.returncode)


@pytest.mark.parametrize("folder", ["/tmp/duban", "/tmp/办公 电脑", HOSTILE])
def test_systemd_accepts_the_unit(tmp_path: Path, folder: str) -> None:
    unit = boot.systemd_unit(boot.scheduler_program("run", Path(sys.executable), Path(folder) / "duban.toml"), tmp_path)
    unit.write()
    assert unit.path == tmp_path / ".config" / "systemd" / "user" / "duban.service"
    assert faults_of(unit.path, tmp_path) == []
    unit.path.write_bytes(unit.content.replace(b"Restart=", b"Restarts="))
    assert len(faults_of(unit.path, tmp_path)) == 1


def test_what_is_special_to_systemd_is_escaped() -> None:
    unit = boot.systemd_unit(
        boot.scheduler_program("run", Path("/a b/python"), Path(HOSTILE) / "duban.toml"), Path("/home/a")
    )
    line = next(line for line in unit.content.decode().splitlines() if line.startswith("ExecStart="))
    assert line.endswith('"--config" "/tmp/办公 100%% $$HOME \\"a\\" \\\\ &<b>/duban.toml"')


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "duban.toml"
    path.write_text("ledgers = ['台账.xlsx']\nstate = 'state'\n", encoding="utf-8")
    return path


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Path]:
    """A systemctl that notes what it is asked and ends with a code of our choice."""

    def make(code: int, said: str = "拒绝") -> Path:
        tool, asked = tmp_path / "bin" / "systemctl", tmp_path / "asked"
        tool.parent.mkdir()
        tool.write_text(f'#!/bin/sh\necho "$@" >> {asked}\necho {said} >&2\nexit {code}\n', encoding="utf-8")
        tool.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
        monkeypatch.setenv("HOME", str(tmp_path))
        return asked

    return make


@pytest.mark.skipif(sys.platform == "win32", reason="systemd")
def test_installed_and_removed(config: Path, systemctl: Callable[[int], Path], tmp_path: Path) -> None:
    asked, unit = systemctl(0), tmp_path / ".config" / "systemd" / "user" / "duban.service"
    assert main(["install-service", "--config", str(config)]) == 0
    assert f'"--config" "{config}"' in unit.read_text(encoding="utf-8")
    assert asked.read_text().splitlines() == ["--user daemon-reload", "--user enable --now duban.service"]
    assert main(["install-service", "--remove"]) == 0
    assert not unit.exists()
    assert asked.read_text().splitlines()[2:] == ["--user disable --now duban.service"]


@pytest.mark.skipif(sys.platform == "win32", reason="systemd")
def test_a_dry_run_changes_nothing(config: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["install-service", "--config", str(config), "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["done"] is False
    assert len(told["steps"]) == 3
    assert not (tmp_path / ".config").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="systemd")
def test_what_stands_in_the_way_is_one_sentence(config: Path, systemctl, tmp_path: Path, monkeypatch, capsys) -> None:
    systemctl(1)
    assert main(["install-service", "--config", str(config)]) == 2
    assert "没有改动：拒绝" in capsys.readouterr().err
    monkeypatch.setattr(delivery.shutil, "which", lambda name: None)
    assert main(["install-service", "--config", str(config)]) == 2
    assert "这台电脑没有 systemctl" in capsys.readouterr().err
    config.write_text("", encoding="utf-8")
    assert main(["install-service", "--config", str(config)]) == 2
    assert "配置里没有台账" in capsys.readouterr().err


UNIT = Path(".config") / "systemd" / "user" / "duban.service"


@pytest.mark.skipif(sys.platform == "win32", reason="systemd")
@pytest.mark.parametrize("before", ["", "[Unit]\nDescription=the one that was there\n"])
def test_what_the_system_refuses_leaves_the_registration_that_was_there(
    config: Path, systemctl: Callable[[int], Path], tmp_path: Path, before: str
) -> None:
    asked, unit = systemctl(1), tmp_path / UNIT
    unit.parent.mkdir(parents=True)
    if before:
        unit.write_text(before, encoding="utf-8")
    assert main(["install-service", "--config", str(config)]) == 2
    assert (unit.read_text(encoding="utf-8") if unit.exists() else "") == before
    assert asked.read_text().splitlines()[1:] == ([] if before else ["--user disable --now duban.service"])


@pytest.mark.skipif(sys.platform == "win32", reason="systemd")
def test_a_user_without_a_session_is_told_to_log_on(config: Path, systemctl, tmp_path: Path, capsys) -> None:
    systemctl(1, "Failed to connect to bus: No medium found")
    assert main(["install-service", "--config", str(config)]) == 2
    assert "直接登录桌面" in capsys.readouterr().err
    assert not (tmp_path / UNIT).exists()


def test_in_a_source_tree_the_bootstrap_is_started() -> None:
    program = boot.scheduler_program("run", Path("/a/python"), Path("/b/duban.toml"), Path("/c/duban.py"))
    assert program.arguments == ("-X", "utf8", "-P", "/c/duban.py", "run", "--config", "/b/duban.toml")


@pytest.mark.skipif(sys.platform == "win32", reason="systemd")
@pytest.mark.parametrize(
    ("fleet", "command"), [("", "run"), ("store = 'postgresql://d@db/d'\nfleet = '甲'\n", "worker")]
)
def test_a_host_of_a_fleet_starts_a_worker(config: Path, tmp_path: Path, systemctl, fleet: str, command: str) -> None:
    systemctl(0)
    config.write_text(fleet + config.read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["install-service", "--config", str(config)]) == 0
    assert f'"{command}" "--config" "{config}"' in (tmp_path / UNIT).read_text(encoding="utf-8")
    assert faults_of(tmp_path / UNIT, tmp_path) == []
