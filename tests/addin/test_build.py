"""督办.xlam: what Excel will find in it, read back by programs that are not ours."""

import io
import re
import zipfile
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree

import olefile
import pytest
import xlwings
from oletools.olevba import VBA_Parser, decompress_stream

from addin import build
from addin.building import compound, ovba, package
from tests.addin.checkers import open_xml_faults
from tests.addin.draw_ribbon import caption, groups

SHIPPED = Path(xlwings.__file__).with_name("quickstart_addin_ribbon.xlam")
RIBBON = "{http://schemas.microsoft.com/office/2009/07/customui}"


def modules_in(path: Path) -> dict[str, str]:
    return {Path(name).stem: code for _, _, name, code in VBA_Parser(str(path)).extract_macros()}


def test_the_committed_addin_is_what_the_builder_makes(tmp_path: Path) -> None:
    assert build.build(tmp_path / "a.xlam").read_bytes() == build.TARGET.read_bytes()


def test_olevba_reads_back_exactly_our_sources() -> None:
    found = modules_in(build.TARGET)
    expected = {module.name: module.source for module in build.sources()}
    assert {name: found[name] for name in expected} == expected
    assert set(found) - set(expected) == {"ThisWorkbook", "Sheet1"}
    assert not re.search(r"\b(Sub|Function)\b", found["ThisWorkbook"] + found["Sheet1"])


def test_no_compiled_code_is_carried() -> None:
    with zipfile.ZipFile(build.TARGET) as addin:
        project = olefile.OleFileIO(io.BytesIO(addin.read("xl/vbaProject.bin")))
    assert project.parsing_issues == []
    assert not [name for name in project.listdir() if name[-1].startswith("__SRP")]
    for module in build.sources():
        stream = project.openstream(f"VBA/{module.name}").read()
        assert decompress_stream(bytearray(stream)).decode("ascii") == module.source


def test_the_project_has_the_records_of_a_project_that_excel_wrote() -> None:
    ours, shipped = (record_kinds(project_of(path)) for path in (build.TARGET, SHIPPED))
    assert ours == [kind for kind in shipped if kind not in ms_forms_only(shipped)]


def ms_forms_only(kinds: list[int]) -> set[int]:
    """The shipped file also refers to MSForms, by three kinds of record that nothing else in it uses."""
    return {0x33, 0x2F, 0x30} & set(kinds)


def project_of(path: Path) -> bytes:
    with zipfile.ZipFile(path) as addin:
        return addin.read("xl/vbaProject.bin")


def record_kinds(project: bytes) -> list[int]:
    """The kinds of record of a ``dir`` stream, each once, in order of first appearance."""
    data = bytes(decompress_stream(bytearray(olefile.OleFileIO(io.BytesIO(project)).openstream("VBA/dir").read())))
    kinds, at = [], 0
    while at < len(data):
        kind, size = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 6], "little")
        kinds.append(kind)
        at += 6 + (6 if kind == 9 else size)
    return list(dict.fromkeys(kinds))


def test_the_protection_fields_are_computed_as_excel_computes_them() -> None:
    """The shipped project's CMG, under its own seed; its two filler bytes are free, so they are searched for."""
    text = olefile.OleFileIO(io.BytesIO(project_of(SHIPPED))).openstream("PROJECT").read().decode("ascii")
    fields = dict(re.findall(r'^(\w+)="(.*?)"', text, re.MULTILINE))
    guid, cmg = fields["ID"], fields["CMG"]
    seed = int(cmg[:2], 16)
    made = {ovba.protect(guid, bytes(4), seed, bytes([a, b])) for a in range(256) for b in range(256)}
    assert cmg in made


@pytest.mark.parametrize("size", [0, 1, 3, 17, 4095, 4096, 4097, 9000])
def test_compression_is_undone_by_olevba(size: int) -> None:
    text = (b"Public Sub Dispatch(ByVal target As String)\r\n" * 300 + bytes(range(32, 127)) * 10)[:size]
    assert bytes(decompress_stream(bytearray(ovba.compress(text)))) == text


