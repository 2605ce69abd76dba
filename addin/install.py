"""``duban install-addin``: installs the ribbon for one Windows user, without an administrator, and removes it.

Nothing is done that a dry run does not show: the plan is a value, and carrying it out is a loop over it.
"""

import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PureWindowsPath
from typing import Protocol

from addin.build import TARGET
from engine.facts.faults import DubanError
from engine.ledger.package.faults import UnreadableWorkbook
from engine.ledger.package.workbook_parts import WorkbookParts
from engine.ledger.package.zip_archive import ZipArchive

CONF_ENCODING = "gbk"
_OFFICE = r"Software\Microsoft\Office"
_OPTIONS = r"Excel\Options"
_TRUSTED = r"Excel\Security\Trusted Locations\duban"
_VERSIONS = ("16.0", "15.0", "14.0")
_EXCEL_CLASS = r"Excel.Application\CLSID"
_WPS_HINTS = (r"Software\Kingsoft\Office", r"Software\kingsoft\Office\6.0")


class NotInstalledError(DubanError):
    """The add-in cannot be installed here; the message states what to do first."""


class Registry(Protocol):
    """The current user's registry, as far as it is needed. Keys are paths below HKEY_CURRENT_USER."""

    def has(self, key: str) -> bool:
        """Whether there is such a key."""

    def values(self, key: str) -> Mapping[str, str | int]:
        """The values of a key; empty where there is no such key."""

    def set(self, key: str, name: str, value: str | int) -> None:
        """Write one value, making the key."""

    def remove(self, key: str, name: str | None = None) -> None:
        """Take away one value, or the whole key; nothing happens where there is none."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where things go: the user's folders and the interpreter, as Windows names them."""

    profile: PurePath
    appdata: PurePath
    interpreter: str
    packages: PurePath
    program: PurePath = TARGET.parents[1]

    @property
    def addin(self) -> PurePath:
        """The add-in in Excel's own add-in folder, whose name users may not know."""
        return self.appdata / "Microsoft" / "AddIns" / "督办.xlam"

    @property
    def conf(self) -> PurePath:
        """The settings that the VBA reads, in the ANSI code page."""
        return self.profile / ".duban" / "duban.conf"

    @property
    def link(self) -> PurePath:
        """What lets the interpreter find the program from any folder, where it is not installed as a package."""
        return self.packages / "duban.pth"


@dataclass(frozen=True, slots=True)
class Write:
    """One file to write."""

    path: PurePath
    content: bytes

    def __str__(self) -> str:
        return f"写入文件 {self.path}"


@dataclass(frozen=True, slots=True)
class SetValue:
    """One registry value to set."""

    key: str
    name: str
    value: str | int

    def __str__(self) -> str:
        return f"写入注册表 HKCU\\{self.key} {self.name} = {self.value}"


@dataclass(frozen=True, slots=True)
class Delete:
    """One file to delete, if it is there."""

    path: PurePath

    def __str__(self) -> str:
        return f"删除文件 {self.path}"


@dataclass(frozen=True, slots=True)
class RemoveValue:
    """One registry value to take away, or with no name the whole key."""

    key: str
    name: str | None = None

    def __str__(self) -> str:
        return f"删除注册表 HKCU\\{self.key} {self.name or ''}".rstrip()


Step = Write | SetValue | Delete | RemoveValue


@dataclass(frozen=True, slots=True)
class Installation:
    """What is to be done, in order, and the notices for the person."""

    steps: tuple[Step, ...]
    warnings: tuple[str, ...]


def plan(place: Folders, registry: Registry) -> Installation:
    """Everything that makes the tab appear in this user's Excel.

    Raises NotInstalledError without Excel, or with an interpreter that the settings cannot name.
    """
    version = _excel_version(registry)
    interpreter = PureWindowsPath(place.interpreter)
    if not interpreter.is_absolute() or any(sign in place.interpreter for sign in '"%'):
        raise NotInstalledError(
            f"Python 的路径不能用：{place.interpreter}。请把程序装到不含引号和百分号的文件夹后重试。"
        )
    options = rf"{_OFFICE}\{version}\{_OPTIONS}"
    steps: list[Step] = [
        Write(place.addin, TARGET.read_bytes()),
        Write(place.conf, conf(place.interpreter)),
        SetValue(rf"{_OFFICE}\{version}\{_TRUSTED}", "Path", f"{place.addin.parent}\\"),
        SetValue(rf"{_OFFICE}\{version}\{_TRUSTED}", "Description", "督办"),
    ]
    if place.program != place.packages:
        steps.append(Write(place.link, f"{place.program}\n".encode()))
    name = _open_name(registry.values(options), str(place.addin))
    if name:
        steps.append(SetValue(options, name, f'/R "{place.addin}"'))
    return Installation(tuple(steps), tuple(_warnings(place, registry)))


