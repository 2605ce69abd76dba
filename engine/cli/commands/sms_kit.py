"""sms-kit: what to register with an SMS provider, and whether the config and a year of texts keep within its limits."""

from pathlib import Path
from typing import Annotated

import typer

from engine.cli.commands.common import AsJson, ConfigPath, Force, LedgerPath, bytes_at, now_or, station_of, writing
from engine.cli.console import echo, print_json, show_table
from engine.cli.usage import Command, Group
from engine.files.csv_file import csv_bytes
from engine.ledger.reading.ledger import read_ledger
from engine.papers.kit_document import kit_docx
from engine.service.sms_kit import check_frequency, check_kit, kit, toml_of
from sms.doctor import Check

app = typer.Typer(cls=Group, help="短信报备：列出要报备的模板，或核对是否合乎服务商的要求。")
FOLDER = "短信报备"
_HEADINGS = ("名称", "阿里云模板", "腾讯云模板", "变量", "含义", "类型", "最长的值", "最长字数", "一年条数", "样例")


@app.command("write", cls=Command)
def write(
    ledger: LedgerPath,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="文件夹", help="放在哪个文件夹，默认为台账旁的“短信报备”")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """生成报备用的 Word、CSV 和 duban.toml 片段。"""
    facts = read_ledger(bytes_at(ledger))
    with station_of(config) as station:
        found = kit(facts, station.policies_of(ledger), now_or(None))
        outputs = station.config.outputs(ledger, force=force)
    rows = [
        (
            *(one.name, one.of_aliyun(), one.of_tencent(), variable.word, variable.meaning, variable.type),
            *(variable.longest, len(variable.longest), one.used, one.sample()),
        )
        for one in found.templates
        for variable in one.variables
    ]
    papers = [(one.name, one.text, one.sample(), one.variables) for one in found.templates]
    folder = to or ledger.parent / FOLDER
    files = {
        folder / "短信模板.docx": kit_docx(found.signature, papers),
        folder / "短信模板.csv": csv_bytes([_HEADINGS, *rows]),
        folder / "duban.toml片段.txt": toml_of(found).encode(),
    }
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        outputs.replace(*files.items())
    if as_json:
        print_json({"templates": len(found.templates), "files": [str(path) for path in files]})
    else:
        echo(f"已生成 {len(found.templates)} 个模板的报备材料：{folder}")


@app.command("check", cls=Command)
def check(ledger: LedgerPath, as_json: AsJson = False, config: ConfigPath = None) -> int:
    """核对配置和一年的短信是否合乎服务商的要求。"""
    facts = read_ledger(bytes_at(ledger))
    with station_of(config) as station:
        found = kit(facts, station.policies_of(ledger), now_or(None))
        tables, gateways = station.config.gateway, station.config.gateways
        checks = [*check_kit(found, tables, gateways), *check_frequency(found, tables, gateways)]
    checks = checks or [Check("短信报备", True, "配置中没有真实的短信网关，无须报备模板")]
    if as_json:
        print_json([{"subject": one.subject, "ok": one.ok, "said": one.said} for one in checks])
    else:
        show_table("短信报备", ("项目", "结果"), [(one.subject, one.said) for one in checks])
    return 0 if all(one.ok for one in checks) else 1
