"""The installer on a real Python: install, upgrade, back, out; and what stops it, with nothing half installed."""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.delivery.conftest import INSTALLER, write_manifest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts for Linux")
Make = Callable[[str], Path]


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def install(bundle: Path, to: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(bundle / "install.py"), "--to", str(to)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def answer(to: Path, *words: str) -> str:
    return run(to / "duban", *words).stdout.strip()


def test_install_upgrade_back_and_out(make_bundle: Make, tmp_path: Path) -> None:
    to = tmp_path / "程序 文件夹"
    first, second = make_bundle("first"), make_bundle("second")
    assert run(first / "安装.sh", "--to", to).returncode == 0
    assert answer(to, "demo", "--json") == "first demo --json"

    (to / "duban.toml").write_text("# ours", encoding="utf-8")
    upgraded = install(second, to)
    assert "上一版 1.0-first 还留着" in upgraded.stdout
    assert answer(to) == "second"

    assert "已退回 1.0-first" in run(to / "回退.sh").stdout
    assert answer(to) == "first"

    removed = run(to / "卸载.sh")
    assert "都没有动" in removed.stdout
    assert [path.name for path in to.iterdir()] == ["duban.toml"]


def test_only_what_runs_takes_room(make_bundle: Make, tmp_path: Path) -> None:
    to = tmp_path / "程序"
    install(make_bundle("first"), to)
    assert [*to.rglob("smallest_later.py")]
    assert not [*to.rglob("smallest_later*.pyc")]
    assert [path.name for path in to.rglob("pandas/*") if path.name != "__pycache__"] == ["__init__.py"]


def test_a_third_version_keeps_the_one_before_it_alone(make_bundle: Make, tmp_path: Path) -> None:
    to = tmp_path / "程序"
    for name in ("first", "second", "third"):
        assert install(make_bundle(name), to).returncode == 0
    assert sorted(path.name for path in (to / "versions").iterdir()) == ["1.0-second", "1.0-third"]


def test_what_runs_goes_on_in_its_own_version_while_another_is_installed(make_bundle: Make, tmp_path: Path) -> None:
    to, second = tmp_path / "程序", make_bundle("second")
    install(make_bundle("first"), to)
    with subprocess.Popen([to / "duban", "run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "first run\n"
        assert "仍是上一版；请重新启动它" in install(second, to).stdout
        assert answer(to) == "second"
        out, _ = running.communicate()
    assert (out, running.returncode) == ("first\n", 0)


def test_the_same_version_again_changes_nothing(make_bundle: Make, tmp_path: Path) -> None:
    bundle, to = make_bundle("first"), tmp_path / "程序"
    install(bundle, to)
    made = (to / "versions" / "1.0-first").stat().st_mtime_ns
    assert install(bundle, to).returncode == 0
    assert (to / "versions" / "1.0-first").stat().st_mtime_ns == made
    assert run(to / "回退.sh").stderr.strip() == "没有可以退回的上一版。"


def refused(result: subprocess.CompletedProcess[str], to: Path, sentence: str) -> None:
    """One sentence, exit code 2, and nothing that counts as installed."""
    assert (result.returncode, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not os.path.lexists(to)


@pytest.mark.parametrize("damage", [lambda file: file.unlink(), lambda file: file.write_bytes(b"half")])
def test_a_bundle_copied_incompletely(make_bundle: Make, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    bundle, to = make_bundle("first"), tmp_path / "程序"
    damage(next((bundle / "wheels").iterdir()))
    refused(install(bundle, to), to, "安装包不完整：1 个文件缺少或损坏（如 wheels/smallest")


def test_a_bundle_without_its_list(make_bundle: Make, tmp_path: Path) -> None:
    bundle, to = make_bundle("first"), tmp_path / "程序"
    (bundle / "清单.json").unlink()
    refused(install(bundle, to), to, "安装包不完整：缺少“清单.json”")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"system": "windows", "machine": "AMD64"}, "请换用对应的安装包"),
        ({"machine": "aarch64"}, "请换用对应的安装包"),
        ({"pythons": ["3.99"]}, "安装包支持 Python 3.99"),
        ({"size": 10**18}, "磁盘空间不够"),
    ],
)
def test_a_machine_that_does_not_fit(make_bundle: Make, tmp_path: Path, changed: dict, sentence: str) -> None:
    bundle, to = make_bundle("first"), tmp_path / "程序"
    write_manifest(bundle, "1.0-first", **changed)
    refused(install(bundle, to), to, sentence)


def test_a_folder_that_cannot_be_made(make_bundle: Make, tmp_path: Path) -> None:
    (tmp_path / "文件").write_text("no folder", encoding="utf-8")
    result = install(make_bundle("first"), tmp_path / "文件" / "程序")
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)
    assert "不能写入" in result.stderr