def test_a_container_holds_small_and_large_streams() -> None:
    tree = {"A": b"x" * 10, "B": {"dir": b"y" * 5000, "e": b""}, "C": b"p" * 4096, "D": b"q" * 4095}
    read = olefile.OleFileIO(io.BytesIO(compound.write(tree)))
    assert read.parsing_issues == []
    assert [read.openstream(name).read() for name in ("A", "B/dir", "B/e", "C", "D")] == [
        tree["A"], b"y" * 5000, b"", tree["C"], tree["D"],
    ]  # fmt: skip


def test_the_open_xml_validator_finds_no_fault(tmp_path: Path) -> None:
    assert open_xml_faults(build.build(tmp_path / "a.xlam")) == []


def test_the_validator_does_see_a_planted_fault(tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlam"
    with zipfile.ZipFile(build.TARGET) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<sheetData>", b"<sheetDate/><sheetData>"))
    assert open_xml_faults(bad)


def test_the_tab_has_the_groups_and_every_button_says_what_it_does() -> None:
    root = ElementTree.parse(build.HERE / "ribbon.xml").getroot()
    assert [group.get("label") for group in root.iter(f"{RIBBON}group")] == ["登记", "办理", "督办", "统计", "工具"]
    inside = [button for menu in root.iter(f"{RIBBON}menu") for button in menu.iter(f"{RIBBON}button")]
    for button in inside:
        assert len(button.get("description", "")) > 10, button.get("label")
    for button in root.iter(f"{RIBBON}button"):
        if button in inside:
            continue
        assert button.get("size") == "large", button.get("label")
        assert button.get("imageMso")
        assert button.get("onAction") == "RibbonClick"
        assert len(button.get("screentip", "")) > 3
        assert len(button.get("supertip", "")) > 10


def test_the_picture_in_the_handbook_shows_the_tab_of_today() -> None:
    """Else: python -m tests.addin.draw_ribbon docs/images/ribbon.png"""
    picture = (Path(__file__).parents[2] / "docs" / "images" / "ribbon.png").read_bytes()
    assert caption().encode() in picture
    assert sum(len(labels) for _, labels in groups()) == 20


def test_every_tag_is_a_function_of_the_macros() -> None:
    root = ElementTree.parse(build.HERE / "ribbon.xml").getroot()
    tags = [str(button.get("tag")).split(":") for button in root.iter(f"{RIBBON}button")]
    assert len(tags) == 30
    for module, function in tags:
        assert callable(getattr(import_module(module), function)), function


def test_every_text_that_vba_asks_for_is_there() -> None:
    keys = {line.split(",")[0] for line in (build.HERE / "vba" / "wording.csv").read_text("utf-8").splitlines()}
    asked = {
        key
        for module in build.sources()
        for key in re.findall(r'(?:Complain|Wording\(|ServiceState =) ?"(\w+)"', module.source)
    }
    assert asked == keys
    assert len(keys) <= 40


def test_a_source_with_chinese_in_it_is_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        build.module("X", 'MsgBox "督办"')


def test_nothing_in_a_workbook_or_beside_it_can_choose_the_interpreter() -> None:
    """Settings are read from the user's own folder; of the workbook only its name is used. What stands beside it is
    looked at for the label alone, and only the characters of a time are taken.
    """
    code = "\n".join(module.source for module in build.sources())
    assert re.findall(r"ActiveWorkbook\.((?!Name\b)\w+)", code) == ["FullName"]
    assert "HeartbeatText = HeartbeatIn(ReadHead(Beside(ActiveWorkbook.FullName" in code
    assert [line for line in code.splitlines() if "HeartbeatText()" in line and "Function" not in line] == [
        "    label = Wording(ServiceState(HeartbeatText(), Now))"
    ]
    assert re.findall(r"Environ\(\"(\w+)\"\)", code) == ["USERPROFILE"]
    assert "cmd" not in code.replace("command", "").lower()
    assert "ThisWorkbook.Path" not in code


def test_the_twin_for_tests_differs_in_its_content_type_only() -> None:
    assert package.MACRO_WORKBOOK.encode() in build.addin(package.MACRO_WORKBOOK)
    assert package.ADDIN.encode() in build.TARGET.read_bytes()
