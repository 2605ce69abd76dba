"""duban build-addin and install-addin, as far as they can be seen where there is no Windows."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from addin import build, install
from addin.example_computer import example_computer
from addin.install import Installation

ELSEWHERE = sys.platform != "win32"


def test_build_addin_与提交的一字不差(tmp_path: Path, answer, duban, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = build.TARGET.read_bytes()
    target = tmp_path / "督办.xlam"
    monkeypatch.setattr(build, "build", lambda: target.write_bytes(build.addin()) and target)
    monkeypatch.setattr(build, "TARGET", target)
    assert answer("build-addin") == {"path": str(target), "changed": True}
    assert target.read_bytes() == committed
    assert answer("build-addin") == {"path": str(target), "changed": False}
    assert "没有变化" in duban("build-addin")[1]


@pytest.mark.parametrize("arguments", [(), ("--remove",)])
def test_install_addin_不是Windows_一行说明(duban, arguments: tuple[str, ...]) -> None:
    if ELSEWHERE:
        code, out, err = duban("install-addin", *arguments)
        assert (code, out, len(err.strip().splitlines())) == (2, "", 1)
        assert "Windows" in err
        assert "--dry-run" in err


def test_install_addin_试运行_列出全部步骤_什么也不做(answer, duban, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(planned: Installation, registry: object) -> None:
        raise AssertionError(planned)

    monkeypatch.setattr(install, "carry_out", refuse)
    done = answer("install-addin", "--dry-run")
    assert done["done"] is False
    if ELSEWHERE:
        assert done["steps"] == [
            r"写入文件 C:\Users\用户\AppData\Roaming\Microsoft\AddIns\督办.xlam",
            r"写入文件 C:\Users\用户\.duban\duban.conf",
            r"写入注册表 HKCU\Software\Microsoft\Office\16.0\Excel\Security\Trusted Locations\duban"
            " Path = C:\\Users\\用户\\AppData\\Roaming\\Microsoft\\AddIns\\",
            r"写入注册表 HKCU\Software\Microsoft\Office\16.0\Excel\Security\Trusted Locations\duban Description = 督办",
            r"写入文件 D:\duban\.venv\Lib\site-packages\duban.pth",
            r"写入注册表 HKCU\Software\Microsoft\Office\16.0\Excel\Options"
            r' OPEN = /R "C:\Users\用户\AppData\Roaming\Microsoft\AddIns\督办.xlam"',
        ]
        shown = duban("install-addin", "--dry-run")[1]
        assert "不是 Windows" in shown
        assert "--remove" in shown


def test_带上台账_顺便检查是不是共享模式(answer, tmp_path: Path) -> None:
    shared = tmp_path / "台账.xlsx"
    with zipfile.ZipFile(shared, "w") as package:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/revisions/revisionHeaders.xml"):
            package.writestr(name, "<x/>")
    if ELSEWHERE:
        assert "共享工作簿" in answer("install-addin", str(shared), "--dry-run")["warnings"][0]
        assert answer("install-addin", "--dry-run")["warnings"] == []


def test_卸载的试运行_正是装上去的那些(answer) -> None:
    if ELSEWHERE:
        steps = answer("install-addin", "--dry-run", "--remove")["steps"]
        assert steps == [
            r"删除注册表 HKCU\Software\Microsoft\Office\16.0\Excel\Options OPEN",
            r"删除注册表 HKCU\Software\Microsoft\Office\16.0\Excel\Security\Trusted Locations\duban",
            r"删除文件 C:\Users\用户\AppData\Roaming\Microsoft\AddIns\督办.xlam",
            r"删除文件 C:\Users\用户\.duban\duban.conf",
            r"删除文件 D:\duban\.venv\Lib\site-packages\duban.pth",
        ]


def test_装和卸都照计划做_文件占用时一行说明(duban, answer, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[Installation] = []
    monkeypatch.setattr(install, "windows_computer", lambda: example_computer(installed=True))
    monkeypatch.setattr(install, "carry_out", lambda planned, registry: carried.append(planned))
    assert answer("install-addin")["done"] is True
    assert answer("install-addin", "--remove")["done"] is True
    place, registry = example_computer(installed=True)
    assert carried == [install.plan(place, registry), install.removal(place, registry)]

    def in_use(planned: Installation, registry: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(install, "carry_out", in_use)
    code, out, err = duban("install-addin")
    assert (code, out) == (2, "")
    assert "关闭 Excel" in err


def test_别的命令不加载加载项() -> None:
    code = (
        "import sys, engine.cli.main\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('addin', 'xlwings')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
