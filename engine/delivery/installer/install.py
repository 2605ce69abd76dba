"""Installs duban from the unpacked bundle beside it: for one user, without an administrator, without internet.

Standard library only, in syntax that an old Python can read, so that it can say what it needs. A version is made in a
folder of its own and becomes the current one by the replacement of one small file: what fails half-way changes nothing.

    install.py [--to FOLDER]              install or upgrade
    install.py --rollback --to FOLDER     the version before this one
    install.py --remove --to FOLDER       take the program away; ledgers, settings and state stay
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

BUNDLE = Path(__file__).resolve().parent
WINDOWS = os.name == "nt"
MANIFEST, CURRENT, PREVIOUS = "清单.json", "current.txt", "previous.txt"
OLDEST = (3, 11)
LONGEST_PATH = 259
MEGABYTE = 1024 * 1024
REMAINS = "台账、duban.toml、状态文件夹（短信记录和日志）都没有动。要一并删除，请自行确认后删。"


class SetUpError(Exception):
    """Why nothing was installed, and what to do, in one Chinese sentence."""


def main(arguments: list[str]) -> int:
    """Do what the arguments say. 0: done; 2: nothing was changed, one line says why."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--to", type=Path, default=default_folder())
    parser.add_argument("--rollback", action="store_true")
    parser.add_argument("--remove", action="store_true")
    options = parser.parse_args(arguments)
    try:
        if options.remove:
            remove(options.to)
        elif options.rollback:
            roll_back(options.to)
        else:
            install(options.to)
    except SetUpError as problem:
        print(problem, file=sys.stderr)
        return 2
    except OSError as fault:
        print(f"没有装成：{fault.strerror}（{fault.filename}）。请确认磁盘没有满、文件夹可写后重试。", file=sys.stderr)
        return 2
    return 0


def default_folder() -> Path:
    """Where a user's programs lie on this system."""
    if WINDOWS:
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "Programs" / "duban"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "duban"


def install(folder: Path) -> None:
    """Make the bundle's version in ``folder`` and let it be the current one."""
    manifest = read_manifest()
    check_machine(manifest)
    check_files(manifest)
    folder = folder.absolute()
    check_folder(folder, manifest)
    version = manifest["program"]
    place = folder / "versions" / version
    if not (place / "complete").exists():
        partial = folder / "versions" / (version + ".partial")
        shutil.rmtree(str(partial), ignore_errors=True)
        try:
            make_version(partial)
            shutil.rmtree(str(place), ignore_errors=True)
            partial.rename(place)
        except BaseException:
            shutil.rmtree(str(partial), ignore_errors=True)
            remove_empty(folder)
            raise
    copy_launchers(folder)
    before = read_name(folder / CURRENT)
    if before and before != version:
        write_name(folder / PREVIOUS, before)
    write_name(folder / CURRENT, version)
    forget_older(folder)
    print(f"已安装 {version}，在 {folder}")
    print("请用这个命令：{}".format(folder / ("duban.cmd" if WINDOWS else "duban")))
    if before and before != version:
        print("上一版 {} 还留着，要退回请运行“回退.{}”。".format(before, "cmd" if WINDOWS else "sh"))
        print("值班程序若正在运行，仍是上一版；请重新启动它，或注销后再登录。")
    sys.stdout.flush()
    python = place / read_name(place / "python.txt")
    subprocess.run([str(python), "-I", "-X", "utf8", "-m", "engine.cli", "install-desk"], check=False)


