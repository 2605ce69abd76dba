"""bundle, install-service: what brings the program to an office's PC and keeps it running there."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from engine.cli.commands.common import AsJson, Misuse
from engine.cli.console import print_json, say, working
from engine.delivery.bundle import FOLDER, bundle
from engine.delivery.targets import PYTHONS, target

For = Annotated[Literal["windows", "linux"], typer.Option("--for", help="给哪种系统用")]
Out = Annotated[Path, typer.Option("--out", help="安装包的文件名")]
Machine = Annotated[Literal["x86_64", "aarch64"], typer.Option("--machine", help="处理器：鲲鹏、飞腾选 aarch64")]
Pythons = Annotated[list[str] | None, typer.Option("--python", help="只带这个 Python 版本的组件，可写多次")]


def bundle_(
    system: For = "windows",
    out: Out = Path(f"{FOLDER}.zip"),
    machine: Machine = "x86_64",
    pythons: Pythons = None,
    as_json: AsJson = False,
) -> None:
    """制作离线安装包：程序、全部组件、安装脚本和手册，装在不联网的电脑上。"""
    unknown = [name for name in pythons or () if name not in PYTHONS]
    if unknown:
        raise Misuse(f"不支持 Python {unknown[0]}：请写 {'、'.join(PYTHONS)} 中的一个。")
    targets = [target(system, machine, name) for name in pythons or PYTHONS]
    with working("正在制作安装包", quiet=as_json):
        made = bundle(targets, out.absolute(), lambda step: None if as_json else say(f"  {step}"))
    size = out.stat().st_size
    if as_json:
        print_json({"path": str(out), "bytes": size, "program": made.program, "pythons": made.pythons})
    else:
        say(f"已制作 {out}（{size / 1_000_000:.0f} MB），用于 {made.system}，Python {'、'.join(made.pythons)}。")