def test_a_program_that_does_not_start_is_taken_back(make_bundle: Make, tmp_path: Path) -> None:
    bundle, to = make_bundle("first"), tmp_path / "程序"
    (bundle / f"requirements-{'{}.{}'.format(*sys.version_info[:2])}.txt").write_text("", encoding="utf-8")
    write_manifest(bundle, "1.0-first")
    refused(install(bundle, to), to, "试运行没有成功，已撤去")


def test_a_failed_upgrade_leaves_the_old_version_at_work(make_bundle: Make, tmp_path: Path) -> None:
    to, second = tmp_path / "程序", make_bundle("second")
    install(make_bundle("first"), to)
    next((second / "wheels").iterdir()).unlink()
    assert install(second, to).returncode == 2
    assert answer(to) == "first"
    assert [path.name for path in (to / "versions").iterdir()] == ["1.0-first"]


def as_if(bundle: Path, to: Path, change: str) -> subprocess.CompletedProcess[str]:
    """Run the installer in an interpreter that ``change`` has altered."""
    script = str(bundle / "install.py")
    code = f"import runpy, sys\n{change}\nsys.argv = [{script!r}, '--to', {str(to)!r}]\n"
    return run(sys.executable, "-c", f"{code}runpy.run_path({script!r}, run_name='__main__')")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("sys.version_info = (3, 9, 2)", "督办需要 Python 3.11 或更新的版本，现在运行的是 3.9"),
        ("sys.maxsize = 2**31 - 1", "32 位 Python"),
        ("sys.modules['venv'] = None; import importlib.util; importlib.util.find_spec = lambda name: None", "venv"),
    ],
)
def test_a_python_that_does_not_fit(make_bundle: Make, tmp_path: Path, change: str, sentence: str) -> None:
    to = tmp_path / "程序"
    refused(as_if(make_bundle("first"), to, change), to, sentence)


@pytest.mark.parametrize(("beyond", "sentence"), [(0, None), (1, "安装路径太长")])
def test_the_longest_path_that_windows_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beyond: int, sentence: str | None
) -> None:
    script = runpy.run_path(str(INSTALLER / "install.py"))
    monkeypatch.setitem(script["check_folder"].__globals__, "WINDOWS", True)
    prefix = len(str(tmp_path / "versions" / "1.0" / "python" / "Lib" / "site-packages")) + 1
    manifest = {"program": "1.0", "longest": 259 - prefix + beyond, "size": 1}
    if sentence is None:
        script["check_folder"](tmp_path, manifest)
    else:
        with pytest.raises(script["SetUpError"], match=sentence):
            script["check_folder"](tmp_path, manifest)


def test_an_old_python_on_the_path_is_passed_over(make_bundle: Make, tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name in ("python3.13", "python3.12", "python3.11"):
        (bin_folder / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (bin_folder / name).chmod(0o755)
    command = ["/bin/sh", str(make_bundle("first") / "安装.sh")]
    (bin_folder / "python3").symlink_to(bin_folder / "python3.11")
    for tool in ("dirname", "readlink"):
        (bin_folder / tool).symlink_to(f"/usr/bin/{tool}")
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": str(bin_folder)})
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有找到 Python 3.11、3.12 或 3.13" in done.stderr
