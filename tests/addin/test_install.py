"""The installer on a profile folder and a registry of our own: what it writes, what it leaves alone, what it says."""

import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from addin import install
from addin.build import TARGET
from addin.install import Folders, NotInstalledError, SetValue, Write

SAMPLE = Path(__file__).parents[2] / "workbook" / "示例台账.xlsx"
OFFICE = r"Software\Microsoft\Office\16.0"
OPTIONS = OFFICE + r"\Excel\Options"
TRUSTED = OFFICE + r"\Excel\Security\Trusted Locations\duban"
PYTHON = "C:\\用户\\张三\\duban\\.venv\\Scripts\\pythonw.exe"


class FakeRegistry:
    """Keys with their values, kept in memory."""

    def __init__(self, **keys: Mapping[str, str | int]) -> None:
        self.keys: dict[str, dict[str, str | int]] = {}

    def has(self, key: str) -> bool:
        return any(known == key or known.startswith(key + "\\") for known in self.keys)

    def values(self, key: str) -> Mapping[str, str | int]:
        return dict(self.keys.get(key, {}))

    def set(self, key: str, name: str, value: str | int) -> None:
        self.keys.setdefault(key, {})[name] = value

    def remove(self, key: str, name: str | None = None) -> None:
        if name is None:
            self.keys.pop(key, None)
        else:
            self.keys.get(key, {}).pop(name, None)


@pytest.fixture
def registry() -> FakeRegistry:
    found = FakeRegistry()
    found.set(OPTIONS, "OPEN", '/R "C:\\other.xlam"')
    return found


@pytest.fixture
def place(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "张三", tmp_path / "张三" / "AppData" / "Roaming", PYTHON, tmp_path / "site-packages")


def test_a_dry_run_touches_nothing(place: Folders, registry: FakeRegistry, tmp_path: Path) -> None:
    before = dict(registry.keys[OPTIONS])
    steps = install.plan(place, registry).steps
    assert [type(step) for step in steps] == [Write, Write, SetValue, SetValue, Write, SetValue]
    assert all(str(step).startswith("写入") for step in steps)
    assert registry.keys == {OPTIONS: before}
    assert list(tmp_path.iterdir()) == []


def test_the_addin_is_copied_trusted_and_registered_beside_others(place: Folders, registry: FakeRegistry) -> None:
    install.carry_out(install.plan(place, registry), registry)
    assert place.addin.read_bytes() == TARGET.read_bytes()
    assert registry.keys[TRUSTED]["Path"] == f"{place.addin.parent}\\"
    assert registry.keys[OPTIONS] == {"OPEN": '/R "C:\\other.xlam"', "OPEN1": f'/R "{place.addin}"'}


def test_the_settings_are_in_the_code_page_of_chinese_windows(place: Folders, registry: FakeRegistry) -> None:
    install.carry_out(install.plan(place, registry), registry)
    lines = place.conf.read_bytes().decode("gbk").split("\r\n")
    assert lines == [f'"INTERPRETER_WIN","{PYTHON}"', '"ADD_WORKBOOK_TO_PYTHONPATH","false"', ""]


def test_installing_twice_registers_once(place: Folders, registry: FakeRegistry) -> None:
    for _ in range(2):
        install.carry_out(install.plan(place, registry), registry)
    assert list(registry.keys[OPTIONS]) == ["OPEN", "OPEN1"]


def test_a_free_first_place_is_taken(place: Folders) -> None:
    registry = FakeRegistry()
    registry.set(OFFICE + r"\Excel", "x", 1)
    install.carry_out(install.plan(place, registry), registry)
    assert list(registry.keys[OPTIONS]) == ["OPEN"]


def test_removing_takes_out_ours_and_no_other(place: Folders, registry: FakeRegistry) -> None:
    install.carry_out(install.plan(place, registry), registry)
    install.carry_out(install.removal(place, registry), registry)
    assert registry.keys == {OPTIONS: {"OPEN": '/R "C:\\other.xlam"'}}
    assert not place.addin.exists()
    assert not place.conf.exists()


def test_an_older_excel_is_found(place: Folders) -> None:
    registry = FakeRegistry()
    registry.set(r"Software\Microsoft\Office\15.0\Excel", "x", 1)
    assert any("15.0" in str(step) for step in install.plan(place, registry).steps)


def test_without_excel_it_says_so(place: Folders) -> None:
    with pytest.raises(NotInstalledError, match="没有找到 Excel"):
        install.plan(place, FakeRegistry())


@pytest.mark.parametrize("python", ["python", "pythonw.exe", 'C:\\a"b\\pythonw.exe', "C:\\%TEMP%\\pythonw.exe"])
def test_an_interpreter_without_a_plain_path_is_refused(registry: FakeRegistry, tmp_path: Path, python: str) -> None:
    with pytest.raises(NotInstalledError, match="路径"):
        install.plan(Folders(tmp_path, tmp_path, python, tmp_path), registry)


def test_a_path_that_the_code_page_cannot_hold_is_refused(registry: FakeRegistry, tmp_path: Path) -> None:
    with pytest.raises(NotInstalledError, match="写不下"):
        install.plan(Folders(tmp_path, tmp_path, "C:\\😀\\pythonw.exe", tmp_path), registry)


def test_wps_and_a_network_drive_are_warned_of(place: Folders, registry: FakeRegistry, tmp_path: Path) -> None:
    assert install.plan(place, registry).warnings == ()
    registry.set(r"Software\Kingsoft\Office\6.0", "x", 1)
    network = Folders(tmp_path, tmp_path, "\\\\server\\share\\pythonw.exe", tmp_path)
    first, second = install.plan(network, registry).warnings
    assert "WPS" in first
    assert "网络盘" in second


def test_a_ledger_on_which_the_buttons_cannot_work_is_told_with_what_to_do(tmp_path: Path) -> None:
    shared, old = tmp_path / "共享.xlsx", tmp_path / "旧.xls"
    with zipfile.ZipFile(SAMPLE) as source, zipfile.ZipFile(shared, "w") as package:
        for name in source.namelist():
            package.writestr(name, source.read(name))
        package.writestr("xl/revisions/revisionHeaders.xml", "<headers/>")
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    assert install.ledger_warning(SAMPLE) is None
    for path, says in ((shared, "取消“允许多用户同时编辑”"), (old, "xlsx"), (tmp_path / "没有.xlsx", "核对路径")):
        warning = str(install.ledger_warning(path))
        assert warning.startswith(f"{path.name}：")
        assert says in warning
        assert warning.endswith("。")


def test_elsewhere_than_on_windows_it_says_so() -> None:
    if sys.platform != "win32":
        with pytest.raises(NotInstalledError, match="Windows"):
            install.windows_computer()


def test_the_program_is_found_from_any_folder(place: Folders, registry: FakeRegistry) -> None:
    install.carry_out(install.plan(place, registry), registry)
    assert place.link.read_text("utf-8").strip() == str(TARGET.parents[1])
    installed = Folders(place.profile, place.appdata, PYTHON, TARGET.parents[1])
    written = [step.path for step in install.plan(installed, registry).steps if isinstance(step, Write)]
    assert installed.link not in written


def test_it_says_how_to_undo() -> None:
    assert "--remove" in install.HOW_TO_UNDO
