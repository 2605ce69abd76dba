"""打开督办台账 in the menu: launched by the desktop's own launcher, laid and taken away by its command."""

import json
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from engine.cli.commands import delivery
from engine.cli.main import main
from engine.delivery.launcher import linux_entry, windows_entry
from tests.tools import need

ENTRY = Path("applications") / "duban-desk.desktop"


@pytest.mark.skipif(sys.platform == "win32", reason="the menu of a Linux desktop")
@pytest.mark.parametrize("name", ["督办", '办公 电脑 "a" $HOME `id` \\ b'])
def test_a_double_click_starts_the_desk_in_the_program_s_folder(tmp_path: Path, name: str) -> None:
    program, said = tmp_path / name, tmp_path / "said"
    program.mkdir()
    (program / "duban").write_text(f'#!/bin/sh\n{{ pwd; printf "%s\\n" "$@"; }} > {said}.part\nmv {said}.part {said}\n')
    (program / "duban").chmod(0o755)
    entry = linux_entry(program, tmp_path)
    entry.write()
    for ledger in ([], [str(tmp_path / "旧 台账.xlsx")]):
        subprocess.run([need("gio"), "launch", str(tmp_path / ENTRY), *ledger], check=True, timeout=60)
        subprocess.run(["sh", "-c", 'until [ -e "$1" ]; do sleep 0.05; done', "sh", str(said)], check=True, timeout=60)
        assert said.read_text(encoding="utf-8").splitlines() == [str(program), "desk", *ledger]
        said.unlink()


def test_a_percent_sign_is_doubled() -> None:  # GLib up to 2.74 does not load an entry whose program's path has one
    assert b'Exec="/opt/100%%/duban" desk %f' in linux_entry(Path("/opt/100%"), Path("/data")).content


def test_the_start_menu_calls_the_launcher_in_the_program_s_folder(tmp_path: Path) -> None:
    program = PureWindowsPath(r"C:\Users\王某\AppData\Local\Programs\duban")
    entry = windows_entry(program, tmp_path, "gbk")
    entry.write()
    assert entry.path.name == "打开督办台账.cmd"
    assert entry.content.decode("gbk") == f'@call "{program}\\打开督办台账.cmd" %*\r\n'


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As if this program had been installed from a bundle by a user of their own."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "程序" / "versions" / "0.1" / "python"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    (tmp_path / "程序").mkdir()
    (tmp_path / "程序" / "current.txt").write_text("0.1\n", encoding="utf-8")
    return tmp_path / "share" / ENTRY


@pytest.mark.skipif(sys.platform == "win32", reason="the menu of a Linux desktop")
def test_laid_and_taken_away(installed: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["install-desk", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"done": False, "steps": [f"写入 {installed}"]}
    assert not installed.exists()
    monkeypatch.setattr(delivery, "find_spec", lambda name: None)
    assert main(["install-desk"]) == 0
    assert "python3-tk" in capsys.readouterr().out
    assert "Name=打开督办台账" in installed.read_text(encoding="utf-8")
    for _ in range(2):
        assert main(["install-desk", "--remove"]) == 0
    assert not installed.exists()


def test_a_program_that_was_not_installed_says_how_to_open_the_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "a" / "b" / "venv"))
    assert main(["install-desk"]) == 2
    assert "duban desk" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="rights of a Linux folder")
def test_a_menu_that_cannot_be_written_is_one_sentence(installed: Path, capsys) -> None:
    installed.parent.parent.write_text("no folder", encoding="utf-8")
    assert main(["install-desk"]) == 2
    assert "写不了" in capsys.readouterr().err
