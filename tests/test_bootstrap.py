"""duban.py in a folder of its own, with a lock file of one small local wheel: real venv, real pip, no network."""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).resolve().parent.parent / "duban.py"
COMMAND = "import os, sys, smallest\nprint(smallest.ANSWER, *sys.argv[1:], os.getcwd())\nsys.exit(3)\n"


def wheel(folder: Path, answer: str) -> str:
    """Write a wheel and return its line in a lock file."""
    path = folder / "smallest-1.0-py3-none-any.whl"
    members = {
        "smallest.py": f"ANSWER = {answer!r}\n",
        "smallest-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: smallest\nVersion: 1.0\n",
        "smallest-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "smallest-1.0.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return f"{path.as_posix()} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "督办 项目"
    (folder / "engine").mkdir(parents=True)
    shutil.copy(BOOTSTRAP, folder)
    (folder / "engine" / "__init__.py").touch()
    (folder / "engine" / "cli.py").write_text(COMMAND, encoding="utf-8")
    for name in ("requirements.txt", "requirements-gateways.txt"):
        (folder / name).write_text(wheel(tmp_path, "first"), encoding="utf-8")
    (folder / "requirements-dev.txt").write_text("", encoding="utf-8")
    return folder


def start(project: Path, *arguments: str, path: str | None = None, cwd: Path | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, "PATH": path if path is not None else os.environ["PATH"]}
    return subprocess.Popen(
        [sys.executable, str(project / "duban.py"), *arguments],
        env=environment,
        cwd=cwd or project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_first_run_installs_and_second_run_installs_nothing(project: Path, tmp_path: Path) -> None:
    first = start(project, "demo", "--json", cwd=tmp_path)
    out, err = first.communicate()
    assert (first.returncode, out) == (3, f"first demo --json {tmp_path}\n"), err
    assert "首次运行" in err
    second = start(project, "demo", path="/nonexistent")  # no uv, no pip call either: nothing is installed
    out, err = second.communicate()
    assert (second.returncode, out, err) == (3, f"first demo {project}\n", "")


def test_without_uv_pip_installs_and_a_changed_lock_file_installs_again(project: Path, tmp_path: Path) -> None:
    first = start(project, path="/usr/bin-without-uv")
    assert first.communicate()[0].startswith("first")
    lock = project / "requirements.txt"
    lock.write_text("# a comment\n" + lock.read_text(encoding="utf-8"), encoding="utf-8")
    second = start(project, path="/usr/bin-without-uv")
    out, err = second.communicate()
    assert out.startswith("first")
    assert "首次运行" in err


def test_the_gateways_lock_holds_the_runtime_whole(project: Path) -> None:
    first = start(project, "install-gateways", path="/usr/bin-without-uv")
    assert first.communicate()[1].splitlines()[-1] == "短信网关的组件已装好。"
    second = start(project, "demo", path="/nonexistent")
    assert (second.communicate(), second.returncode) == ((f"first demo {project}\n", ""), 3)


def test_a_package_with_another_hash_is_refused_and_leaves_no_stamp(project: Path, tmp_path: Path) -> None:
    wheel(tmp_path, "exchanged on the way")
    for path in (os.environ["PATH"], "/usr/bin-without-uv"):
        process = start(project, path=path)
        out, err = process.communicate()
        assert (process.returncode, out) == (2, "")
        assert "依赖没有装成" in err.splitlines()[-1]
        assert "Traceback" not in err
    assert not (project / ".venv" / "duban-locks.txt").exists()


def test_two_starting_at_once_both_run(project: Path) -> None:
    processes = [start(project, name) for name in ("one", "two")]
    results = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [3, 3], results
    assert [out.split()[1] for out, _ in results] == ["one", "two"]
    assert sum("首次运行" in err for _, err in results) == 1


def as_if(project: Path, change: str) -> subprocess.CompletedProcess[str]:
    """Run duban.py in an interpreter that ``change`` has made poorer."""
    code = (
        f"import runpy, sys\n{change}\nsys.argv = ['duban.py', 'demo']\nrunpy.run_path('duban.py', run_name='__main__')"
    )
    environment = {**os.environ, "PATH": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def test_missing_venv_is_one_clear_line(project: Path) -> None:
    result = as_if(project, "sys.modules['ensurepip'] = None")
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].endswith("其他系统请重装完整的 Python。")
    assert "sudo apt install python3-venv" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("version", "code"), [("(3, 10, 99)", 2), ("(3, 11, 0)", 3), ("(3, 14, 0)", 3)])
def test_old_python_is_one_clear_line(project: Path, version: str, code: int) -> None:
    result = as_if(project, f"sys.version_info = {version}")
    assert result.returncode == code, result.stderr
    if code == 2:
        assert result.stderr.splitlines() == [
            "督办需要 Python 3.11 或更新的版本，现在运行的是 3.10。请安装新版后重试。"
        ]


def test_an_old_python_can_read_the_bootstrap() -> None:
    ast.parse(BOOTSTRAP.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_no_registry_is_named() -> None:
    for path in [BOOTSTRAP, *BOOTSTRAP.parent.glob("requirements*.txt"), BOOTSTRAP.parent / ".ci" / "run"]:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in ("index-url", "http://", "https://", "pypi") if word in text.lower()], path