def read_manifest() -> dict[str, Any]:
    """The bundle's list of files."""
    try:
        manifest: dict[str, Any] = json.loads((BUNDLE / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise SetUpError(f"安装包不完整：缺少“{MANIFEST}”。请重新解压整个安装包后再安装。") from None
    return manifest


def check_machine(manifest: dict[str, Any]) -> None:
    """Raise SetUpError unless the bundle was made for this Python on this machine."""
    if sys.version_info[:2] < OLDEST:
        raise SetUpError(f"督办需要 Python 3.11 或更新的版本，现在运行的是 {python_name()}。请先安装新版。")
    here = "{} {}".format("windows" if WINDOWS else platform.system().lower(), platform.machine())
    wanted, pythons = "{system} {machine}".format(**manifest), manifest["pythons"]
    if here.lower() != wanted.lower():
        raise SetUpError(f"这个安装包用于 {wanted}，这台电脑是 {here}。请换用对应的安装包。")
    if sys.maxsize < 2**32:
        raise SetUpError("现在运行的是 32 位 Python，请改装 64 位的 Python 后重试。")
    if python_name() not in pythons:
        known = "、".join(pythons)
        raise SetUpError(f"安装包支持 Python {known}，这台电脑是 {python_name()}。请安装其中一个版本后重试。")


def python_name() -> str:
    """The version of this Python as the bundle names it."""
    return "{}.{}".format(*sys.version_info[:2])


def check_files(manifest: dict[str, Any]) -> None:
    """Every file of the bundle is here and whole."""
    wrong = [name for name, digest in sorted(manifest["files"].items()) if file_digest(BUNDLE / name) != digest]
    if wrong:
        raise SetUpError(f"安装包不完整：{len(wrong)} 个文件缺少或损坏（如 {wrong[0]}）。请重新复制并解压整个安装包。")


def file_digest(path: Path) -> str | None:
    """The SHA-256 of a file, ``None`` where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def check_folder(folder: Path, manifest: dict[str, Any]) -> None:
    """The folder can be written, has room, and is not so deep that Windows cannot name what goes into it."""
    deepest = len(str(folder / "versions" / manifest["program"] / "python" / "Lib" / "site-packages")) + 1
    if WINDOWS and deepest + manifest["longest"] > LONGEST_PATH:
        raise SetUpError(f"安装路径太长：{folder}。请用 --to 指定一个短些的文件夹，如 D:\\duban。")
    try:
        (folder / "versions").mkdir(parents=True, exist_ok=True)
        trial = folder / "versions" / ".trial"
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as fault:
        raise SetUpError(
            f"文件夹 {folder} 不能写入（{fault.strerror}）。请用 --to 指定一个自己能写的文件夹。"
        ) from None
    needed, free = manifest["size"] * 3 // 2, shutil.disk_usage(str(folder)).free
    if free < needed:
        remove_empty(folder)
        raise SetUpError(
            f"磁盘空间不够：需要约 {needed // MEGABYTE} MB，剩余 {free // MEGABYTE} MB。"
            "请清理磁盘，或用 --to 指定别的盘。"
        )


def make_version(place: Path) -> None:
    """An interpreter of its own with all wheels, tried out before it counts."""
    place.mkdir(parents=True)
    python = embedded_python(place) or own_environment(place)
    pip = next((BUNDLE / "pip").glob("pip-*.whl"))
    # Python compiles what it imports. Compiled whole, a third of the installation is for modules that nobody imports.
    wheels = ["--no-index", "--no-deps", "--no-compile", "--disable-pip-version-check", "--no-warn-script-location"]
    lock = BUNDLE / f"requirements-{python_name()}.txt"
    run_pip(python, pip, [*wheels, "--find-links", str(BUNDLE / "wheels"), "--require-hashes", "-r", str(lock)])
    for tests in [*place.glob("python/**/site-packages/pandas/tests"), *place.glob("python/**/numpy/**/tests")]:
        shutil.rmtree(str(tests), ignore_errors=True)
    write_name(place / "python.txt", str(python.relative_to(place)))
    tried = subprocess.run([str(python), "-I", "-m", "engine.cli", "--help"], capture_output=True, check=False)
    if tried.returncode:
        raise SetUpError("装好后试运行没有成功，已撤去。请把这台电脑的系统和 Python 版本告诉维护人员。")
    write_name(place / "complete", place.name)


def run_pip(python: Path, pip: Path, arguments: list[str]) -> None:
    """Install by the bundle's own pip: the interpreter may have none."""
    done = subprocess.run(
        [str(python), str(pip / "pip"), "install", "--quiet", *arguments], capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SetUpError("组件没有装成：{}。请重新解压安装包后再试。".format(said[-1][:200] if said else "原因不明"))


def own_environment(place: Path) -> Path:
    """A virtual environment of the Python that runs this."""
    if importlib.util.find_spec("venv") is None:
        raise SetUpError("这个 Python 缺少 venv 组件。请改用 python.org 的安装程序，或安装系统的 python3-venv。")
    import venv

    folder = place / "python"
    venv.create(str(folder), with_pip=False, symlinks=not WINDOWS)
    return folder / ("Scripts/python.exe" if WINDOWS else "bin/python")


def embedded_python(place: Path) -> Path | None:
    """Python's own embeddable zip for Windows, copied whole, where it is what runs this; ``None`` elsewhere."""
    source = Path(sys.executable).parent
    paths = next(source.glob("python3*._pth"), None)
    if not WINDOWS or paths is None:
        return None
    folder = place / "python"
    shutil.copytree(str(source), str(folder))
    (folder / "Lib" / "site-packages").mkdir(parents=True)
    # Without these two lines the embeddable Python sees no installed package.
    kept = [line for line in paths.read_text(encoding="utf-8").splitlines() if not line.startswith(("#", "import"))]
    (folder / paths.name).write_text("\n".join([*kept, "Lib\\site-packages", "import site", ""]), encoding="utf-8")
    return folder / "python.exe"


def copy_launchers(folder: Path) -> None:
    """The command, the way back and the way out; this installer too, which both use."""
    names = [*(BUNDLE / "launchers").iterdir(), BUNDLE / "install.py", BUNDLE / "duban.example.toml"]
    for source in names:
        fresh = folder / (source.name + ".new")
        shutil.copyfile(str(source), str(fresh))
        if not WINDOWS and (source.suffix == ".sh" or source.name == "duban"):
            fresh.chmod(0o755)
        fresh.replace(folder / source.name)
    manuals = BUNDLE / "手册"
    if manuals.is_dir():
        shutil.copytree(str(manuals), str(folder / "手册"), dirs_exist_ok=True)


def roll_back(folder: Path) -> None:
    """Let the version before the current one be current again."""
    before, now = read_name(folder / PREVIOUS), read_name(folder / CURRENT)
    if not before or not (folder / "versions" / before / "complete").exists():
        raise SetUpError("没有可以退回的上一版。")
    write_name(folder / CURRENT, before)
    write_name(folder / PREVIOUS, now)
    print(f"已退回 {before}。值班程序若正在运行，请重新启动它。")


def remove(folder: Path) -> None:
    """Take the program away. What belongs to the office stays."""
    name = read_name(folder / CURRENT)
    place = folder / "versions" / name if name else None
    if place is None or not (place / "python.txt").exists():
        raise SetUpError(f"{folder} 里没有安装督办。")
    python = place / read_name(place / "python.txt")
    for name in ("install-service", "install-desk", *(["install-addin"] if WINDOWS else [])):
        subprocess.run([str(python), "-I", "-m", "engine.cli", name, "--remove"], capture_output=True, check=False)
    shutil.rmtree(str(folder / "versions"), ignore_errors=True)
    if (folder / "versions").exists():
        raise SetUpError("有文件正在使用，没有卸载完。请关闭 Excel 和值班程序后再运行一次。")
    scripts = () if WINDOWS else ("install.py", "回退.sh", "卸载.sh")  # Windows still reads the one that runs
    for name in (CURRENT, PREVIOUS, "duban", "duban.cmd", "打开督办台账.cmd", "duban.example.toml", *scripts):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(str(folder / "手册"), ignore_errors=True)
    print(f"督办已卸载。\n{REMAINS}")


def remove_empty(folder: Path) -> None:
    """Take away the folders that were made for a version that did not come about."""
    for one in (folder / "versions", folder):
        if one.is_dir() and not any(one.iterdir()):
            one.rmdir()


def forget_older(folder: Path) -> None:
    """Only the current version and the one before it are kept."""
    kept = {read_name(folder / CURRENT), read_name(folder / PREVIOUS)}
    for place in (folder / "versions").iterdir():
        if place.name not in kept:
            shutil.rmtree(str(place), ignore_errors=True)


def read_name(path: Path) -> str:
    """The one line of a small file; empty where there is none."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def write_name(path: Path, name: str) -> None:
    """Replace a small file whole."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(name + "\n", encoding="utf-8")
    fresh.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
