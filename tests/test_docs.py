"""What people are told stays true: commands, options, buttons, sheets, settings and links of the documents."""

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from typer.core import TyperGroup

from engine.cli.main import app
from engine.ledger.headings.columns import SETTING_KEYS, SHEETS
from engine.ledger.template.guide import BUTTONS
from engine.policy.loading import shipped_policies
from engine.sample.words import Light
from engine.service.config import Config, load_config
from sms.gateways.aliyun import CREDENTIALS as ALIYUN
from sms.gateways.aliyun import AliyunConfig
from sms.gateways.local import LocalConfig
from sms.gateways.mas import CREDENTIALS as MAS
from sms.gateways.mas import MasConfig
from sms.gateways.setup import KINDS
from sms.gateways.tencent import CREDENTIALS as TENCENT
from sms.gateways.tencent import TencentConfig
from sms.gateways.twilio import CREDENTIALS as TWILIO
from sms.gateways.twilio import TwilioConfig
from sms.store.model import BOOK_WORD

ROOT = Path(__file__).resolve().parent.parent
MANUAL, DUTY = ROOT / "docs" / "使用手册.md", ROOT / "docs" / "值班手册.md"
EXAMPLE = ROOT / "duban.example.toml"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMON = {"--json", "--config", "--help"}
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`((?:engine|sms|addin|tests|bench|docs)/[^`\s:*…]+?\.\w+)(?::([\w.]+))?`")
_RIBBON = {"u": "http://schemas.microsoft.com/office/2009/07/customui"}


def commands() -> Iterator[tuple[str, list[str]]]:
    """Every command as one types it, with its own options."""

    def walk(command: object, name: str) -> Iterator[tuple[str, list[str]]]:
        if isinstance(command, TyperGroup):
            for child in command.list_commands(None):
                yield from walk(command.get_command(None, child), f"{name} {child}")
        else:
            names = [word for parameter in command.params for word in (*parameter.opts, *parameter.secondary_opts)]
            yield name, [word for word in names if word.startswith("--")]

    yield from walk(app, "duban")


def undocumented(text: str) -> list[str]:
    """Commands and options of the CLI that ``text`` has no table row for."""
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `duban ")}
    missing = []
    for name, options in commands():
        row = next((row for typed, row in rows.items() if typed == name or typed.startswith(f"{name} ")), None)
        if row is None:
            missing.append(name)
            continue
        missing += [f"{name} {option}" for option in options if option not in COMMON and f"`{option}`" not in row]
    return missing


def mentioned(name: str) -> set[str]:
    """The commands, without those below them, that a document of the top folder shows."""
    return set(re.findall(r"(?:duban|duban\.py)[ ]+([a-z][a-z-]+)", (ROOT / name).read_text(encoding="utf-8")))


KNOWN = {name.split()[1] for name, _ in commands()} | {"test"}


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}")[1].split("\n## ")[0]


def test_every_command_and_option_is_in_the_handbook() -> None:
    text = DUTY.read_text(encoding="utf-8")
    assert undocumented(text) == []
    assert all(option in text for option in COMMON)


def test_a_missing_option_or_command_is_seen() -> None:
    text = DUTY.read_text(encoding="utf-8")
    assert "duban adopt --moved" in undocumented(text.replace("`--moved` 台账移动过", ""))
    assert "duban outbox retry" in undocumented(text.replace("| `duban outbox retry", "| `duban outbox again"))


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_commands_in_both_readmes_exist(name: str) -> None:
    assert mentioned(name) <= KNOWN


def test_the_readme_knows_every_command() -> None:
    assert mentioned("README.md") == KNOWN


def anchors(text: str) -> set[str]:
    """The names that GitHub gives headings, and those that the text gives itself."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    headings = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    return headings | set(re.findall(r'<a id="([^"]+)">', text))


def broken_links(document: Path, text: str) -> list[str]:
    broken = []
    for target in _LINK.findall(text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = unquote(target).partition("#")
        file = document.parent / path if path else document
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    return broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_of_documents_are_there(document: Path) -> None:
    assert broken_links(document, document.read_text(encoding="utf-8")) == []


def names_of(path: Path) -> set[str]:
    """What a module defines: functions, classes, their methods (``Class.method``), constants."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
            inner = node.body if isinstance(node, ast.ClassDef) else []
            found |= {f"{node.name}.{child.name}" for child in inner if isinstance(child, ast.FunctionDef)}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def missing_code(text: str) -> list[str]:
    """``path/module.py:name`` and ``path/file`` that a document names and the repository does not have."""
    missing = []
    for path, name in _CODE.findall(text):
        file = ROOT / path
        if not file.exists() or (name and not inherited(file, name)):
            missing.append(f"{path}:{name}" if name else path)
    return missing


