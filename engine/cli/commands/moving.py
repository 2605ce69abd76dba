"""import: old ledgers and minutes into a ledger, by way of a review that a person has seen."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import AsJson, At, ConfigPath, Misuse, existing, ledger_at, now_or, station_of
from engine.cli.console import echo, print_json, show_table, working
from engine.service.config import load_config

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="文件…", help="旧台账（.xlsx .xlsm .xls .xlsb .ods .csv）、Word 表格或会议纪要（.docx）"),
]
Into = Annotated[Path, typer.Option("--into", metavar="台账", help="导入到哪本台账（.xlsx）")]
Review = Annotated[
    Path | None, typer.Option("--review", metavar="文件", help="核对表放在哪里，默认为台账旁的导入核对.xlsx")
]
Apply = Annotated[Path | None, typer.Option("--apply", metavar="核对表", help="把核对过的导入核对.xlsx 写入台账")]
Year = Annotated[int | None, typer.Option("--year", metavar="年份", help="没写年份的日期算哪一年，默认今年")]
Force = Annotated[bool, typer.Option("--force", help="台账旁已有核对表时，重新生成并覆盖")]


def import_(
    into: Into,
    files: Files = None,
    apply: Apply = None,
    review: Review = None,
    year: Year = None,
    force: Force = False,
    at: At = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> int:
    """导入旧台账：先生成导入核对.xlsx，人工核对后再用 --apply 写入台账。"""
    if bool(files) == (apply is not None):
        raise Misuse("请写要导入的文件，或用 --apply 写核对过的核对表，两者选一。")
    existing(into)
    if apply:
        return _apply(into, apply, at, config, as_json=as_json)
    return _review(list(files or ()), into, review, (year, at, force), config, as_json=as_json)


def _review(
    files: list[Path],
    into: Path,
    review: Path | None,
    options: tuple[int | None, str | None, bool],
    config: Path | None,
    *,
    as_json: bool,
) -> int:
    from engine.service.moving_in import (
        ImportPlaces,
        make_review,
    )  # here: openpyxl takes longer to load than a check to run

    year, at, force = options
    for path in files:
        if not path.is_file():
            raise Misuse(f"找不到文件 {path}。请核对路径。")
    outputs = load_config(config).outputs(into, force=force)
    places = ImportPlaces.beside(into, review, outputs.guarding(files), anew=force)
    with working("正在读取旧台账", quiet=as_json) as bar:
        made = make_review(files, ledger_at(into), places, year or now_or(at).year, bar.at)
    found = made.proposals
    undecided = sum(one.decision is None for one in found.rows)
    if as_json:
        print_json(
            {
                "review": str(made.path),
                "matters": len(found.rows),
                "undecided": undecided,
                "words": len(found.words),
                "contacts": len(found.contacts),
                "left_out": [{"source": str(one.source), "reason": one.reason} for one in found.left_out],
                "account": [
                    {"file": one.file, "sheet": one.sheet, "content": one.content, "cells": dict(one.cells)}
                    for one in found.accounts
                ],
                "notices": list(found.notices),
            }
        )
        return 0
    rows = [
        (one.file, one.sheet, one.content, "、".join(f"{reason} {count}" for reason, count in one.cells.items()))
        for one in found.accounts
    ]
    show_table("对账：每张表有内容的单元格和去向", ("文件", "表", "单元格", "去向"), rows)
    for notice in found.notices:
        echo(f"· {notice}")
    echo(f"读出 {len(found.rows)} 个事项，{undecided} 行要逐行决定，{len(found.words)} 个词要定。台账没有改动。")
    echo(f"请打开 {made.path} 核对，保存关闭后运行：duban import --apply {made.path.name} --into {into.name}")
    return 0


def _apply(into: Path, review: Path, at: str | None, config: Path | None, *, as_json: bool) -> int:
    from engine.service.moving_in import run_import  # here: as above

    if not review.is_file():
        raise Misuse(f"找不到核对表 {review}。请核对路径。")
    with station_of(config, acts=True) as station, working("正在导入", quiet=as_json):
        done = run_import(into, review, station, now_or(at))
    if as_json:
        print_json(
            {
                "matters": done.matters,
                "numbered": done.numbered,
                "reports": done.reports,
                "units": done.units,
                "people": done.people,
                "already": done.known,
                "left_out": done.left,
                "written": not done.faults,
                "faults": [str(fault) for fault in done.faults],
                "notices": list(done.notices),
            }
        )
        return int(bool(done.faults))
    if done.faults:
        show_table(
            "还不能导入，台账没有改动",
            ("位置", "问题"),
            ((f"{one.sheet} 第{one.row}行", one.problem) for one in done.faults),
        )
        echo("请在核对表里改好、保存并关闭，再运行一次。", "yellow")
        return 1
    echo(f"已导入 {done.counts}")
    if done.matters:
        echo("导入前的台账已备份。要整批撤回，请打开台账点“撤销上次操作”。")
    for notice in done.notices:
        echo(f"· {notice}")
    return 0
