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


def test_build_addin_makes_what_is_committed_byte_for_byte(
    tmp_path: Path, answer, duban, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = build.TARGET.read_bytes()
    target = tmp_path / "督办.xlam"
    monkeypatch.setattr(build, "build", lambda: target.write_bytes(build.addin()) and target)
    monkeypatch.setattr(build, "TARGET", target)
    assert answer("build-addin") == {"path": str(target), "changed": True}
    assert target.read_bytes() == committed
    assert answer("build-addin") == {"path": str(target), "changed": False}
    assert "没有变化" in duban("build-addin")[1]


@pytest.mark.parametrize("arguments", [(), ("--remove",)])
def test_install_addin_elsewhere_than_on_windows_is_one_line(duban, arguments: tuple[str, ...]) -> None:
    if ELSEWHERE:
        code, out, err = duban("install-addin", *arguments)
        assert (code, out, len(err.strip().splitlines())) == (2, "", 1)
        assert "Windows" in err
        assert "--dry-run" in err


def test_install_addin_dry_run_lists_every_step_and_does_nothing(
    answer, duban, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_a_ledger_given_is_checked_for_shared_mode(answer, tmp_path: Path) -> None:
    shared = tmp_path / "台账.xlsx"
    with zipfile.ZipFile(shared, "w") as package:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/revisions/revisionHeaders.xml"):
            package.writestr(name, "<x/>")
    if ELSEWHERE:
        assert "共享工作簿" in answer("install-addin", str(shared), "--dry-run")["warnings"][0]
        assert answer("install-addin", "--dry-run")["warnings"] == []


def test_removing_undoes_exactly_what_installing_did(answer) -> None:
    if ELSEWHERE:
        steps = answer("install-addin", "--dry-run", "--remove")["steps"]
        assert steps == [
            r"删除注册表 HKCU\Software\Microsoft\Office\16.0\Excel\Options OPEN",
            r"删除注册表 HKCU\Software\Microsoft\Office\16.0\Excel\Security\Trusted Locations\duban",
            r"删除文件 C:\Users\用户\AppData\Roaming\Microsoft\AddIns\督办.xlam",
            r"删除文件 C:\Users\用户\.duban\duban.conf",
            r"删除文件 D:\duban\.venv\Lib\site-packages\duban.pth",
        ]


def test_installing_and_removing_follow_the_plan_and_a_busy_file_is_one_line(
    duban, answer, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_other_commands_do_not_load_the_addin() -> None:
    code = (
        "import sys, engine.cli.main\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('addin', 'xlwings')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