def conf(interpreter: str) -> bytes:
    """``duban.conf``. Raises NotInstalledError for a path that Chinese Windows cannot write in its own code page."""
    settings = {"INTERPRETER_WIN": interpreter, "ADD_WORKBOOK_TO_PYTHONPATH": "false"}
    text = "".join(f'"{key}","{value}"\r\n' for key, value in settings.items())
    try:
        return text.encode(CONF_ENCODING)
    except UnicodeEncodeError as fault:
        raise NotInstalledError(
            f"Python 的路径里有这台电脑写不下的字：{interpreter}。请把程序装到只含中文或英文的文件夹后重试。"
        ) from fault


def carry_out(installation: Installation, registry: Registry) -> None:
    """Carry out the plan. Raises OSError where a file is in use: Excel must be closed."""
    for step in installation.steps:
        match step:
            case Write(path, content):
                _write(Path(path), content)
            case SetValue(key, name, value):
                registry.set(key, name, value)
            case Delete(path):
                Path(path).unlink(missing_ok=True)
            case RemoveValue(key, value_name):
                registry.remove(key, value_name)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(content)
    fresh.replace(path)


def removal(place: Folders, registry: Registry) -> Installation:
    """Everything that takes the tab out again; other add-ins keep their places."""
    steps: list[Step] = []
    for version in _VERSIONS:
        options = rf"{_OFFICE}\{version}\{_OPTIONS}"
        for name, value in registry.values(options).items():
            if _is_open_name(name) and str(place.addin) in str(value):
                steps.append(RemoveValue(options, name))
        trusted = rf"{_OFFICE}\{version}\{_TRUSTED}"
        if registry.has(trusted):
            steps.append(RemoveValue(trusted))
    files = (Delete(place.addin), Delete(place.conf), Delete(place.link))
    return Installation((*steps, *files), ())


HOW_TO_UNDO = "要卸载，请先关闭 Excel，再运行：duban install-addin --remove"


def windows_computer() -> tuple[Folders, Registry]:
    """Folders, interpreter and registry of the present user. Raises NotInstalledError elsewhere than on Windows."""
    if sys.platform == "win32":
        from addin.windows_registry import UserRegistry  # here: it can only be had on Windows

        interpreter, packages = Path(sys.executable).with_name("pythonw.exe"), Path(sysconfig.get_path("purelib"))
        home = Path.home()
        return Folders(home, home / "AppData" / "Roaming", str(interpreter), packages), UserRegistry()
    raise NotInstalledError("只能在装有 Excel 的 Windows 电脑上运行。要看会做什么，请加 --dry-run。")


def _excel_version(registry: Registry) -> str:
    for version in _VERSIONS:
        if registry.has(rf"{_OFFICE}\{version}\Excel"):
            return version
    raise NotInstalledError("没有找到 Excel。请先安装 Excel 2010 或更新版本，并打开一次，再安装督办选项卡。")


def _open_name(values: Mapping[str, str | int], addin: str) -> str:
    """The first free OPEN, OPEN1, OPEN2 …; empty where the add-in is registered already."""
    if any(_is_open_name(name) and addin in str(value) for name, value in values.items()):
        return ""
    taken = {name.upper() for name in values}
    return next(name for name in ("OPEN", *(f"OPEN{n}" for n in range(1, 1000))) if name not in taken)


def _is_open_name(name: str) -> bool:
    return name.upper() == "OPEN" or (name.upper().startswith("OPEN") and name[4:].isdigit())


def _warnings(place: Folders, registry: Registry) -> Sequence[str]:
    warnings = []
    if any(registry.has(key) for key in _WPS_HINTS):
        warnings.append(
            "这台电脑装有 WPS，它可能代替 Excel 打开台账，那样看不到“督办”选项卡。"
            "请用 Excel 打开台账，并把 .xlsx 的默认程序设为 Excel。"
        )
    if place.interpreter.startswith("\\\\"):
        warnings.append("Python 装在网络盘上，每次点按钮会很慢。建议装到本机硬盘。")
    return warnings


def ledger_warning(path: Path) -> str | None:
    """Why the buttons will not work on this ledger (“shared workbook” mode, old format, password …) and what to do
    about it; ``None`` where nothing stands in the way.
    """
    try:
        WorkbookParts(ZipArchive(path.read_bytes()))
    except UnreadableWorkbook as fault:
        return f"{path.name}：{fault}在此之前按钮不能使用。"
    except OSError:
        return f"{path.name}：打不开这个文件，没有检查。请核对路径，并先在 Excel 里关闭它。"
    return None