def inherited(path: Path, name: str) -> bool:
    """Whether a module has a name; a method may be one of a class that its class is made of."""
    names = names_of(path)
    owner, _, method = name.partition(".")
    return name in names or bool(method and owner in names and method in vars_of(path, owner))


def vars_of(path: Path, owner: str) -> set[str]:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return set(dir(getattr(module, owner)))


@pytest.mark.parametrize(
    "name", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "README.zh-CN.md", "docs/glossary.md"]
)
def test_every_module_and_function_that_a_document_names_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert missing_code(text) == []


def test_a_name_that_is_gone_is_seen() -> None:
    text = (
        "`engine/review/cache.py:ReviewCache` `engine/review/cache.py:Gone` `engine/gone.py` `sms/sender.py:Sender.run`"
    )
    assert missing_code(text) == ["engine/review/cache.py:Gone", "engine/gone.py"]


def test_broken_links_are_seen() -> None:
    text = "[a](没有.md) [b](使用手册.md#没有) [c](使用手册.md#八常见问题) [d](https://example.org/x)"
    assert broken_links(DUTY, text) == ["没有.md", "使用手册.md#没有"]


def test_every_button_is_in_the_manual_and_those_of_the_guide_too() -> None:
    ribbon = ET.parse(ROOT / "addin" / "ribbon.xml").getroot()
    labels = [button.get("label") for button in ribbon.iterfind(".//u:button", _RIBBON)]
    text = section(MANUAL.read_text(encoding="utf-8"), "三、“督办”选项卡的按钮")
    rows = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    assert len(labels) > 10
    assert [label for label in labels if label not in rows] == []
    assert [name for name, *_ in BUTTONS if name not in rows] == []


def test_every_sheet_is_in_the_manual() -> None:
    text = section(MANUAL.read_text(encoding="utf-8"), "六、每张工作表")
    assert [sheet.name for sheet in SHEETS if f"| {sheet.name} |" not in text] == []


def test_every_light_and_sms_state_is_in_the_manual() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    assert [light for light in Light if f"| {light.value} |" not in text] == []
    assert [word for word in BOOK_WORD.values() if word not in text] == []


def test_every_setting_config_key_and_secret_name_is_in_the_handbook() -> None:
    text = DUTY.read_text(encoding="utf-8")
    assert [key for key in SETTING_KEYS if key not in text] == []
    own = [name for name in Config.model_fields if name not in ("folder", "gateway", "log")]
    keys = [*own, *(f"log.{name}" for name in Config.model_fields["log"].default.__class__.model_fields)]
    for model in (LocalConfig, TwilioConfig, AliyunConfig, TencentConfig, MasConfig):
        keys += model.model_fields
    keys += TwilioConfig.model_fields["limits"].default.__class__.model_fields
    assert [key for key in keys if f"`{key}`" not in text] == []
    assert [name for name in (*ALIYUN, *TWILIO, *TENCENT, *MAS, *KINDS) if name not in text] == []


def test_every_sms_to_be_registered_is_in_the_handbook() -> None:
    lines = section(DUTY.read_text(encoding="utf-8"), "五、短信网关和密钥").splitlines()
    for regime, file in shipped_policies().items():
        line = next(line for line in lines if line.startswith(f"- {regime}："))
        assert set(line.split("：")[1].split("、")) == set(file.versions[-1][1].texts)


def test_the_example_config_is_read_and_equals_the_defaults() -> None:
    config = load_config(EXAMPLE)
    assert [path.name for path in config.ledgers] == ["台账.xlsx"]
    assert config.state == ROOT / "state"
    default = Config()
    assert (config.gateways, config.backups, config.compression, config.log) == (
        default.gateways,
        default.backups,
        default.compression,
        default.log,
    )


@pytest.mark.parametrize(("name", "model"), [("aliyun", AliyunConfig), ("twilio", TwilioConfig)])
def test_commented_gateways_of_the_example_work_uncommented(name: str, model: type) -> None:
    part = EXAMPLE.read_text(encoding="utf-8").split("\n#\n# [gateway.")
    block = next(text for text in part if text.startswith(f"{name}]"))
    lines = f"# [gateway.{block}".split("\n\n")[0].splitlines()
    table = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines))["gateway"][name]
    assert model.model_validate(table)


def test_decisions_are_numbered_without_holes_each_by_its_name() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [file.name[:4] for file in files] == [f"{number:03}-" for number in range(1, len(files) + 1)]
    titles = [file.read_text(encoding="utf-8").splitlines()[0] for file in files]
    assert [
        title for file, title in zip(files, titles, strict=True) if not title.startswith(f"# {file.name[:3]} · ")
    ] == []
