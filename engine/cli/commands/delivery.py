"""bundle, install-service: what brings the program to an office's PC and keeps it running there."""

import ctypes
import getpass
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from engine.cli.commands.common import AsJson, ConfigPath, Force, Misuse, writing
from engine.cli.console import cell_text, echo, print_json, working
from engine.delivery import boot
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
Remove = Annotated[bool, typer.Option("--remove", help="撤去自动启动")]
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
    """装成自动启动：开机或登录后自己运行值班程序，出错自己重来。"""
    registration = _removal() if remove else _registration(config)
    if not dry_run:
        _carry_out(registration, remove=remove)
    if as_json:
        print_json({"done": not dry_run, "steps": registration.steps()})
        return
    echo("将依次：" if dry_run else "已依次：")
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
    program = boot.scheduler_program(Path(sys.executable), path, starter if starter.exists() else None)
    if sys.platform == "win32":
        is_administrator = bool(ctypes.windll.shell32.IsUserAnAdmin())
        return boot.windows_task(program, default_state(), getpass.getuser(), is_administrator=is_administrator)
    return boot.systemd_unit(program, Path.home())


def _removal() -> boot.Registration:
    return boot.windows_removal(default_state()) if sys.platform == "win32" else boot.systemd_removal(Path.home())


def _carry_out(registration: boot.Registration, *, remove: bool) -> None:
    """Write, then let the system take it; to remove, the other way round.

    Raises:
        Misuse: the system has no such tool, or refuses.
    """
    if not remove:
        registration.write()
    for command in registration.commands:
        if shutil.which(command[0]) is None:
            raise Misuse(f"这台电脑没有 {command[0]}，不能自动启动。请改在系统的自启动设置里加上 duban run。")
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode and not remove:  # what is not there need not be taken out
            raise Misuse(f"没有装成：{cell_text(done.stderr or done.stdout).strip()[:200]}。请按提示处理后重试。")
    if remove:
        registration.write()
