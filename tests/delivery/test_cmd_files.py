"""The .cmd files: read with care always, and under --full run by Wine's cmd.exe. In Windows itself: unverified."""

import os
import re
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pip._vendor.distlib as distlib
import pytest

from tests.delivery.cmd_lint import faults_of_cmd
from tests.delivery.conftest import INSTALLER
from tests.tools import need

FILES = ("安装.cmd", "duban.cmd", "打开督办台账.cmd", "回退.cmd", "卸载.cmd")


@pytest.mark.parametrize("name", FILES)
def test_a_script_has_no_fault_that_can_be_read(name: str) -> None:
    assert faults_of_cmd(INSTALLER / name) == []
    assert {path.name for path in INSTALLER.glob("*.cmd")} == {*FILES}


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        (b"\r\n", b"\n", "CRLF"),
        (b"\r\n:plain", b"\r\n:plane", "no label plain"),
        (b"in (", b"in ", "brackets"),
        (b'"%HERE%install.py"', b"%HERE%install.py", "without quotation marks"),
        (b'"%HERE%install.py"', b'"%HERE%install.py', "does not close"),
        (b"%%V", b"%V", "one percent sign"),
        (b'set "HERE=%~dp0"', b"", "HERE is not set"),
        (b"@echo off", b"echo on", "shown"),
        (b"echo ", b"\xff\xff ", "GBK"),
        (b"install.py", "安装.py".encode("gbk"), "Chinese in a command"),
    ],
)
def test_a_planted_fault_is_seen(tmp_path: Path, right: bytes, wrong: bytes, fault: str) -> None:
    planted = tmp_path / "planted.cmd"
    content = (INSTALLER / "安装.cmd").read_bytes()
    assert right in content
    planted.write_bytes(content.replace(right, wrong))
    assert any(fault in one for one in faults_of_cmd(planted)), faults_of_cmd(planted)


class Wine:
    """A Windows of Wine's own. ``stub`` is a program that says what it was called with and ends with a code."""

    def __init__(self, folder: Path) -> None:
        self._environment = {**os.environ, "WINEPREFIX": str(folder / "prefix"), "WINEDEBUG": "-all"}
        self._folder = folder
        self.run("exit", "/b", "0")

    def run(self, *words: str) -> tuple[int, str]:
        command = [need("wine"), "cmd", "/c", *words]
        done = subprocess.run(
            command, capture_output=True, check=False, env=self._environment, stdin=subprocess.DEVNULL
        )
        return done.returncode, done.stdout.decode("gbk", "replace").replace("\r\n", "\n")

    def stub(self, target: Path, code: int, before: str = "rem") -> None:
        """pip's own launcher for Windows, which starts the command in the line behind it; ``before`` comes first."""
        script = self._folder / f"stub{code}.bat"
        script.write_bytes(f"@echo off\r\n{before}\r\necho STUB %*\r\nexit /b {code}\r\n".encode())
        archive = BytesIO()
        with zipfile.ZipFile(archive, "w") as empty:
            empty.writestr("__main__.py", "")
        launcher = (Path(distlib.__file__).parent / "t64.exe").read_bytes()
        start = f"#!C:\\windows\\system32\\cmd.exe /c {windows_path(script)}\r\n".encode()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(launcher + start + archive.getvalue())


def windows_path(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


def calls(out: str) -> list[str]:
    """What the stubs were called with, without their own names."""
    return [re.sub(r'^STUB "[^"]*" ?', "", line) for line in out.splitlines() if line.startswith("STUB")]


@pytest.fixture
def wine(tmp_path: Path) -> Wine:
    return Wine(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A path with a blank. Wine's console has no Chinese."""
    made = tmp_path / "a b"
    made.mkdir()
    for name in FILES:
        (made / name).write_bytes((INSTALLER / name).read_bytes())
    (made / "install.py").write_text("", encoding="utf-8")
    return made


@pytest.mark.full
def test_the_installer_takes_the_newest_python_that_answers(wine: Wine, folder: Path) -> None:
    _, out = wine.run(windows_path(folder / "安装.cmd"))
    assert "Python 3.11" in out  # without a Python: the sentence, of which Wine shows what is not Chinese
    wine.stub(folder / "py.exe", 0, "if not %2==-3.12 exit /b 103")
    _, out = wine.run("cd", "/d", windows_path(folder), "&", "安装.cmd", "--to", "D:\\x")
    assert calls(out) == [f'-3.12 "{windows_path(folder)}\\install.py" --to D:\\x']


@pytest.mark.full
def test_the_launchers_start_the_current_version(wine: Wine, folder: Path) -> None:
    wine.stub(folder / "versions" / "1.0" / "python" / "Scripts" / "python.exe", 3)
    (folder / "current.txt").write_text("1.0\n", encoding="utf-8")
    (folder / "versions" / "1.0" / "python.txt").write_text("python\\Scripts\\python.exe\n", encoding="utf-8")
    code, out = wine.run(windows_path(folder / "duban.cmd"), "doctor", "--json")
    assert (code, calls(out)) == (3, ["-I -X utf8 -m engine.cli doctor --json"])
    for name, option in (("回退.cmd", "--rollback"), ("卸载.cmd", "--remove")):
        code, out = wine.run(windows_path(folder / name))
        (called,) = calls(out)
        assert called.replace('"', "") == f"{windows_path(folder)}\\install.py {option} --to {windows_path(folder)}\\."


@pytest.mark.full
def test_the_desk_is_started_without_a_console_in_the_program_s_folder(
    wine: Wine, folder: Path, tmp_path: Path
) -> None:
    place, started = folder / "versions" / "1.0" / "python", tmp_path / "started.txt"
    (folder / "current.txt").write_text("1.0\n", encoding="utf-8")
    (folder / "versions").mkdir()
    (folder / "versions" / "1.0").mkdir()
    (folder / "versions" / "1.0" / "python.txt").write_text("python\\python.exe\n", encoding="utf-8")
    launcher = (folder / "打开督办台账.cmd").rename(folder / "desk.cmd")  # Wine's console has no Chinese
    wine.stub(place / "python.exe", 1)
    _, out = wine.run(windows_path(launcher))
    assert "tkinter" in out
    assert not started.exists()
    wine.stub(place / "python.exe", 0)
    wine.stub(place / "pythonw.exe", 5, f"echo %CD% %*> {windows_path(started)}")
    wine.run(windows_path(launcher), "D:\\ledger.xlsx")
    subprocess.run(["sh", "-c", 'until [ -s "$1" ]; do sleep 0.1; done', "sh", str(started)], check=True, timeout=60)
    said = started.read_text(encoding="gbk").rstrip()
    assert said.startswith(windows_path(folder))
    assert said.endswith("-I -X utf8 -m engine.cli desk D:\\ledger.xlsx")
