"""bundle, install-service, install-desk: what brings the program to an office's PC and starts it there."""

import ctypes
import getpass
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import typer

from engine.cli.commands.addin import NO_TKINTER
from engine.cli.commands.common import AsJson, ConfigPath, Force, Misuse, writing
from engine.cli.console import cell_text, echo, print_json, working
from engine.delivery import boot, launcher
from engine.delivery.bundle import FOLDER, bundle
from engine.delivery.targets import PYTHONS, target
from engine.papers.handbook import handbook_pages
from engine.service.config import DEFAULT_NAME, default_state, load_config
from engine.service.doctor import STATE_ON_SHARE
from engine.service.network_shares import is_on_share

For = Annotated[Literal["windows", "linux"], typer.Option("--for", help="给哪种系统用")]
Out = Annotated[Path, typer.Option("--out", help="安装包的文件名")]
Machine = Annotated[Literal["x86_64", "aarch64"], typer.Option("--machine", help="处理器：鲲鹏、飞腾选 aarch64")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只列出要做什么，不改动任何东西")]
Remove = Annotated[bool, typer.Option("--remove", help="撤去")]
_NO_BUS = (
    "没有装成，没有改动：这个用户的 systemd 没有运行。"
    "请用值班的账号直接登录桌面（或 ssh）后再运行，不要用 su、sudo 切换。"
)
Pythons = Annotated[list[str] | None, typer.Option("--python", help="只带这个 Python 版本的组件，可写多次")]


def bundle_(
    system: For = "windows",
    out: Out = Path(f"{FOLDER}.zip"),
    machine: Machine = "x86_64",
    pythons: Pythons = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """制作离线安装包：程序、全部组件、安装脚本和手册，装在不联网的电脑上。"""
    unknown = [name for name in pythons or () if name not in PYTHONS]
    if unknown:
        raise Misuse(f"不支持 Python {unknown[0]}：请写 {'、'.join(PYTHONS)} 中的一个。")
    targets = [target(system, machine, name) for name in pythons or PYTHONS]
    outputs = load_config(None).outputs(force=force)
    outputs.judged(out)
    with working("正在制作安装包", quiet=as_json), writing(out):
        made, content = bundle(targets, handbook_pages, lambda step: None if as_json else echo(f"  {step}"))
        outputs.replace((out.absolute(), content))
    size = out.stat().st_size
    if as_json:
        print_json({"path": str(out), "bytes": size, "program": made.program, "pythons": made.pythons})
    else:
        echo(f"已制作 {out}（{size / 1_000_000:.0f} MB），用于 {made.system}，Python {'、'.join(made.pythons)}。")


def install_service(
    config: ConfigPath = None, dry_run: DryRun = False, remove: Remove = False, as_json: AsJson = False
) -> None:
    """装成自动启动：开机或登录后自己运行值班程序（配置了机群的，运行 duban worker），出错自己重来。"""
    registration = _removal() if remove else _registration(config)
    if not dry_run:
        _carry_out(registration, remove=remove)
    _show(registration, is_done=not dry_run, as_json=as_json)


def install_desk(dry_run: DryRun = False, remove: Remove = False, as_json: AsJson = False) -> None:
    """在开始菜单（应用菜单）里登记“打开督办台账”：双击就开督办窗口。用安装包安装时会自动登记。"""
    registration = _menu_removal() if remove else _menu_entry()
    if not dry_run:
        with writing(registration.path):
            registration.write()
    _show(registration, is_done=not dry_run, as_json=as_json)
    if not remove and not as_json and find_spec("tkinter") is None:
        echo(NO_TKINTER, "yellow")


def _menu_entry() -> boot.Registration:
    program = Path(sys.prefix).parents[2]
    if not (program / "current.txt").is_file():
        raise Misuse("只有用安装包装的程序才能登记。请直接运行 duban desk 台账。")
    if sys.platform == "win32":
        return launcher.windows_entry(program, _start_menu(), "oem")
    return launcher.linux_entry(program, _user_data())


def _menu_removal() -> boot.Registration:
    if sys.platform == "win32":
        return launcher.windows_removal(_start_menu())
    return launcher.linux_removal(_user_data())


def _start_menu() -> Path:
    roaming = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    return roaming / "Microsoft" / "Windows" / "Start Menu" / "Programs"


def _user_data() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _show(registration: boot.Registration, *, is_done: bool, as_json: bool) -> None:
    if as_json:
        print_json({"done": is_done, "steps": registration.steps()})
        return
    echo("已依次：" if is_done else "将依次：")
    for step in registration.steps():
        echo(f"  {step}")
    if registration.hint:
        echo(registration.hint, "yellow")


def _registration(config: Path | None) -> boot.Registration:
    path = (config or Path(DEFAULT_NAME)).absolute()
    found = load_config(path)
    if not found.ledgers:
        raise Misuse("配置里没有台账。请先在 duban.toml 中写上 ledgers = ['台账的路径']，再装自动启动。")
    if is_on_share(found.state):
        raise Misuse(STATE_ON_SHARE.format(found.state))
    starter = Path(boot.__file__).parents[2] / "duban.py"
    command = "worker" if found.fleet else "run"
    program = boot.scheduler_program(command, Path(sys.executable), path, starter if starter.exists() else None)
    if sys.platform == "win32":
        is_administrator = bool(ctypes.windll.shell32.IsUserAnAdmin())
        return boot.windows_task(program, default_state(), getpass.getuser(), is_administrator=is_administrator)
    return boot.systemd_unit(program, Path.home())


def _removal() -> boot.Registration:
    return boot.windows_removal(default_state()) if sys.platform == "win32" else boot.systemd_removal(Path.home())


def _carry_out(registration: boot.Registration, *, remove: bool) -> None:
    """Write, then let the system take it; to remove, the other way round. What is refused leaves what was there.

    Raises:
        Misuse: the system has no such tool, or refuses.
    """
    if remove:
        _take_out(registration)
        return
    before = registration.held()
    registration.write()
    try:
        for command in registration.commands:
            _run(command)
    except Misuse:
        if before:
            replace(registration, content=before).write()
        else:
            _take_out(_removal())
        raise


def _take_out(removal: boot.Registration) -> None:
    """What is not there need not be taken out: a command that fails is no fault."""
    for command in removal.commands:
        if shutil.which(command[0]):
            subprocess.run(command, capture_output=True, check=False)
    removal.write()


def _run(command: tuple[str, ...]) -> None:
    if shutil.which(command[0]) is None:
        raise Misuse(f"这台电脑没有 {command[0]}，不能自动启动。请在系统的自启动设置里加上 duban run 或 duban worker。")
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if not done.returncode:
        return
    said = cell_text(done.stderr or done.stdout).strip()[:200]
    raise Misuse(_NO_BUS if "connect to bus" in said else f"没有装成，没有改动：{said}。请按提示处理后重试。")
