"""build-addin, install-addin, desk: the tab 督办 of Excel, and the window where there is none. The one module of the
engine that reaches into the add-in, and only while its commands run: no other command waits for it, and none needs it.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import AsJson, ConfigPath, Misuse
from engine.cli.console import echo, print_json
from engine.service.config import load_config

DryRun = Annotated[bool, typer.Option("--dry-run", help="只列出要做什么，不改动任何文件和注册表")]
Ledgers = Annotated[
    list[Path] | None, typer.Argument(metavar="[台账]…", help="顺便检查这些台账能不能用按钮", show_default=False)
]
NO_TKINTER = (
    "这台电脑的 Python 没有 tkinter，窗口开不了。Linux 请安装 python3-tk（麒麟、统信：apt install python3-tk），"
    "Windows 请重新运行 Python 安装程序，勾选“tcl/tk and IDLE”。"
)
DeskLedger = Annotated[Path | None, typer.Argument(metavar="[台账]", show_default=False)]
Remove = Annotated[bool, typer.Option("--remove", help="卸载选项卡")]


def desk(ledger: DeskLedger = None, config: ConfigPath = None, as_json: AsJson = False) -> None:
    """督办窗口：没有选项卡的电脑上，用同样的按钮办理；不写台账的，用配置里的或选一本。--json 只列出事项，不开窗。"""
    try:
        from addin.desk_window import opening
    except ImportError as fault:
        raise Misuse(NO_TKINTER) from fault
    if as_json:
        print_json(opening.contents(ledger or _only_ledger(config)))
        return
    try:
        if ledger is None:
            opening.show_chosen(config)
        else:
            opening.show(ledger)
    except opening.NoScreen as fault:
        raise Misuse("这里没有图形界面，窗口开不了。请在桌面上运行，或改用其他命令。") from fault


def _only_ledger(config: Path | None) -> Path:
    ledgers = load_config(config).ledgers
    if len(ledgers) != 1:
        raise Misuse("请写明是哪一本台账：配置里不是正好一本。")
    return ledgers[0]


def build_addin(as_json: AsJson = False) -> None:
    """制作选项卡：从文字源文件生成 督办.xlam。"""
    from addin import build

    before = build.TARGET.read_bytes() if build.TARGET.exists() else b""
    path = build.build()
    is_changed = path.read_bytes() != before
    if as_json:
        print_json({"path": str(path), "changed": is_changed})
    else:
        echo(f"已生成 {path}" if is_changed else f"{path} 已是最新，内容没有变化。")


def install_addin(
    ledgers: Ledgers = None, dry_run: DryRun = False, remove: Remove = False, as_json: AsJson = False
) -> None:
    """装“督办”选项卡：给当前 Windows 用户的 Excel，不需要管理员。"""
    from addin import install
    from addin.example_computer import example_computer

    is_example = dry_run and sys.platform != "win32"
    place, registry = example_computer(installed=remove) if is_example else install.windows_computer()
    planned = (install.removal if remove else install.plan)(place, registry)
    found = (install.ledger_warning(path) for path in ledgers or ())
    warnings = [*planned.warnings, *(warning for warning in found if warning)]
    if not dry_run:
        try:
            install.carry_out(planned, registry)
        except OSError as fault:
            raise Misuse("没有做完，有文件写不进去。请关闭 Excel 后重新运行。") from fault
    if as_json:
        steps = [str(step) for step in planned.steps]
        print_json({"done": not dry_run, "steps": steps, "warnings": warnings})
        return
    if is_example:
        echo("这台电脑不是 Windows，下面以一台装有 Excel 的电脑为例。")
    echo("将依次：" if dry_run else "已依次：")
    for step in planned.steps:
        echo(f"  {step}")
    for warning in warnings:
        echo(warning, "yellow")
    if not remove:
        echo(install.HOW_TO_UNDO)
